import { Problem } from './problem.ts';

/**
 * Ids of 63 bits that sort by time: 41 bits of milliseconds since `EPOCH_MS`, 10 of worker number,
 * 12 of sequence (the layout of Twitter's Snowflake, 2010). Lasts until July 2094 (`ID_PATTERN`).
 */
export const EPOCH_MS = Date.UTC(2025, 0, 1);
export const WORKERS_MAX = 1024;
const SEQUENCES = 4096;

/** Gives ids, each larger than the one before, never the same twice. */
export interface IdSource {
  next<Id extends string>(): Id;
}

/**
 * A stretch of time in which this process alone holds its worker number; `untilMs` moves on as it is
 * renewed. All three change when the number was lost and another one taken.
 */
export interface IdLease {
  readonly worker: number;
  /** No id may carry a time at or past this. */
  untilMs(): number;
  /** The first time that an id may carry: where the holder before us may have stopped. */
  readonly fromMs: number;
  /** Asks for a renewal before its turn, because the clock has jumped past the end. */
  renew(): void;
}

/**
 * An id source for one lease. A clock that jumps back does not disturb the order: ids go on from the
 * last time that was used. Throws (503) when the lease is used up, because another process may hold
 * the number by then: after a machine has slept, until the lease is renewed.
 */
export function createIdSource(lease: IdLease, millis: () => number): IdSource {
  let { worker } = lease;
  let last = lease.fromMs - 1;
  let sequence = SEQUENCES;
  return {
    next<Id extends string>(): Id {
      const now = millis();
      if (lease.worker !== worker) {
        worker = lease.worker;
        last = Math.max(last, lease.fromMs - 1);
        sequence = SEQUENCES;
      }
      if (now > last) {
        last = now;
        sequence = 0;
      } else if (sequence === SEQUENCES) {
        // 4,096 ids in this millisecond, or a clock that went back: borrow the next one.
        last += 1;
        sequence = 0;
      }
      if (last >= lease.untilMs()) {
        lease.renew();
        throw new Problem('database_unavailable', 'The server has just woken up. Try again.', {
          retry_after: 1,
        });
      }
      const id = composeId(last, worker, sequence);
      sequence += 1;
      return id as Id;
    },
  };
}

export function composeId(ms: number, worker: number, sequence: number): string {
  return ((BigInt(ms - EPOCH_MS) << 22n) | BigInt((worker << 12) | sequence)).toString();
}

/** When an id was made, in milliseconds since 1970. */
export function idMillis(id: string): number {
  return Number(BigInt(id) >> 22n) + EPOCH_MS;
}

/** The number of the process that made an id, from 0 to 1,023. */
export function idWorker(id: string): number {
  return Number((BigInt(id) >> 12n) & BigInt(WORKERS_MAX - 1));
}

/** For ascending sort of decimal ids without leading zeros. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
