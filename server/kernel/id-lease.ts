import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Db } from '../ports/db/db.ts';
import type { Clock } from './clock.ts';
import { type IdLease, WORKERS_MAX } from './ids.ts';

/** A lease is renewed each third of this; a process that cannot renew stops making ids when it ends. */
export const LEASE_MS = 60_000;

export interface HeldLease extends IdLease {
  readonly holder: string;
  /** Under which names this process runs jobs; `noteJobWorkers` sets them. */
  jobWorkers: readonly string[];
  /** Stops renewing and gives the number back, keeping the time up to which ids may have been made. */
  release(): Promise<void>;
}

/**
 * Takes a free worker number (0–1023) and keeps renewing it. Works with any number of processes
 * starting at once: the conditional update decides. A process that slept so long (a laptop, a paused
 * machine) that another one took its number takes a new one. Throws when all numbers are held.
 */
export async function leaseWorker(db: Db, clock: Clock, log: Logger): Promise<HeldLease> {
  const holder = randomUUID();
  let held = await take(db, clock, holder);
  let renewing: Promise<void> | null = null;
  const extend = async () => {
    const until = Math.max(clock.millis() + LEASE_MS, held.untilMs);
    const rows = await db.query(
      'update id_leases set until_ms = $3 where worker = $1 and holder = $2 returning worker',
      [held.worker, holder, until],
    );
    if (rows.length > 0) {
      held = { ...held, untilMs: until };
      return;
    }
    const next = await take(db, clock, holder);
    log.warn({ lost: held.worker, worker: next.worker }, 'another process took our worker number');
    held = next;
    await noteJobWorkers(db, lease, lease.jobWorkers);
  };
  const renew = () => {
    renewing ??= extend()
      .catch((error) => log.error({ err: error }, 'could not renew the worker number'))
      .finally(() => {
        renewing = null;
      });
  };
  const timer = setInterval(renew, LEASE_MS / 3);
  timer.unref();
  const lease: HeldLease = {
    get worker() {
      return held.worker;
    },
    get fromMs() {
      return held.fromMs;
    },
    holder,
    jobWorkers: [],
    untilMs: () => held.untilMs,
    renew,
    async release() {
      clearInterval(timer);
      await renewing;
      // Ids may carry a time slightly ahead of the clock; the next holder begins after the lease.
      await db.query('update id_leases set until_ms = $3 where worker = $1 and holder = $2', [
        held.worker,
        holder,
        Math.min(held.untilMs, clock.millis() + 1_000),
      ]);
    },
  };
  return lease;
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
  lease.jobWorkers = jobWorkers;
  await db.query('update id_leases set job_workers = $3 where worker = $1 and holder = $2', [
    lease.worker,
    lease.holder,
    jobWorkers,
  ]);
}

/**
 * The job workers of processes that are gone: their lease ran out, or we have taken over their
 * number, or, where `alone` says that no other process can be running on this database, any that is
 * not ours.
 */
export async function takeDeadJobWorkers(
  db: Db,
  lease: HeldLease,
  clock: Clock,
  alone: boolean,
): Promise<string[]> {
  const rows = await db.query<{ worker: number; job_workers: string[] }>(
    `select worker, job_workers from id_leases
     where (holder = $1 or until_ms < $2 or $3::boolean) and job_workers <> '{}'
     order by worker`,
    [lease.holder, clock.millis(), alone],
  );
  const own = new Set(lease.jobWorkers);
  const all: string[] = [];
  for (const row of rows) {
    const dead = row.job_workers.filter((name) => !own.has(name));
    if (dead.length === 0) continue;
    await db.query(
      `update id_leases set job_workers = $3 where worker = $1 and job_workers = $2::text[]`,
      [row.worker, row.job_workers, row.job_workers.filter((name) => own.has(name))],
    );
    all.push(...dead);
  }
  return all;
}

/** The job workers of every process, dead or alive, that still stand in a lease. */
export async function knownJobWorkers(db: Db): Promise<Set<string>> {
  const rows = await db.query<{ job_workers: string[] }>(
    'select job_workers from id_leases order by worker',
  );
  return new Set(rows.flatMap((row) => row.job_workers));
}
