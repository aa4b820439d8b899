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
  /** It met one part of a large file: the others, and the upload, are as they were. */
  readonly ofPart?: boolean;
}

/** What the queue does about it. */
export type Remedy =
  /** The same request again, after a while. */
  | 'wait'
  /** Once more from where it is, after a while; nobody need know. */
  | 'again'
  /** A new address for the bytes, then on. */
  | 'send_again'
  /** Nothing can be done without the person. */
  | 'stop';

/** How often something is tried before the person is asked. Without a network, a server or a session it waits for ever. */
export const TRIES_MAX = 6;

const SEND_AGAIN: ReadonlySet<string> = new Set([
  'signature_invalid',
  'signature_expired',
  'upload_not_found',
  'upload_incomplete',
  'size_mismatch',
  'checksum_mismatch',
]);

/** The server is away or busy, and says so, or a proxy says it: large files are worth waiting for. */
const AWAY: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** @param tries How often this request was tried already, this one included. */
export function remedy(trouble: Trouble, tries: number): Remedy {
  // Without a session too: it goes on when the same person has signed in again.
  if (trouble.status === 0 || AWAY.has(trouble.status) || isSessionOver(trouble)) return 'wait';
  if (tries >= TRIES_MAX) return 'stop';
  // A storage that is not ours says 403 in words of its own when its signature has ended.
  const refusedElsewhere = trouble.code === 'unreadable' && trouble.status === 403;
  if (refusedElsewhere || SEND_AGAIN.has(trouble.code)) {
    return trouble.ofPart ? 'again' : 'send_again';
  }
  return trouble.status >= 500 || trouble.status === 408 ? 'wait' : 'stop';
}

function isSessionOver({ status, code }: Trouble): boolean {
  return status === 401 || code === 'account_suspended';
}

/** Milliseconds until the next try: 1, 2, 4 … 30 s, spread by up to a quarter so that many do not come at once. */
export function backoff(tries: number, retryAfter: number | null, random: number): number {
  const doubled = Math.min(30_000, 1000 * 2 ** Math.min(tries - 1, 10));
  return Math.max(doubled * (0.75 + random / 2), (retryAfter ?? 0) * 1000);
}
