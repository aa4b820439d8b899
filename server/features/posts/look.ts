import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { type Look, STRANGER } from '../../kernel/visibility.ts';
import type { Queryable } from '../../ports/db/db.ts';
import { nearTies } from '../graph/near-ties.ts';
import { type Relations, relationsAmong } from '../graph/relations.ts';
import { KINDS_FOR_POSTS } from '../graph/relations-store.ts';
import { hydratePeople } from '../people/hydrate.ts';
import { nearPeople } from '../people/near.ts';
import type { PersonRow } from '../people/store.ts';
import { nearPosts } from './cards.ts';
import { findPosts, type PostRow } from './store.ts';

/** What the rules need to know of a post, and no more. */
export interface PostLook extends Look {
  readonly post: PostRow;
  /** The author. */
  readonly person: PersonRow;
  readonly original?: PostLook | null;
}

/** One post with what is near of it; null when it, or its author, is gone. Not for what runs in a transaction. */
export async function lookNear(
  ctx: Context,
  postId: PostId,
  viewerId: PersonId | null,
): Promise<PostLook | null> {
  const [post] = await nearPosts(ctx, [postId]);
  if (!post) return null;
  const originals = post.repost_of === null ? [] : await nearPosts(ctx, [post.repost_of]);
  const authorIds = [post, ...originals].map((one) => one.author_id);
  const [people, relations] = await Promise.all([
    nearPeople(ctx).getMany(authorIds),
    viewerId === null ? new Map() : nearTies(ctx).get(viewerId, authorIds),
  ]);
  return putTogether(post, { originals, people, relations, viewerId });
}

/**
 * Posts → what the rules ask for: two statements, and one more before them when there are reposts. A
 * post whose author is gone is not in the map. Nothing is judged here.
 */
export async function lookAt(
  q: Queryable,
  posts: readonly PostRow[],
  viewerId: PersonId | null,
): Promise<Map<PostId, PostLook>> {
  const ofReposts = posts.flatMap((post) => post.repost_of ?? []);
  const originals = await findPosts(q, ofReposts);
  const authorIds = [...posts, ...originals].map((post) => post.author_id);
  const [people, relations] = await Promise.all([
    hydratePeople(q, authorIds),
    relationsAmong(q, viewerId, authorIds, KINDS_FOR_POSTS),
  ]);
  const parts = { originals, people, relations, viewerId };
  const looks = posts.flatMap((post) => putTogether(post, parts) ?? []);
  return new Map(looks.map((look) => [look.post.post_id, look]));
}

interface Parts {
  readonly originals: readonly PostRow[];
  readonly people: ReadonlyMap<PersonId, PersonRow>;
  readonly relations: Relations;
  readonly viewerId: PersonId | null;
}

function putTogether(post: PostRow, parts: Parts): PostLook | null {
  const { people, relations, viewerId } = parts;
  const person = people.get(post.author_id);
  if (!person) return null;
  const look = { post, person, viewerId, relation: relations.get(post.author_id) ?? STRANGER };
  if (post.repost_of === null) return look;
  const original = parts.originals.find((one) => one.post_id === post.repost_of);
  return { ...look, original: original ? putTogether(original, parts) : null };
}
