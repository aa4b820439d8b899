import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import type { PostInList } from '../posts/store.ts';

/** How far a fan-out has come. */
export interface FanOutRow extends PostInList {
  source: string;
  active_since: string;
  rest: boolean;
  rest_seen: boolean;
  after_id: string;
  /** Some feeds may have it already. */
  careful: boolean;
  told: boolean;
}

/** Whose post, which, and to whose followers. */
export interface FanOutKey {
  readonly author_id: PersonId;
  readonly post_id: PostId;
  readonly source: string;
}

const KEY = 'author_id = $1 and post_id = $2 and source = $3';
const keyOf = ({ author_id, post_id, source }: FanOutKey) => [author_id, post_id, source];

/** Begins a fan-out, or begins it again. */
export async function beginFanOut(
  tx: Transaction,
  post: PostInList,
  how: { source: string; activeSince: string; careful: boolean; told: boolean },
): Promise<void> {
  await tx.query(
    `insert into feed_fan_outs (author_id, post_id, source, repost_of, repost_author_id, active_since,
       careful, told)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (author_id, post_id, source) do update
       set active_since = excluded.active_since, careful = true, told = excluded.told,
         rest = false, rest_seen = false, after_id = 0`,
    [
      post.author_id,
      post.post_id,
      how.source,
      post.repost_of,
      post.repost_author_id,
      how.activeSince,
      how.careful,
      how.told,
    ],
  );
}

/** Locked until the transaction ends; null when it is done. */
export async function lockFanOut(tx: Transaction, key: FanOutKey): Promise<FanOutRow | null> {
  const [row] = await tx.query<FanOutRow>(
    `select author_id, post_id, source, repost_of, repost_author_id, active_since, rest, rest_seen,
       after_id, careful, told
     from feed_fan_outs where ${KEY} for update`,
    keyOf(key),
  );
  return row ?? null;
}

export async function moveFanOut(
  tx: Transaction,
  key: FanOutKey,
  to: { rest: boolean; restSeen: boolean; after: string },
): Promise<void> {
  await tx.query(`update feed_fan_outs set rest = $4, rest_seen = $5, after_id = $6 where ${KEY}`, [
    ...keyOf(key),
    to.rest,
    to.restSeen,
    to.after,
  ]);
}

/** From now on what is there already is looked for. */
export async function beCareful(tx: Transaction, key: FanOutKey): Promise<void> {
  await tx.query(`update feed_fan_outs set careful = true where ${KEY}`, keyOf(key));
}

export async function endFanOut(tx: Transaction, key: FanOutKey): Promise<void> {
  await tx.query(`delete from feed_fan_outs where ${KEY}`, keyOf(key));
}

/** Whether posts of this author are still on their way to followers. */
export async function hasFanOuts(q: Queryable, authorId: PersonId): Promise<boolean> {
  const rows = await q.query(
    `select post_id from feed_fan_outs where author_id = $1 and source = '' order by post_id limit 1`,
    [authorId],
  );
  return rows.length > 0;
}
