import { EventEmitter } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Logger as GraphileLogger, type Runner, run, type WorkerEvents } from 'graphile-worker';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { JobPayload, TaskHandler } from './jobs.ts';

/** How often a worker looks for jobs that no notification announced (retries, missed ones). */
const POLL_MS = 1000;
/** How long a runner that gave up is left alone before another one is started. */
const PAUSE_MS = 1000;

export interface RunnerOptions {
  readonly pool: pg.Pool;
  readonly tasks: Readonly<Record<string, TaskHandler>>;
  readonly concurrency: number;
  readonly log: Logger;
  /** Hears under which names this process holds jobs. */
  readonly onWorkers: (names: readonly string[]) => Promise<void>;
}

/** Runs jobs until it is stopped. `stop` resolves when the running ones have ended. */
export interface KeptRunner {
  stop(): Promise<void>;
}

/** One run of the library, and the names under which it holds jobs. */
interface Launched {
  readonly runner: Runner;
  readonly names: readonly string[];
}

/**
 * Keeps one runner running. The library gives up for good when it cannot write down how a job ended,
 * as when the database goes away meanwhile, and leaves that job locked for four hours: then its jobs
 * are freed and another runner is started.
 */
export async function keepRunner(options: RunnerOptions): Promise<KeptRunner> {
  const stopping = new AbortController();
  const { signal } = stopping;
  let current = await launch(options);
  const over = (async () => {
    for (;;) {
      const { runner, names } = current;
      await runner.promise.catch((error) => options.log.warn({ err: error }, 'jobs are not run'));
      const next = await launchAnother(options, names, signal);
      if (!next) return;
      current = next;
      options.log.info('jobs are run again');
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await current.runner
        .stop()
        .catch((error) => options.log.debug({ err: error }, 'the job runner stops by itself'));
      await over;
    },
  };
}

/** Tries until it stands, or nobody wants it any more. */
async function launchAnother(
  options: RunnerOptions,
  heldBy: readonly string[],
  signal: AbortSignal,
): Promise<Launched | undefined> {
  for (;;) {
    await wait(PAUSE_MS, undefined, { signal }).catch(() => undefined); // stopped: judged below
    if (signal.aborted) return undefined;
    try {
      await options.pool.query('select from graphile_worker.force_unlock_workers($1::text[])', [
        heldBy,
      ]);
      const launched = await launch(options);
      if (!signal.aborted) return launched;
      await launched.runner.stop();
    } catch (error) {
      options.log.warn({ err: error }, 'jobs cannot be run yet');
    }
  }
}

async function launch(options: RunnerOptions): Promise<Launched> {
  const { pool, tasks, concurrency, log, onWorkers } = options;
  const events: WorkerEvents = new EventEmitter();
  const names: string[] = [];
  // Jobs are held in the name of the pool of workers, not of the single one.
  events.on('pool:create', ({ workerPool }) => names.push(workerPool.id));
  const runner = await run({
    pgPool: pool,
    concurrency,
    pollInterval: POLL_MS,
    noHandleSignals: true,
    // Otherwise the library writes down how jobs ended without waiting for it: a failure would be
    // heard by nobody, and the job stay locked.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    logger: graphileLogger(log),
    events,
    taskList: Object.fromEntries(
      Object.entries(tasks).map(([name, handle]) => [
        name,
        (payload: unknown, helpers: { abortSignal?: AbortSignal }) =>
          handle(payload as JobPayload, helpers.abortSignal ?? new AbortController().signal),
      ]),
    ),
  });
  try {
    await onWorkers(names);
  } catch (error) {
    await runner.stop();
    throw error;
  }
  return { runner, names };
}

export const silentLogger = new GraphileLogger(() => () => undefined);

function graphileLogger(log: Logger): GraphileLogger {
  return new GraphileLogger((scope) => (level, message, meta) => {
    // The library tells every job it takes; that is ours to tell.
    if (level === 'error') log.error({ ...scope, ...meta }, message);
    else if (level === 'warning') log.warn({ ...scope, ...meta }, message);
    else log.trace({ ...scope, ...meta }, message);
  });
}
