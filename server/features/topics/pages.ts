import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Post } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import type { Page } from '../../kernel/cursor.ts';
import { fillPage } from '../../kernel/fill-page.ts';
import { Problem } from '../../kernel/problem.ts';
import { showPosts } from '../posts/read.ts';
import { encodeRankCursor, type RankCursor } from './cursor.ts';
import { RANK_TOPIC, rankTopic } from './rank.ts';
import { findRanking, latestRanking, type Ranking, readRanks } from './ranks-store.ts';
import { listUnderTopic, type PostRef } from './store.ts';
import { type Topic, topicName } from './topic.ts';

/** A ranking that is older is made anew when somebody asks for it. */
export const RANKING_FRESH_MS = 10 * 60 * 1000;
/** A topic of fewer posts is ranked at once when a post comes or goes: there each is missed. */
const SMALL = 100;

/** What the viewer is shown for each ref; null for what is not for them. */
async function showAll(ctx: Context, refs: readonly PostRef[], viewerId: PersonId | null) {
  const inList = refs.map(({ post_id, author_id }) => ({
    post_id,
    author_id,
    repost_of: null,
    repost_author_id: null,
  }));
  const shown = await showPosts(ctx, inList, viewerId);
  const byId = new Map(shown.map((post) => [post.post_id, post]));
  return refs.map(({ post_id }) => byId.get(post_id) ?? null);
}

/** Posts of a topic, latest first. Visitors get those that are open to all; the others, what they may see. */
export function recentPage(
  ctx: Context,
  topic: Topic,
  viewerId: PersonId | null,
  wish: { readonly limit: number; readonly before: PostId | null },
): Promise<Page<Post>> {
  const openOnly = viewerId === null;
  return fillPage(wish, {
    read: (take, before) =>
      listUnderTopic(ctx.db, topic, { take, before: before as PostId | null, openOnly }),
    idOf: (row) => row.post_id,
    show: (rows) => showAll(ctx, rows, viewerId),
  });
}

/**
 * Posts of a topic, the most liked and talked about of late first, as `rank.ts` ranks them. All pages
 * of one reader come from one version, so nothing moves under them; only posts that are open to all
 * are ranked. Throws `invalid_cursor` when the version has been forgotten (after an hour or more).
 */
export async function topPage(
  ctx: Context,
  topic: Topic,
  viewerId: PersonId | null,
  { limit, cursor }: { readonly limit: number; readonly cursor: RankCursor | null },
): Promise<Page<Post>> {
  const name = topicName(topic);
  const ranking = cursor
    ? await findRanking(ctx.db, name, cursor.version)
    : await presentRanking(ctx, topic);
  if (!ranking) {
    if (cursor) throw new Problem('invalid_cursor');
    return { items: [], pagination: { next_cursor: null, has_more: false } };
  }
  const { version } = ranking;
  return fillPage(
    { limit, before: String(cursor?.rank ?? 0) },
    {
      read: (take, rank) => readRanks(ctx.db, name, version, { take, after: Number(rank) }),
      idOf: (row) => String(row.rank),
      show: (rows) => showAll(ctx, rows, viewerId),
      encode: (rank) => encodeRankCursor({ version, rank: Number(rank) }),
    },
  );
}

/** The ranking to begin with; null when nothing is there to rank. */
async function presentRanking(ctx: Context, topic: Topic): Promise<Ranking | null> {
  const name = topicName(topic);
  const [newest, latest] = await Promise.all([
    listUnderTopic(ctx.db, topic, { take: SMALL, before: null, openOnly: true }),
    latestRanking(ctx.db, name),
  ]);
  if (newest.length === 0) return null;
  if (!latest) return rankTopic(ctx, topic);
  const isLate = ctx.clock.millis() - latest.ranked_at.getTime() > RANKING_FRESH_MS;
  if (newest.length < SMALL) {
    const isMoved = latest.newest_post_id !== newest[0]?.post_id || latest.size !== newest.length;
    return isLate || isMoved ? rankTopic(ctx, topic) : latest;
  }
  if (isLate) {
    await ctx.jobs.add(ctx.db, {
      task: RANK_TOPIC,
      key: `${RANK_TOPIC}:${name}`,
      payload: { topic: name },
    });
  }
  return latest;
}
