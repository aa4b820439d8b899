/** What went wrong with a request, as far as the queue must know. */
export interface Trouble {
  /** A code of the server's table, or of the client's when no answer came. */
  readonly code: string;
  readonly message: string;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly uploadId: string | null;
  /** Seconds, when the server said how long to wait. */
  readonly retryAfter: number | null;
}

/** What the queue does about it. */
export type Remedy =
  /** The same request again, after a while. */
  | 'wait'
  /** A new address for the bytes, then on. */
  | 'send_again'
  /** Nothing can be done without the person. */
  | 'stop';

/** How often something is tried before the person is asked. Without a network it waits for ever. */
export const TRIES_MAX = 6;

const SEND_AGAIN: ReadonlySet<string> = new Set([
  'signature_invalid',
  'signature_expired',
  'upload_not_found',
  'upload_incomplete',
  'size_mismatch',
  'checksum_mismatch',
]);

const WAIT: ReadonlySet<string> = new Set(['access_token_expired']);

/** @param tries How often this request was tried already, this one included. */
export function remedy(trouble: Trouble, tries: number): Remedy {
  if (trouble.status === 0) return 'wait';
  if (tries >= TRIES_MAX) return 'stop';
  // A storage that is not ours says 403 in words of its own when its signature has ended.
  const refusedElsewhere = trouble.code === 'unreadable' && trouble.status === 403;
  if (refusedElsewhere || SEND_AGAIN.has(trouble.code)) return 'send_again';
  const passing = trouble.status >= 500 || trouble.status === 408 || trouble.status === 429;
  return passing || WAIT.has(trouble.code) ? 'wait' : 'stop';
}

/** Milliseconds until the next try: 1, 2, 4 … 30 s, spread by up to a quarter so that many do not come at once. */
export function backoff(tries: number, retryAfter: number | null, random: number): number {
  const doubled = Math.min(30_000, 1000 * 2 ** Math.min(tries - 1, 10));
  return Math.max(doubled * (0.75 + random / 2), (retryAfter ?? 0) * 1000);
}
