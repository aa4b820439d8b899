import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Post } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import { encodeCursor, type Page } from '../../kernel/cursor.ts';
import { Problem } from '../../kernel/problem.ts';
import { showPosts } from '../posts/read.ts';
import type { PostInList } from '../posts/store.ts';
import { encodeRankCursor, type RankCursor } from './cursor.ts';
import { RANK_TOPIC, rankTopic } from './rank.ts';
import { findRanking, latestRanking, type Ranking, readRanks } from './ranks-store.ts';
import { listUnderTopic } from './store.ts';
import { type Topic, topicName } from './topic.ts';

/** How often a page is filled up again when the rules have thinned it out, before it goes out short. */
const REFILLS_MAX = 5;
/** A ranking that is older is made anew when somebody asks for it. */
export const RANKING_FRESH_MS = 10 * 60 * 1000;
/** A topic of fewer posts is ranked at once when a post comes or goes: there each is missed. */
const SMALL = 100;

interface Rows<Row extends PostInList, Place> {
  /** Up to `take` rows after a place. */
  readonly read: (take: number, after: Place) => Promise<readonly Row[]>;
  readonly placeOf: (row: Row) => Place;
  readonly encode: (place: Place) => string;
}

/**
 * A page of posts of which the viewer may not see everything. Its cursor is the last row that was
 * looked at, so that nothing is lost or doubled while others write.
 */
async function fillPage<Row extends PostInList, Place>(
  ctx: Context,
  viewerId: PersonId | null,
  { limit, start }: { limit: number; start: Place },
  rows: Rows<Row, Place>,
): Promise<Page<Post>> {
  const items: Post[] = [];
  let place = start;
  let more = true;
  for (let round = 0; round <= REFILLS_MAX && more && items.length < limit; round += 1) {
    const found = await rows.read(limit + 1, place);
    more = found.length > limit;
    const stretch = found.slice(0, limit);
    const shown = await showPosts(ctx, stretch, viewerId);
    const byId = new Map(shown.map((post) => [post.post_id, post]));
    for (const row of stretch) {
      if (items.length === limit) {
        more = true;
        break;
      }
      place = rows.placeOf(row);
      const post = byId.get(row.post_id);
      if (post) items.push(post);
    }
  }
  return {
    items,
    pagination: { next_cursor: more ? rows.encode(place) : null, has_more: more },
  };
}

/** Posts of a topic, latest first. Visitors get those that are open to all; the others, what they may see. */
export function recentPage(
  ctx: Context,
  topic: Topic,
  viewerId: PersonId | null,
  { limit, before }: { limit: number; before: PostId | null },
): Promise<Page<Post>> {
  const openOnly = viewerId === null;
  return fillPage<PostInList, PostId | null>(
    ctx,
    viewerId,
    { limit, start: before },
    {
      read: (take, place) => listUnderTopic(ctx.db, topic, { take, before: place, openOnly }),
      placeOf: (row) => row.post_id,
      encode: (place) => encodeCursor(place ?? '0'),
    },
  );
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
  { limit, cursor }: { limit: number; cursor: RankCursor | null },
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
    ctx,
    viewerId,
    { limit, start: cursor?.rank ?? 0 },
    {
      read: async (take, after) => {
        const ranks = await readRanks(ctx.db, name, version, { take, after });
        return ranks.map((row) => ({ ...row, repost_of: null, repost_author_id: null }));
      },
      placeOf: (row) => row.rank,
      encode: (rank) => encodeRankCursor({ version, rank }),
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
