import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { belongsInHome, type Look, maySeePost, STRANGER } from '../../kernel/visibility.ts';
import { type Relations, relationsToward } from '../graph/relations.ts';
import { findPeople, type PersonRow } from '../people/store.ts';
import { findPosts, type PostRow } from './store.ts';

/**
 * Those of `viewerIds` in whose home feed the post belongs at this moment: for telling many people of
 * one post. A few statements, bounded by `viewerIds`, however many they are.
 */
export async function homesAmong(
  ctx: Context,
  postId: PostId,
  viewerIds: readonly PersonId[],
): Promise<PersonId[]> {
  const [post] = await findPosts(ctx.db, [postId]);
  if (!post || viewerIds.length === 0) return [];
  const [original] = post.repost_of === null ? [] : await findPosts(ctx.db, [post.repost_of]);
  const posts = original ? [post, original] : [post];
  const [people, ...relations] = await Promise.all([
    findPeople(
      ctx.db,
      posts.map((one) => one.author_id),
    ),
    ...posts.map((one) => relationsToward(ctx.db, one.author_id, viewerIds)),
  ]);
  const look = (of: PostRow | undefined, toward: Relations | undefined, viewerId: PersonId) =>
    of ? lookOf(of, people, toward?.get(viewerId) ?? STRANGER, viewerId) : null;
  return viewerIds.filter((viewerId) => {
    const seen = look(post, relations[0], viewerId);
    if (!seen) return false;
    const whole: Look =
      post.repost_of === null
        ? seen
        : { ...seen, original: look(original, relations[1], viewerId) };
    return maySeePost(whole) && belongsInHome(whole, false);
  });
}

function lookOf(
  post: PostRow,
  people: readonly PersonRow[],
  relation: Look['relation'],
  viewerId: PersonId,
): Look | null {
  const person = people.find((one) => one.person_id === post.author_id);
  return person ? { post, person, viewerId, relation } : null;
}
