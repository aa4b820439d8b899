import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';

export interface Ranking {
  version: string;
  ranked_at: Date;
  /** The newest post under the topic when it was ranked. */
  newest_post_id: PostId;
  size: number;
}

export interface RankRow {
  rank: number;
  post_id: PostId;
  author_id: PersonId;
}

/** The newest ranking of a topic, or null. */
export async function latestRanking(q: Queryable, topic: string): Promise<Ranking | null> {
  const [row] = await q.query<Ranking>(
    `select version, ranked_at, newest_post_id, size from topic_rankings
     where topic = $1 order by version desc limit 1`,
    [topic],
  );
  return row ?? null;
}

/** One version of the ranking; null when it has been forgotten. */
export async function findRanking(q: Queryable, topic: string, version: string) {
  const [row] = await q.query<Ranking>(
    `select version, ranked_at, newest_post_id, size from topic_rankings
     where topic = $1 and version = $2`,
    [topic, version],
  );
  return row ?? null;
}

/** Writes a ranking: `posts` from the first rank on. */
export async function insertRanking(
  tx: Transaction,
  topic: string,
  ranking: Ranking,
  posts: readonly { post_id: PostId; author_id: PersonId }[],
): Promise<void> {
  const { version } = ranking;
  await tx.query(
    `insert into topic_rankings (topic, version, ranked_at, newest_post_id, size)
     values ($1, $2, $3, $4, $5)`,
    [topic, version, ranking.ranked_at, ranking.newest_post_id, ranking.size],
  );
  await insertMany(tx, {
    table: 'topic_ranks',
    columns: {
      topic: 'text',
      version: 'bigint',
      rank: 'integer',
      post_id: 'bigint',
      author_id: 'bigint',
    },
    key: ['topic', 'version', 'rank'],
    rows: posts.map((post, index) => ({ topic, version, rank: index + 1, ...post })),
  });
}

/**
 * Forgets versions that nobody pages through any more: all before the one that was the newest at
 * `before`.
 */
export async function removeOldRankings(tx: Transaction, topic: string, before: Date) {
  const [last] = await tx.query<{ version: string }>(
    `select version from topic_rankings where topic = $1 and ranked_at <= $2
     order by version desc limit 1`,
    [topic, before],
  );
  if (!last) return;
  for (const table of ['topic_ranks', 'topic_rankings']) {
    await tx.query(`delete from ${table} where topic = $1 and version < $2`, [topic, last.version]);
  }
}

/** A stretch of a ranking, best first. */
export async function readRanks(
  q: Queryable,
  topic: string,
  version: string,
  { take, after }: { take: number; after: number },
): Promise<RankRow[]> {
  return q.query<RankRow>(
    `select rank, post_id, author_id from topic_ranks
     where topic = $1 and version = $2 and rank > $3 order by rank limit $4`,
    [topic, version, after, take],
  );
}

/** The topics that a post has left. */
export interface Left {
  readonly postId: PostId;
  readonly topics: readonly string[];
}

/**
 * Takes posts out of every ranking of topics that they have left, which are smaller then: so they are
 * missed when they come back.
 */
export async function dropRanks(tx: Transaction, left: readonly Left[]): Promise<void> {
  const smaller = new Map<string, { topic: string; version: string; by: number }>();
  for (const { postId, topics } of left) {
    const gone = await tx.query<{ topic: string; version: string }>(
      `delete from topic_ranks where topic = any($1::text[]) and post_id = $2
       returning topic, version`,
      [topics, postId],
    );
    for (const { topic, version } of gone) {
      const name = topic + version;
      smaller.set(name, { topic, version, by: (smaller.get(name)?.by ?? 0) + 1 });
    }
  }
  for (const [, { topic, version, by }] of [...smaller].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await tx.query('update topic_rankings set size = size - $3 where topic = $1 and version = $2', [
      topic,
      version,
      by,
    ]);
  }
}
