import type { PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { compareIds, idMillis } from '../../kernel/ids.ts';
import { type Resonance, resonanceOf } from '../posts/counts-store.ts';
import { insertRanking, type Ranking, removeOldRankings } from './ranks-store.ts';
import { listUnderTopic } from './store.ts';
import { type Topic, topicName } from './topic.ts';

export const RANK_TOPIC = 'rank_topic';
/** Of so many of the newest posts the best are found: one job stays a matter of milliseconds. */
export const CANDIDATES_MAX = 1000;
/** How many posts a ranking has. */
const RANKED_MAX = 500;
/** How long a reader who began with a version can go on with it after a newer one was made. */
const VERSIONS_KEPT_MS = 3600 * 1000;

/** What weighs more costs its giver more. */
const COMMENT_WEIGHT = 2;
const REPOST_WEIGHT = 3;
/** Keeps the first hours alike, and how fast fame fades: after a day a post needs 47 times as much. */
const FIRST_HOURS = 2;
const FADING = 1.5;
const HOUR_MS = 3600 * 1000;

/**
 * How high a post stands at a time:
 * `(1 + likes + 2 · comments + 3 · reposts) / (hours since it was made + 2) ^ 1.5`,
 * of the form that Hacker News ranks by. The 1 lets new posts appear before anyone has liked them.
 */
export function scoreOf(post: Resonance, atMs: number): number {
  const points = 1 + post.likes + COMMENT_WEIGHT * post.comments + REPOST_WEIGHT * post.reposts;
  const hours = Math.max(0, atMs - idMillis(post.post_id)) / HOUR_MS;
  return points / (hours + FIRST_HOURS) ** FADING;
}

/** Best first; of equals the newer one. */
export function rankPosts(posts: readonly Resonance[], atMs: number): PostId[] {
  return posts
    .map((post) => ({ id: post.post_id, score: scoreOf(post, atMs) }))
    .sort((a, b) => b.score - a.score || compareIds(b.id, a.id))
    .slice(0, RANKED_MAX)
    .map(({ id }) => id);
}

/**
 * Ranks the newest posts of a topic that are open to all, as one version that readers page through.
 * Gives null, and writes nothing, when there are none.
 */
export async function rankTopic(ctx: Context, topic: Topic): Promise<Ranking | null> {
  const asked = { take: CANDIDATES_MAX, before: null, openOnly: true };
  const candidates = await listUnderTopic(ctx.db, topic, asked);
  const [newest] = candidates;
  if (!newest) return null;
  const byId = new Map(candidates.map((post) => [post.post_id, post]));
  const at = ctx.clock.now();
  const counts = await resonanceOf(ctx.db, [...byId.keys()], at);
  const ranked = rankPosts(counts, at.getTime()).flatMap((id) => {
    const post = byId.get(id);
    return post ? [{ post_id: id, author_id: post.author_id }] : [];
  });
  const ranking: Ranking = {
    version: ctx.ids.next(),
    ranked_at: at,
    newest_post_id: newest.post_id,
    size: ranked.length,
  };
  const name = topicName(topic);
  await ctx.db.transaction(async (tx) => {
    await removeOldRankings(tx, name, new Date(at.getTime() - VERSIONS_KEPT_MS));
    await insertRanking(tx, name, ranking, ranked);
  });
  return ranking;
}
