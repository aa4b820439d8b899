import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Why } from '../../../api/ranking.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { isOpenToAll } from '../../kernel/visibility.ts';
import { followedTagsAmong } from '../hashtags/store.ts';
import { seenAmong } from '../marks/seen-store.ts';
import type { PostLook } from '../posts/look.ts';
import { visiblePost } from '../posts/read.ts';
import { factsOf, readerOf } from './facts.ts';
import { latestVersion } from './ranked-feeds.ts';
import { explain, formulaOf } from './terms.ts';

/**
 * Why a post stands where it stands in the viewer's ranked feed: as of the time at which that was ranked,
 * where the post is in it; or else as it would be ranked now. Counts and weights are those of now. Throws
 * `post_not_found`.
 */
export async function whyPost(ctx: Context, personId: PersonId, postId: PostId): Promise<Why> {
  const look = await visiblePost(ctx, postId, personId);
  const ranked = await latestVersion(ctx, personId);
  const isRanked = ranked?.posts.some(({ post_id }) => post_id === postId) === true;
  const at = isRanked ? ranked.made_at : ctx.clock.now();
  const [because, reader] = await Promise.all([
    becauseOf(ctx, personId, look),
    readerOf(ctx, personId, at),
  ]);
  const facts = (await factsOf(ctx, reader, [look.post])).get(postId);
  if (!facts) throw new Problem('post_not_found');
  const shown = [postId, look.post.repost_of ?? postId];
  const seen = (await seenAmong(ctx.db, personId, shown, at)).size > 0;
  const { preset, weights } = reader.settings;
  return {
    because,
    preset,
    at: at.toISOString(),
    ...explain(formulaOf(preset, weights), { ...facts, seen }),
  };
}

/** Why it can stand in the home feed at all; the rule that decides is `belongsInHome`. */
async function becauseOf(
  ctx: Context,
  personId: PersonId,
  { post, person, relation }: PostLook,
): Promise<Why['because']> {
  if (post.author_id === personId) return { kind: 'own', label: null };
  if (relation.following) return { kind: 'followed', label: person.username };
  if (post.repost_of === null && post.hashtags.length > 0 && isOpenToAll(post, person)) {
    const followed = await followedTagsAmong(ctx.db, personId, post.hashtags);
    const tag = post.hashtags.find((one) => followed.has(one));
    if (tag !== undefined) return { kind: 'hashtag', label: tag };
  }
  return { kind: 'not_followed', label: null };
}
