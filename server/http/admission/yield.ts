import { setTimeout as pause } from 'node:timers/promises';
import type { TaskHandler } from '../../ports/jobs/jobs.ts';
import type { Admission } from './admission.ts';

/** How often is looked whether requests still wait, and how long a job waits for them at most. */
const LOOK_MS = 10;
const LOOKS_MAX = 10;

/**
 * The same tasks, each of which begins a little later while requests of this process wait too long: at
 * most 100 ms a job, so that jobs go on, slower, however long that lasts.
 */
export function yieldingTo(
  admission: Pick<Admission, 'isLate'> | null,
  tasks: Readonly<Record<string, TaskHandler>>,
  look: () => Promise<unknown> = () => pause(LOOK_MS),
): Record<string, TaskHandler> {
  if (admission === null) return tasks;
  const later = (task: TaskHandler): TaskHandler => {
    return async (payload, signal) => {
      await yieldTo(admission, signal, look);
      return task(payload, signal);
    };
  };
  return Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, later(task)]));
}

/** Waits while requests of this process wait too long, at most 100 ms. */
export async function yieldTo(
  admission: Pick<Admission, 'isLate'> | null,
  signal: AbortSignal,
  look: () => Promise<unknown> = () => pause(LOOK_MS),
): Promise<void> {
  for (let looks = 0; looks < LOOKS_MAX && admission?.isLate && !signal.aborted; looks += 1) {
    await look();
  }
}
