/**
 * The program of a child: runs one task after the other, each a function of a module that it is told.
 * It opens no connection, is started without the server's environment, may write no file and start no
 * program (Node's permission model), and ends with its parent, however that ends.
 */
import { read, write } from 'node:fs';
import { setPriority } from 'node:os';
import { promisify } from 'node:util';
import { Problem } from '../../kernel/problem.ts';
import { type FromChild, PIPE_FD, type ToChild } from './messages.ts';
import type { TaskFunction, TaskSource } from './sandbox.ts';

const readPipe = promisify(read);
const writePipe = promisify(write);

/** Requests go first. Threads inherit it, so it stands before anything starts some. */
setPriority(10);

/** Resident bytes of a child that has done a usual picture or two. */
const TIDY_ABOVE = 128 * 1024 * 1024;

let granted = () => {};

function tell(message: FromChild): void {
  process.send?.(message);
}

async function receive(length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await readPipe(PIPE_FD, bytes, at, length - at, null);
    if (bytesRead === 0) process.exit();
    at += bytesRead;
  }
  return bytes;
}

async function send(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await writePipe(PIPE_FD, bytes, at, bytes.length - at, null)).bytesWritten;
  }
}

function sourceOf(size: number): TaskSource {
  let last: Promise<unknown> = Promise.resolve();
  return {
    size,
    read(start, end) {
      const until = Math.min(end, size - 1);
      if (!(start >= 0 && start <= until)) return Promise.resolve(Buffer.alloc(0));
      // One after the other: the pipe has one order.
      const next = last.then(() => {
        tell({ type: 'read', start, end: until });
        return receive(until - start + 1);
      });
      last = next;
      return next;
    },
    claim(bytes) {
      return new Promise((resolve) => {
        granted = resolve;
        tell({ type: 'claim', bytes });
      });
    },
  };
}

async function run({ module, name, input, size }: ToChild & { type: 'run' }): Promise<void> {
  const task: TaskFunction<unknown> = (await import(module))[name];
  const { value, files = [] } = await task(input, sourceOf(size));
  for (const file of files) await send(file);
  tell({ type: 'done', value, files: files.map((file) => file.length) });
}

process.on('message', (message: ToChild) => {
  if (message.type === 'granted') return granted();
  const report = () => tell({ type: 'memory', bytes: process.memoryUsage.rss() });
  const timer = message.reportMs > 0 ? setInterval(report, message.reportMs) : undefined;
  run(message)
    .catch((thrown: unknown) => {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      const problem =
        error instanceof Problem ? { code: error.code, details: error.details } : null;
      tell({ type: 'failed', message: error.message, stack: error.stack, problem });
    })
    .finally(() => {
      clearInterval(timer);
      // Pixels lie outside of the heap, so that the collector sees no reason by itself.
      if (process.memoryUsage.rss() > TIDY_ABOVE) globalThis.gc?.();
    });
});
process.on('disconnect', () => process.exit());
tell({ type: 'ready' });
