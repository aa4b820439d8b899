/** Jobs that wait until they are run by name: a worker that takes its time, but one whose time can be told. */
import type { Jobs, NewJob, TaskHandler } from '../../server/ports/jobs/jobs.ts';
import type { GuardedTransaction, Plug } from './plug.ts';

/** Of no account here, and costly. */
export const IGNORED: ReadonlySet<string> = new Set([
  'scrub',
  'sweep',
  'sweep_orphans',
  'make_avif',
  'suggest',
  'find_popular',
]);

export class KeptJobs {
  readonly #waiting = new Map<string, NewJob>();

  add(jobs: readonly NewJob[]): void {
    for (const job of jobs) {
      if (IGNORED.has(job.task)) continue;
      // As in the real queue the newer one takes its place, at its own time.
      this.#waiting.delete(job.key);
      this.#waiting.set(job.key, job);
    }
  }

  /** What could be run now, the first to come first. */
  due(now: number): NewJob[] {
    return [...this.#waiting.values()].filter(({ runAt }) => !runAt || runAt.getTime() <= now);
  }

  /** When the next one is due that waits; null when none waits. */
  nextAt(): number | null {
    const times = [...this.#waiting.values()].map(({ runAt }) => runAt?.getTime() ?? 0);
    return times.length > 0 ? Math.min(...times) : null;
  }

  /** Takes a job out to run it; false when it has been taken or replaced. */
  take(job: NewJob): boolean {
    return this.#waiting.get(job.key) === job && this.#waiting.delete(job.key);
  }

  /** One that was not done: it is tried again beside what was added under its key since. */
  giveBack(job: NewJob): void {
    const key = this.#waiting.has(job.key) ? `${job.key}:again:${this.#waiting.size}` : job.key;
    this.#waiting.set(key, key === job.key ? job : { ...job, key });
  }

  clear(): void {
    this.#waiting.clear();
  }

  /** The port, as one process has it. Its handlers are put into `handlers`. */
  port(plug: Plug, handlers: Map<string, TaskHandler>): Jobs {
    return {
      add: async (q, job) => {
        const { jobs } = q as Partial<GuardedTransaction>;
        plug.step();
        if (jobs) jobs.push(job);
        else this.add([job]);
      },
      work: async (tasks) => {
        for (const [task, handler] of Object.entries(tasks)) handlers.set(task, handler);
        return { stop: async () => {} };
      },
      listDead: async () => [],
      retryDead: async () => false,
    };
  }
}
