import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Db } from '../ports/db/db.ts';
import type { Clock } from './clock.ts';
import { type IdLease, WORKERS_MAX } from './ids.ts';

/** A lease is renewed each third of this; a process that cannot renew stops making ids when it ends. */
export const LEASE_MS = 60_000;

export interface HeldLease extends IdLease {
  readonly holder: string;
  /** Stops renewing and gives the number back, keeping the time up to which ids may have been made. */
  release(): Promise<void>;
}

/**
 * Takes a free worker number (0–1023) and keeps renewing it. Works with any number of processes
 * starting at once: the conditional update decides. Throws when all numbers are held.
 */
export async function leaseWorker(db: Db, clock: Clock, log: Logger): Promise<HeldLease> {
  const holder = randomUUID();
  const { worker, fromMs, untilMs: firstUntil } = await take(db, clock, holder);
  let untilMs = firstUntil;
  const renew = async () => {
    const until = Math.max(clock.millis() + LEASE_MS, untilMs);
    const rows = await db.query(
      'update id_leases set until_ms = $3 where worker = $1 and holder = $2 returning worker',
      [worker, holder, until],
    );
    if (rows.length === 0) throw new Error(`worker number ${worker} was taken by another process`);
    untilMs = until;
  };
  const timer = setInterval(() => {
    renew().catch((error) => log.error({ err: error }, 'could not renew the worker number'));
  }, LEASE_MS / 3);
  timer.unref();
  return {
    worker,
    holder,
    fromMs,
    untilMs: () => untilMs,
    async release() {
      clearInterval(timer);
      // Ids may carry a time slightly ahead of the clock; the next holder begins after the lease.
      await db.query('update id_leases set until_ms = $3 where worker = $1 and holder = $2', [
        worker,
        holder,
        Math.min(untilMs, clock.millis() + 1_000),
      ]);
    },
  };
}

async function take(db: Db, clock: Clock, holder: string) {
  const now = clock.millis();
  const until = now + LEASE_MS;
  const free = await db.query<{ worker: number; until_ms: string }>(
    'select worker, until_ms from id_leases where until_ms <= $1 order by worker limit 20',
    [now],
  );
  for (const row of free) {
    const taken = await db.query(
      `update id_leases set holder = $2, until_ms = $3 where worker = $1 and until_ms = $4 returning worker`,
      [row.worker, holder, until, row.until_ms],
    );
    if (taken.length > 0) {
      return { worker: row.worker, fromMs: Number(row.until_ms), untilMs: until };
    }
  }
  const known = await db.query<{ worker: number }>('select worker from id_leases order by worker');
  const used = new Set(known.map((row) => row.worker));
  for (let worker = 0; worker < WORKERS_MAX; worker += 1) {
    if (used.has(worker)) continue;
    const made = await db.query(
      `insert into id_leases (worker, holder, until_ms) values ($1, $2, $3)
       on conflict (worker) do nothing returning worker`,
      [worker, holder, until],
    );
    if (made.length > 0) return { worker, fromMs: now, untilMs: until };
  }
  throw new Error('all 1,024 worker numbers are held; is there a loop that starts processes?');
}

/** Notes under which names this process runs jobs, so that they can be freed if it dies. */
export async function noteJobWorkers(
  db: Db,
  lease: HeldLease,
  jobWorkers: readonly string[],
): Promise<void> {
  await db.query('update id_leases set job_workers = $3 where worker = $1 and holder = $2', [
    lease.worker,
    lease.holder,
    jobWorkers,
  ]);
}

/**
 * The job workers of processes that are gone: their lease ran out, or, where `alone` says that no
 * other process can be running on this database, any that is not ours.
 */
export async function takeDeadJobWorkers(
  db: Db,
  lease: HeldLease,
  clock: Clock,
  alone: boolean,
): Promise<string[]> {
  const rows = await db.query<{ worker: number; job_workers: string[] }>(
    `select worker, job_workers from id_leases
     where holder <> $1 and (until_ms < $2 or $3::boolean) and job_workers <> '{}'
     order by worker`,
    [lease.holder, clock.millis(), alone],
  );
  for (const row of rows) {
    await db.query(
      `update id_leases set job_workers = '{}' where worker = $1 and job_workers = $2::text[]`,
      [row.worker, row.job_workers],
    );
  }
  return rows.flatMap((row) => row.job_workers);
}
