import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';

/** `spread`: over days. `at_once`: as fast as it goes. */
export type Pace = 'spread' | 'at_once';

export interface RoundRow {
  round: number;
  pace: Pace;
  /** The empty places that it is to fill. */
  filling: readonly string[];
  started_at: Date;
  next_bucket: number;
  /** When a bucket was last done, or it began. */
  last_at: Date;
  ended_at: Date | null;
  files: string;
  bytes: string;
  repaired: string;
  lost: string;
  removed: string;
}

const ROUND_COLUMNS = `round, pace, filling, started_at, next_bucket, last_at, ended_at, files, bytes, repaired,
  lost, removed`;

/** The last rounds, newest first. */
export async function lastRounds(q: Queryable, take: number): Promise<RoundRow[]> {
  return q.query<RoundRow>(
    `select ${ROUND_COLUMNS} from scrub_rounds order by round desc limit $1`,
    [take],
  );
}

/** The round that is under way or ended last, locked until the transaction ends. */
export async function lockLastRound(tx: Transaction): Promise<RoundRow | null> {
  const [row] = await tx.query<RoundRow>(
    `select ${ROUND_COLUMNS} from scrub_rounds order by round desc limit 1 for update`,
  );
  return row ?? null;
}

/** False when another process began this round. */
export async function insertRound(
  tx: Transaction,
  one: Pick<RoundRow, 'round' | 'pace' | 'filling' | 'started_at'>,
): Promise<boolean> {
  const rows = await tx.query(
    `insert into scrub_rounds (round, pace, filling, started_at, last_at) values ($1, $2, $3, $4, $4)
     on conflict (round) do nothing returning round`,
    [one.round, one.pace, one.filling, one.started_at],
  );
  return rows.length > 0;
}

export async function hurryRound(tx: Transaction, round: number): Promise<void> {
  await tx.query("update scrub_rounds set pace = 'at_once' where round = $1 and ended_at is null", [
    round,
  ]);
}

/** Ends a round before all of it was read, because a new one is to begin. */
export async function endRound(tx: Transaction, round: number, at: Date): Promise<void> {
  await tx.query('update scrub_rounds set ended_at = $2 where round = $1 and ended_at is null', [
    round,
    at,
  ]);
}

export interface Found {
  readonly files: number;
  readonly bytes: number;
  readonly repaired: number;
  readonly lost: number;
  readonly removed: number;
}

/** Counts a bucket as done, and the round with its last one. False when it was counted already. */
export async function advanceRound(
  tx: Transaction,
  { round, bucket, last, at }: { round: number; bucket: number; last: boolean; at: Date },
  found: Found,
): Promise<boolean> {
  const rows = await tx.query(
    `update scrub_rounds set next_bucket = $2::int2 + 1, last_at = $3,
       ended_at = case when $4::boolean then $3::timestamptz else null end,
       files = files + $5, bytes = bytes + $6, repaired = repaired + $7, lost = lost + $8,
       removed = removed + $9
     where round = $1 and next_bucket = $2::int2 and ended_at is null
     returning round`,
    [round, bucket, at, last, found.files, found.bytes, found.repaired, found.lost, found.removed],
  );
  return rows.length > 0;
}

/** Forgets rounds before this one. */
export async function removeRoundsBefore(tx: Transaction, round: number): Promise<void> {
  await tx.query('delete from scrub_rounds where round < $1', [round]);
}

export interface FaultRow {
  fault_id: string;
  round: number;
  outcome: 'repaired' | 'lost';
  /** A key or `sha256:…` when it is lost, else the bucket in words. */
  what: string;
  copies: number;
  found_at: Date;
}

/** Writes faults down, and forgets all but the newest `keep`. */
export async function insertFaults(
  tx: Transaction,
  faults: readonly FaultRow[],
  keep: number,
): Promise<void> {
  if (faults.length === 0) return;
  await insertMany(tx, {
    table: 'scrub_faults',
    columns: {
      fault_id: 'int8',
      round: 'int4',
      outcome: 'text',
      what: 'text',
      copies: 'int4',
      found_at: 'timestamptz',
    },
    key: ['fault_id'],
    rows: faults,
  });
  await tx.query(
    `delete from scrub_faults where fault_id <= (
       select fault_id from scrub_faults order by fault_id desc offset $1 limit 1)`,
    [keep],
  );
}

/** Newest first. */
export async function listFaults(
  q: Queryable,
  take: number,
  before: string | null,
): Promise<FaultRow[]> {
  return q.query<FaultRow>(
    `select fault_id, round, outcome, what, copies, found_at from scrub_faults
     where fault_id < coalesce($2::bigint, 9223372036854775807)
     order by fault_id desc limit $1`,
    [take, before],
  );
}
