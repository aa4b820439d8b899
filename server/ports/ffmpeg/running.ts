import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { FfmpegFailed, type Run } from './ffmpeg.ts';

/** A process that works on a video. */
export interface Running {
  /** Rejects with `FfmpegFailed` when it did not go well. */
  readonly ended: Promise<void>;
  kill(): void;
  onProgress(hear: (seconds: number) => void): void;
}

const PROGRESS_MS = 1000;

/** Waits for its end; brings it about when time is up or nobody wants it any more, and waits for that. */
export async function watch(running: Running, run: Run): Promise<void> {
  const { signal, limits, onProgress } = run;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    running.kill();
  }, limits.timeoutMs);
  const stop = () => running.kill();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  if (onProgress) running.onProgress(atMostEvery(PROGRESS_MS, onProgress));
  try {
    await running.ended;
  } catch (error) {
    signal.throwIfAborted();
    if (late) throw new FfmpegFailed('timeout', `longer than ${limits.timeoutMs} ms`);
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

function atMostEvery(ms: number, hear: (seconds: number) => void): (seconds: number) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (seconds) => {
    const now = performance.now();
    if (now - last < ms) return;
    last = now;
    hear(seconds);
  };
}

/** How a process ended, when all that it wrote has been read; rejects when it could not be started. */
export async function closedBy(
  child: ChildProcess,
): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
  const [code, signal] = await once(child, 'close');
  return { code, signal };
}

/** Ends a process and those that it started, when it leads a group of its own. */
export function killable(child: ChildProcess): () => void {
  return () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
    } catch (error) {
      // It ended in this moment.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
}
