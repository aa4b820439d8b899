import { ApiError } from './api-error.ts';

/** A server that is asked too much says when to come back; longer than so many seconds nobody waits unasked. */
const WAIT_MAX = 5;
const TRIES_MAX = 3;

/** What a wait is done with; other things in tests. */
export interface Patience {
  /** The call waits for a server that is busy. */
  readonly onWait: () => void;
  /** Resolves after so many milliseconds, or when `signal` says stop. */
  readonly pause: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  /** From 0 to 1. */
  readonly random: () => number;
}

/**
 * Asks again when the server has refused for want of time, after the time that it named: nothing was done
 * then, so any call may be repeated. Two times; then its error is the caller's.
 */
export async function askPatiently<T>(
  ask: () => Promise<T>,
  signal: AbortSignal | undefined,
  { onWait, pause, random }: Patience,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      const seconds = waitOf(error);
      if (seconds === null || tries === TRIES_MAX || signal?.aborted) throw error;
      onWait();
      // Somewhat later than asked, and not with all others in the same moment.
      await pause(seconds * 1000 * (1 + random() / 2), signal);
      if (signal?.aborted) throw signal.reason;
    }
  }
}

function waitOf(error: unknown): number | null {
  if (!(error instanceof ApiError)) return null;
  if (error.code !== 'overloaded' && error.code !== 'too_many_requests') return null;
  const { retryAfter } = error;
  return retryAfter !== null && retryAfter <= WAIT_MAX ? retryAfter : null;
}
