import { setTimeout as wait } from 'node:timers/promises';
import { runMigrations } from 'graphile-worker';
import pg from 'pg';
import type { Logger } from 'pino';
import type { Queryable } from '../db/db.ts';
import { keepRunner, silentLogger } from './graphile-runner.ts';
import {
  type DeadJobRow,
  JOB_ATTEMPTS_MAX,
  type Jobs,
  type JobWorker,
  type NewJob,
  type TaskHandler,
} from './jobs.ts';

const ERROR_TEXT_MAX = 2000;
const POOL_END_MS = 2000;
const ADD_TRIES = 50;
const ADD_JOB = `select id from graphile_worker.add_job($1, payload := $2::text::json, run_at := $3,
  max_attempts := $4, job_key := $5, priority := $6)`;

export interface GraphileOptions {
  readonly url: string;
  readonly log: Logger;
  /** Hears under which names this process holds jobs, so that they can be freed after a crash. */
  readonly onWorkers: (workerIds: readonly string[]) => Promise<void>;
}

/** Makes or updates the tables of the job library. Safe to run from several processes. */
export async function migrateJobs(url: string): Promise<void> {
  await runMigrations({ connectionString: url, logger: silentLogger });
}

/** Jobs on PostgreSQL by graphile-worker: see docs/decisions/0003-jobs.md. */
export function openGraphileJobs(options: GraphileOptions): Jobs {
  return {
    async add(q: Queryable, job: NewJob): Promise<void> {
      // The library adds nothing, and says so with a null row, when a worker takes the waiting job of
      // this key at this very moment; asked again, it adds one.
      for (let asked = 0; asked < ADD_TRIES; asked += 1) {
        const [row] = await q.query<{ id: string | null }>(ADD_JOB, [
          job.task,
          JSON.stringify(job.payload),
          job.runAt ?? null,
          JOB_ATTEMPTS_MAX,
          job.key,
          job.priority ?? null,
        ]);
        if (row?.id) return;
      }
      throw new Error(`could not add a job of ${job.task}: its key stayed busy`);
    },
    work: (tasks, concurrency) => startWorker(options, tasks, concurrency),
    listDead,
    retryDead,
  };
}

async function startWorker(
  options: GraphileOptions,
  tasks: Readonly<Record<string, TaskHandler>>,
  concurrency: number,
): Promise<JobWorker> {
  const { url, log } = options;
  const pool = new pg.Pool({
    connectionString: url,
    // One listens, the others take and finish jobs.
    max: concurrency + 2,
    application_name: 'aperto-jobs',
  });
  pool.on('error', (error) => log.warn({ err: error }, 'the job runner lost a connection'));
  pool.on('connect', (client) =>
    client.on('error', (error) => log.warn({ err: error }, 'the job runner lost a connection')),
  );
  const runner = await keepRunner({ ...options, pool, tasks, concurrency });
  return {
    async stop(timeoutMs) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          log.warn({ timeout_ms: timeoutMs }, 'jobs still run; they will be tried again');
          resolve();
        }, timeoutMs);
      });
      await Promise.race([runner.stop(), late]);
      clearTimeout(timer);
      // A job that still runs holds its connection; what it did not commit is undone with it.
      await Promise.race([pool.end(), wait(POOL_END_MS, undefined, { ref: false })]);
    },
  };
}

async function listDead(q: Queryable, limit: number, beforeId?: string): Promise<DeadJobRow[]> {
  const rows = await q.query<{
    id: string;
    task: string;
    payload: string;
    attempts: number;
    error: string | null;
    failed_at: Date;
  }>(
    `select j.id, t.identifier as task, left(j.payload::text, $3) as payload, j.attempts,
       left(j.last_error, $3) as error, j.updated_at as failed_at
     from graphile_worker._private_jobs j
     join graphile_worker._private_tasks t on t.id = j.task_id
     -- Without a key it was overtaken by a newer job of its key: nothing is lost with it.
     where j.attempts >= j.max_attempts and j.locked_at is null and j.key is not null
       and j.id < coalesce($2::bigint, 9223372036854775807)
     order by j.id desc limit $1`,
    [limit, beforeId ?? null, ERROR_TEXT_MAX],
  );
  return rows.map((row) => ({
    id: row.id,
    task: row.task,
    payload: row.payload,
    attempts: row.attempts,
    error: row.error ?? '',
    failedAt: row.failed_at,
  }));
}

async function retryDead(q: Queryable, id: string): Promise<boolean> {
  const rows = await q.query(
    `select id from graphile_worker.reschedule_jobs(
       array(select id from graphile_worker._private_jobs where id = $1 and attempts >= max_attempts),
       attempts := 0, run_at := $2)`,
    [id, new Date()],
  );
  return rows.length > 0;
}

/** Frees the jobs that workers held which are gone, so that others take them at once. */
export async function unlockWorkers(q: Queryable, workerIds: readonly string[]): Promise<void> {
  if (workerIds.length === 0) return;
  await q.query('select from graphile_worker.force_unlock_workers($1::text[])', [workerIds]);
}

/** Who holds jobs that were taken at least `heldMs` ago, dead or alive. */
export async function lockingWorkers(q: Queryable, heldMs: number): Promise<string[]> {
  const rows = await q.query<{ locked_by: string }>(
    `select distinct locked_by from graphile_worker._private_jobs
     where locked_by is not null and locked_at <= now() - make_interval(secs => $1)
     order by locked_by`,
    [heldMs / 1000],
  );
  return rows.map((row) => row.locked_by);
}
