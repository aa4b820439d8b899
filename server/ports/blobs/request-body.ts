import type { Readable } from 'node:stream';
import { Problem } from '../../kernel/problem.ts';

/** What the bytes of a request must be. */
export interface Announced {
  readonly contentType: string;
  /** Bytes */
  readonly size: number;
  /** Small hexadecimal digits */
  readonly checksumSha256: string;
}

/** Refuses a request whose headers say something else than its signed address. */
export function demandHeaders(
  announced: Announced,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): void {
  if (headers['content-type'] !== announced.contentType) {
    throw new Problem(
      'signature_invalid',
      `This upload address was signed for Content-Type: ${announced.contentType}.`,
    );
  }
  const length = headers['content-length'];
  if (length !== undefined && length !== String(announced.size)) {
    throw sizeMismatch(announced, String(length));
  }
}

export function sizeMismatch({ size }: Pick<Announced, 'size'>, found: string): Problem {
  return new Problem('size_mismatch', `The file has ${found} bytes, but ${size} were announced.`);
}

/**
 * The chunks of a request's body. Rejects with `upload_incomplete` when the connection breaks, or with
 * the signal's reason. The body is never destroyed here: an answer may still have to go out over it.
 */
export async function* bytesOf(body: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  stopped.catch(() => {});
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const chunks = body.iterator({ destroyOnReturn: false });
  try {
    for (;;) {
      const { done, value } = await Promise.race([chunks.next(), stopped]);
      if (done) break;
      yield value as Buffer;
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new Problem('upload_incomplete', `The bytes of this upload stopped coming (${why}).`);
  } finally {
    signal.removeEventListener('abort', stop);
    // Lets go of the body, so that who holds the connection can read on. Not awaited: when the signal was
    // faster than the sender, this ends only with the body, and what that ends with is of no interest.
    void chunks.return?.().catch(() => {});
  }
}
