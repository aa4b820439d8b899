/**
 * What jobs cost with graphile-worker. "Asked again": where it answers that it took no wake-up, it is
 * asked a second time.
 */
import { Logger, runMigrations, run as runWorker } from 'graphile-worker';
import pg from 'pg';
import type { Queryable } from '../server/ports/db/db.ts';
import { CONCURRENCY, type Library, measure } from './job-costs.ts';

const quiet = new Logger(() => () => undefined);

/** Adds one job for each key; gives those that were taken. */
const addMany = `select key from graphile_worker.add_jobs(array(
  select row('bench', json_build_object('text', key), null, null, null, key, null, null)::graphile_worker.job_spec
  from unnest($1::text[]) as key))`;

function graphile(url: string, batched: boolean, again: boolean): Library {
  const add = async (q: Queryable, text: string, key?: string): Promise<boolean> => {
    const [job] = await q.query<{ id: string | null }>(
      `select id from graphile_worker.add_job('bench', json_build_object('text', $1::text), job_key := $2)`,
      [text, key ?? null],
    );
    return job?.id != null;
  };
  const worker = batched ? { localQueue: { size: 100 }, completeJobBatchDelay: 0 } : {};
  return {
    name: `graphile-worker${batched ? ', in batches' : ''}${again ? ', asked again' : ''}`,
    add: async (...given) => (await add(...given)) || (again && (await add(...given))),
    async wake(q, keys) {
      const left = new Set(keys);
      while (left.size > 0) {
        const rows = await q.query<{ key: string }>(addMany, [[...left].sort()]);
        for (const { key } of rows) left.delete(key);
      }
    },
    async work(handle) {
      const pgPool = new pg.Pool({ connectionString: url, max: CONCURRENCY + 2 });
      pgPool.on('error', console.error);
      pgPool.on('connect', (client) => client.on('error', console.error));
      const runner = await runWorker({
        pgPool,
        noHandleSignals: true,
        logger: quiet,
        preset: { worker: { ...worker, concurrentJobs: CONCURRENCY } },
        taskList: { bench: (payload) => handle((payload as { text: string }).text) },
      });
      return { stop: () => runner.stop().then(() => pgPool.end()) };
    },
    clear: (db) => db.script('truncate graphile_worker._private_jobs'),
    async pending(db) {
      const [row] = await db.query<{ n: number }>(
        'select count(*)::int4 as n from graphile_worker._private_jobs where is_available or locked_at is not null',
      );
      return row?.n ?? 0;
    },
  };
}

/** Takes about a minute. */
export async function run(): Promise<void> {
  console.log(`node ${process.version}, Unix socket, closed loop, ${CONCURRENCY} jobs at once`);
  await measure(async (url) => {
    await runMigrations({ connectionString: url, logger: quiet });
    return [graphile(url, false, false), graphile(url, false, true), graphile(url, true, true)];
  });
}

if (import.meta.main) await run();
