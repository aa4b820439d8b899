/** Tasks of the kinds that a sandbox has to live with, for its tests. They run in its children. */
import { Problem } from '../server/kernel/problem.ts';
import type { TaskSource } from '../server/ports/sandbox/sandbox.ts';

const MB = 1024 * 1024;

/** Gives back what it was given, the environment that it finds, and its process. */
export async function echo(input: unknown, source: TaskSource) {
  const bytes = await source.read(0, source.size - 1);
  return { value: { input, pid: process.pid, env: Object.keys(process.env) }, files: [bytes] };
}

/** Reads parts of its source, from behind and across its end. */
export async function readParts(parts: [number, number][], source: TaskSource) {
  const files = await Promise.all(parts.map(([start, end]) => source.read(start, end)));
  return { value: source.size, files };
}

export async function refuse(message: string): Promise<never> {
  throw new Problem('media_broken', message, { reason: 'test' });
}

export async function fail(): Promise<never> {
  throw new RangeError('a fault of ours');
}

export async function crash(): Promise<never> {
  process.abort();
}

/** Holds its process without end. */
export async function hang(): Promise<never> {
  for (;;);
}

/** Takes memory and holds it, outside of the heap of JavaScript as a decoder would. */
export async function fill(megabytes: number): Promise<never> {
  const held: Buffer[] = [];
  for (let i = 0; i < megabytes; i += 16) held.push(Buffer.alloc(16 * MB, 1));
  return await new Promise(() => {});
}

export async function writeOnAndOn() {
  return { value: null, files: Array.from({ length: 70 }, () => Buffer.alloc(MB)) };
}

/** Tries what nothing in a child may do; gives what it was told each time. */
export async function breakOut(): Promise<{ value: string[] }> {
  const { spawnSync } = await import('node:child_process');
  const { writeFileSync } = await import('node:fs');
  const { Worker } = await import('node:worker_threads');
  const tries = [
    () => spawnSync('true'),
    () => writeFileSync('/tmp/aperto-was-here', 'x'),
    () => new Worker('1', { eval: true }),
  ];
  return {
    value: tries.map((attempt) => {
      try {
        attempt();
        return 'worked';
      } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? String(error);
      }
    }),
  };
}

/** Ends when it may use so much, `ms` later. */
export async function claim({ bytes, ms }: { bytes: number; ms: number }, source: TaskSource) {
  await source.claim(bytes);
  const from = performance.timeOrigin + performance.now();
  await new Promise((resolve) => setTimeout(resolve, ms));
  return { value: { from, to: performance.timeOrigin + performance.now() } };
}
