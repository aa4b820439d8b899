import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { Clock } from '../../kernel/clock.ts';
import { Problem } from '../../kernel/problem.ts';
import { type BlobKey, BlobMissing, type Blobs, type UploadTerms } from './blobs.ts';
import { openDurableFolder, unlessMissing } from './durable-folder.ts';
import { demandBlobKey } from './keys.ts';
import { createAddressSigner } from './signed-address.ts';

/** No upload takes longer between two of its writes, so what is older was left by a crash. */
const LEFTOVER_AGE_MS = 60 * 60_000;

export interface FileBlobsOptions {
  /** The folder, made when it is not there. */
  readonly root: string;
  /** Signs upload addresses. */
  readonly secret: Uint8Array;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where `receive` is bound: `/uploads`. */
  readonly publicPath: string;
}

/** Blobs in a local folder: the key is the path. */
export async function openFileBlobs(options: FileBlobsOptions): Promise<Blobs> {
  const { clock, log } = options;
  const root = resolve(options.root);
  const folder = await openDurableFolder(root);
  const addresses = createAddressSigner(options.secret, options.publicPath);
  const swept = await folder.sweep(new Date(clock.millis() - LEFTOVER_AGE_MS));
  if (swept > 0) log.info({ swept }, 'removed temporary files that a crash had left');

  const place: typeof folder.place = async (key, fill) => {
    try {
      await folder.place(key, fill);
    } catch (error) {
      if (error instanceof Problem && error.code === 'storage_full') {
        log.error({ key, root }, 'no space left for files');
      }
      throw error;
    }
  };

  const pathOf = (key: BlobKey) => {
    demandBlobKey(key);
    return join(root, key);
  };

  return {
    signUpload: (terms) => addresses.sign(terms, clock.now()),

    async write(key, bytes) {
      demandBlobKey(key);
      await place(key, (file) => file.writeFile(bytes));
    },

    async stat(key) {
      const found = await stat(pathOf(key)).catch(unlessMissing);
      return found?.isFile() ? { size: found.size } : null;
    },

    async read(key, range) {
      const file = await openForReading(pathOf(key), key);
      try {
        if (!range) return await file.readFile();
        const length = Math.max(0, range.end - range.start + 1);
        const { bytesRead, buffer } = await file.read(
          Buffer.allocUnsafe(length),
          0,
          length,
          range.start,
        );
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },

    async stream(key, range) {
      const file = await openForReading(pathOf(key), key);
      return file.createReadStream(range ? { start: range.start, end: range.end } : {});
    },

    async remove(key) {
      demandBlobKey(key);
      await folder.remove(key);
    },

    async receive({ url, headers, body, signal }) {
      const terms = addresses.verify(url, clock.now());
      demandHeaders(terms, headers);
      await place(terms.key, async (file) => {
        const hash = createHash('sha256');
        let size = 0;
        for await (const chunk of bytesOf(body, signal)) {
          size += chunk.length;
          if (size > terms.size) throw sizeMismatch(terms, `more than ${terms.size}`);
          hash.update(chunk);
          await file.writeFile(chunk);
        }
        if (size !== terms.size) throw sizeMismatch(terms, String(size));
        if (hash.digest('hex') !== terms.checksumSha256) throw new Problem('checksum_mismatch');
      });
    },

    check: () => folder.check(),
  };
}

async function openForReading(path: string, key: BlobKey) {
  const file = await open(path, 'r').catch(unlessMissing);
  if (!file) throw new BlobMissing(key);
  const found = await file.stat();
  if (found.isFile()) return file;
  await file.close();
  throw new BlobMissing(key);
}

function demandHeaders(
  terms: UploadTerms,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): void {
  if (headers['content-type'] !== terms.contentType) {
    throw new Problem(
      'signature_invalid',
      `This upload address was signed for Content-Type: ${terms.contentType}.`,
    );
  }
  const length = headers['content-length'];
  if (length !== undefined && length !== String(terms.size)) {
    throw sizeMismatch(terms, String(length));
  }
}

function sizeMismatch(terms: UploadTerms, size: string): Problem {
  return new Problem(
    'size_mismatch',
    `The file has ${size} bytes, but ${terms.size} were announced.`,
  );
}

/**
 * The chunks of a request's body. Rejects with `upload_incomplete` when the connection breaks, or with
 * the signal's reason. The body is never destroyed here: an answer may still have to go out over it.
 */
async function* bytesOf(body: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
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
