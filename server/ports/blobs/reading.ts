import { type FileHandle, open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Problem } from '../../kernel/problem.ts';
import { type BlobKey, BlobMissing, type BlobStat } from './blobs.ts';
import { isIll } from './file-errors.ts';
import { hashHint, isSureHint, sha256 } from './keys.ts';
import type { Root } from './root.ts';
import type { Store } from './store.ts';

const STREAM_BYTES = 256 * 1024;

/** Bytes of a file, both ends included. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

interface Opened {
  readonly root: Root;
  readonly file: FileHandle;
  /** Bytes */
  readonly size: number;
}

/** Opened copies of a file, one after the other; whoever takes one closes it. */
type Copies = AsyncGenerator<Opened, void>;

/** The roots, the one first where the file most likely is. */
function rootsFor(store: Store, key: BlobKey): Root[] {
  return store.set.inOrder(hashHint(key) ?? sha256(key));
}

/**
 * What `look` finds in one root after the other; null is nothing. Throws `storage_unavailable` when it is
 * nowhere, though it may be where one cannot look now.
 */
async function* lookInRoots<T>(
  store: Store,
  key: BlobKey,
  look: (path: string, root: Root) => Promise<T | null>,
): AsyncGenerator<T, void> {
  // Not waited for: the others can be read meanwhile.
  if (store.set.awayCount() > 0) void store.set.refresh();
  let trouble = false;
  let found = false;
  for (const root of rootsFor(store, key)) {
    let one: T | null;
    try {
      one = await look(root.pathOf(key), root);
    } catch (error) {
      if (!(await store.set.noteTrouble(root, error, 'asked'))) throw error;
      trouble ||= isIll(error);
      continue;
    }
    if (one === null) continue;
    found = true;
    yield one;
  }
  if (found) return;
  if (trouble || store.set.awayCount() >= store.set.copies) {
    throw new Problem('storage_unavailable');
  }
}

function openCopies(store: Store, key: BlobKey): Copies {
  return lookInRoots(store, key, openAt);
}

/** null when it is a folder. */
async function openAt(path: string, root: Root): Promise<Opened | null> {
  const file = await open(path, 'r');
  try {
    const found = await file.stat();
    if (found.isFile()) return { root, file, size: found.size };
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return null;
}

export async function statFile(store: Store, key: BlobKey): Promise<BlobStat | null> {
  const look = async (path: string) => {
    const found = await stat(path);
    return found.isFile() ? { size: found.size } : null;
  };
  for await (const found of lookInRoots(store, key, look)) return found;
  return null;
}

/** Reads a file, or a range of it, from the first copy that has it whole. */
export async function readFile(store: Store, key: BlobKey, range?: Range): Promise<Buffer> {
  const hint = range ? null : hashHint(key);
  let best: Buffer | null = null;
  let trouble: unknown = null;
  for await (const { root, file, size } of openCopies(store, key)) {
    try {
      const bytes = range ? await readRange(file, range) : await file.readFile();
      const whole = range
        ? range.end < size || store.set.slots.length === 1
        : hint === null || sha256(bytes).startsWith(hint);
      if (whole) return bytes;
      if (!best || bytes.length > best.length) best = bytes;
    } catch (error) {
      if (!isIll(error)) throw error;
      await store.set.noteTrouble(root, error);
      trouble = error;
    } finally {
      await file.close();
    }
  }
  // What its name says may be no hash; where it must be one, a bad copy is not given out as the file.
  if (best && !(hint && isSureHint(hint) && trouble)) return best;
  throw trouble ?? new BlobMissing(key);
}

async function readRange(file: FileHandle, { start, end }: Range): Promise<Buffer> {
  const length = Math.max(0, end - start + 1);
  const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, start);
  return buffer.subarray(0, bytesRead);
}

/** The same as a stream, which goes on from the next copy when one fails or is too short. */
export async function streamFile(store: Store, key: BlobKey, range?: Range): Promise<Readable> {
  const copies = openCopies(store, key);
  const first = await nextCopy(copies, range ? range.end + 1 : 0);
  if (!first) throw new BlobMissing(key);
  const end = Math.min(first.size, range ? range.end + 1 : first.size);
  return new CopyStream(store, copies, first, range?.start ?? 0, end);
}

/** The next copy that has so many bytes; the longest when none has. */
async function nextCopy(copies: Copies, size: number): Promise<Opened | null> {
  let best: Opened | null = null;
  while (!best || best.size < size) {
    const { value } = await copies.next();
    if (!value) break;
    const longer = !best || value.size > best.size;
    await (longer ? best : value)?.file.close();
    if (longer) best = value;
  }
  return best;
}

class CopyStream extends Readable {
  readonly #store: Store;
  readonly #copies: Copies;
  readonly #end: number;
  #copy: Opened | null;
  #position: number;

  constructor(store: Store, copies: Copies, first: Opened, start: number, end: number) {
    super({ highWaterMark: STREAM_BYTES });
    this.#store = store;
    this.#copies = copies;
    this.#copy = first;
    this.#position = start;
    this.#end = end;
  }

  override _read(): void {
    this.#readNext().then(
      (chunk) => this.push(chunk),
      (error) => this.destroy(error),
    );
  }

  async #readNext(): Promise<Buffer | null> {
    const length = Math.min(STREAM_BYTES, this.#end - this.#position);
    let trouble: unknown = null;
    while (length > 0 && this.#copy) {
      const { file, root } = this.#copy;
      try {
        const { bytesRead, buffer } = await file.read(
          Buffer.allocUnsafeSlow(length),
          0,
          length,
          this.#position,
        );
        this.#position += bytesRead;
        if (bytesRead > 0) return buffer.subarray(0, bytesRead);
      } catch (error) {
        if (!isIll(error)) throw error;
        await this.#store.set.noteTrouble(root, error);
        trouble = error;
      }
      await file.close();
      this.#copy = await nextCopy(this.#copies, this.#position + 1);
    }
    if (length > 0 && trouble) throw trouble;
    return null;
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const copy = this.#copy;
    this.#copy = null;
    // Lets the generator end, which would otherwise wait for ever at its `yield`.
    const ended = Promise.all([this.#copies.return(), copy?.file.close()]);
    ended.then(
      () => done(error),
      (reason) => done(error ?? reason),
    );
  }
}
