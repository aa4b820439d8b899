import { Readable } from 'node:stream';
import { Problem } from '../../kernel/problem.ts';
import type { BlobKey, Blobs } from '../../ports/blobs/blobs.ts';
import { BlobMissing } from '../../ports/blobs/blobs.ts';
import {
  type Death,
  type InputOf,
  type RunOptions,
  type Sandbox,
  SandboxBusy,
  type Task,
  TaskDied,
  type TaskFunction,
  type ValueOf,
} from '../../ports/sandbox/sandbox.ts';
import type * as Tasks from './apart/tasks.ts';

const MODULE = new URL('./apart/tasks.ts', import.meta.url).href;
/** Read in one piece, which takes half the CPU of a stream; photos of phones are 2 to 6 MB. */
const AT_ONCE_BYTES = 8 * 1024 * 1024;
/** How soon somebody who was turned away may ask again. */
const RETRY_SECONDS = 5;

const DEATHS: Readonly<Record<Death, string>> = {
  crashed: 'This file breaks the program that reads it. Save it anew and send that.',
  too_slow: 'This file takes too long to read. Save it anew and send that.',
  too_large: 'This file takes too much memory to read. Save it anew and send that.',
};

/** A task of this feature: a function of `apart/tasks.ts`. */
export function pictureTask<Name extends keyof typeof Tasks>(
  name: Name,
): Task<Extract<(typeof Tasks)[Name], TaskFunction>> {
  return { module: MODULE, name };
}

/**
 * Runs a task on a stored file, in a child process. Throws what the task throws; `media_broken` when its
 * process died of it twice, `media_busy`, `BlobMissing`.
 */
export async function runApart<F extends TaskFunction>(
  ctx: { readonly blobs: Blobs; readonly sandbox: Sandbox },
  task: Task<F>,
  input: InputOf<F>,
  key: BlobKey,
  options: Omit<RunOptions, 'source'> = {},
): Promise<{ value: ValueOf<F>; files: Buffer[] }> {
  const found = await ctx.blobs.stat(key);
  if (!found) throw new BlobMissing(key);
  const stream = async (start: number, end: number) => {
    const range = { start, end };
    if (end - start >= AT_ONCE_BYTES) return await ctx.blobs.stream(key, range);
    return Readable.from([await ctx.blobs.read(key, range)]);
  };
  try {
    return await ctx.sandbox.run(task, input, { ...options, source: { size: found.size, stream } });
  } catch (error) {
    if (error instanceof TaskDied) {
      throw new Problem('media_broken', DEATHS[error.death], { reason: error.death });
    }
    if (error instanceof SandboxBusy) {
      throw new Problem('media_busy', undefined, { retry_after: RETRY_SECONDS });
    }
    throw error;
  }
}
