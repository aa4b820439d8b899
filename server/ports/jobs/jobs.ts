import type { Queryable } from '../db/db.ts';

export type JobPayload = { readonly [key: string]: string | number | boolean | null };

/** A job to add. One that waits under the same key is replaced, never doubled. */
export interface NewJob {
  readonly task: string;
  readonly payload: JobPayload;
  readonly key: string;
  /** Not before this time. */
  readonly runAt?: Date;
  /** Smaller goes first; 0 unless told. */
  readonly priority?: number;
}

export interface DeadJobRow {
  readonly id: string;
  readonly task: string;
  readonly payload: string;
  readonly attempts: number;
  readonly error: string;
  readonly failedAt: Date;
}

/** Runs one job. Rejecting means: try again later, with growing waits, up to `JOB_ATTEMPTS_MAX` times. */
export type TaskHandler = (payload: JobPayload, signal: AbortSignal) => Promise<void>;

export interface Jobs {
  /** Adds a job inside the caller's transaction: it exists when, and only when, that commits. */
  add(q: Queryable, job: NewJob): Promise<void>;
  /** Starts to run jobs of these tasks, at most `concurrency` at once. Stop waits for running ones. */
  work(tasks: Readonly<Record<string, TaskHandler>>, concurrency: number): Promise<JobWorker>;
  /** Jobs whose tries are used up, newest first, ids below `beforeId` when given. */
  listDead(q: Queryable, limit: number, beforeId?: string): Promise<DeadJobRow[]>;
  /** Gives a dead job all its tries again; false when there is none of that id. */
  retryDead(q: Queryable, id: string): Promise<boolean>;
}

export interface JobWorker {
  /** Takes no new jobs and waits for the running ones, at most `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
}

export const JOB_ATTEMPTS_MAX = 12;
