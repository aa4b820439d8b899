/**
 * Events that wait for their consumers, as work that can be put off, done twice, and killed like any job:
 * the keys that transactions have touched, and those that a sweep finds because nobody was told of them.
 */
import type { Context } from '../../server/context.ts';
import { deliverEvents } from '../../server/kernel/deliver-events.ts';
import { deliverTogether } from '../../server/kernel/deliver-together.ts';
import { type EventGroup, OUTBOXES, WAITING } from '../../server/kernel/events.ts';
import { eventsTouched } from '../../server/kernel/touch-keys.ts';
import type { Queryable } from '../../server/ports/db/db.ts';
import type { NewJob, TaskHandler } from '../../server/ports/jobs/jobs.ts';
import { consumers } from '../../server/roles/worker.ts';

/** Several keys of one group in one transaction, as the worker does it; or one, the slow way. */
export const TOGETHER = 'deliver together';
export const ALONE = 'deliver alone';

/** One of so many touches nobody hears of. */
const LOST = 8;

const waiting = (group: string, key: string): NewJob => ({
  task: TOGETHER,
  key: `${TOGETHER}:${group}:${key}`,
  payload: { group, keys: key },
});

/** What is to be delivered after commits that touched some keys, as far as one process is told. */
export class Tidings {
  #touches = 0;

  of(touched: Iterable<string>): NewJob[] {
    return [...eventsTouched(touched)].flatMap(({ group, key }) => {
      this.#touches += 1;
      return this.#touches % LOST === 0 ? [] : [waiting(group, key)];
    });
  }
}

/** What the worker's sweep finds: events that nobody has delivered, or handed over to a job. */
export async function leftBehind(q: Queryable): Promise<NewJob[]> {
  const rows = await q.query<{ group: string; key: string }>(
    `select 'people' as group, person_id as key from person_events where state = ${WAITING}
     union select 'posts', post_id from post_events where state = ${WAITING} order by 1, 2`,
  );
  return rows.map(({ group, key }) => waiting(group, key));
}

/** Something to run, and the jobs that are done by it. */
export interface Task {
  readonly run: NewJob;
  readonly does: readonly NewJob[];
}

const KEYS_MAX = 6;

/** Puts deliveries together, some keys or all of a group at once, and some alone, as the dice say. */
export function asTasks(jobs: readonly NewJob[], fate: Generator<number, never>): Task[] {
  const tasks: Task[] = jobs
    .filter(({ task }) => task !== TOGETHER)
    .map((job) => ({ run: job, does: [job] }));
  for (const group of Object.keys(OUTBOXES)) {
    const rest = jobs.filter(({ task, payload }) => task === TOGETHER && payload.group === group);
    while (rest.length > 0) {
      const roll = fate.next().value;
      const does = rest.splice(0, roll % 4 === 0 ? 1 : 1 + (roll % KEYS_MAX));
      const keys = does.map(({ payload }) => String(payload.keys)).join(' ');
      const task = roll % 4 === 0 ? ALONE : TOGETHER;
      tasks.push({
        run: { task, key: `${task}:${group}:${keys}`, payload: { group, keys } },
        does,
      });
    }
  }
  return tasks;
}

/** Of some of them the first key once more, alone: for what is done at the same time. */
export function twice(tasks: readonly Task[], fate: Generator<number, never>): Task[] {
  const again = tasks.filter(({ run }) => run.task === TOGETHER && fate.next().value % 4 === 0);
  return again.map(({ run: { payload } }) => {
    const [keys = ''] = String(payload.keys).split(' ');
    const { group = '' } = payload;
    return {
      run: { task: ALONE, key: `${ALONE}:${group}:${keys}`, payload: { group, keys } },
      does: [],
    };
  });
}

/** Who does it in a process. */
export function deliverers(ctx: Context): Record<string, TaskHandler> {
  return {
    async [TOGETHER]({ group, keys }) {
      let some: readonly string[] = String(keys).split(' ');
      while (some.length > 0) {
        some = await deliverTogether(ctx, consumers, group as EventGroup, some);
      }
    },
    [ALONE]: ({ group = '', keys = '' }) => deliverEvents(ctx, consumers, { group, key: keys }),
  };
}
