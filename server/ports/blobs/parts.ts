import { open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problem } from '../../kernel/problem.ts';
import type { ArrivedPart, BlobKey, CompletionTerms } from './blobs.ts';
import { isMissing, shortage, unlessMissing } from './file-errors.ts';
import { chunksOf, hashFile } from './hashing.ts';
import { demandBlobKey, FOLDERS, sha256 } from './keys.ts';
import { findObject, inodeOf } from './objects.ts';
import { type Announced, sizeMismatch } from './request-body.ts';
import { moveDraft, type Root } from './root.ts';
import type { Store } from './store.ts';
import { growDrafts, takeIn } from './take-in.ts';

/** Parts of an upload that nobody went on with. */
const PARTS_KEPT_MS = 7 * 24 * 60 * 60_000;
const PART_NAME = /^([1-9][0-9]{0,4})-([0-9a-f]{64})$/;

interface PartFile extends ArrivedPart {
  readonly path: string;
}

/** `parts/<sha256 of the key>/<number>-<sha256 of the part>`, in one root: no part is a file yet. */
function folderOf(root: Root, key: BlobKey): string {
  return join(root.path, FOLDERS.parts, sha256(key));
}

/** Keeps a part, durably, once its bytes are the announced ones. It replaces another of its number. */
export async function takePart(
  store: Store,
  part: { readonly key: BlobKey; readonly partNumber: number },
  announced: Announced,
  chunks: AsyncIterable<Buffer>,
): Promise<void> {
  await store.set.refresh();
  const root = await rootFor(store, part.key, announced.size);
  const drafts = await growDrafts(store, [root], announced, chunks);
  const target = join(folderOf(root, part.key), `${part.partNumber}-${announced.checksumSha256}`);
  const [draft = ''] = drafts.values();
  try {
    await moveDraft(root, draft, target);
  } catch (error) {
    if (!(await store.noteFailure(root, error))) throw error;
    throw shortage([error]);
  }
  for (const other of await findParts(store, part.key)) {
    if (other.partNumber === part.partNumber && other.path !== target) await rm(other.path);
  }
}

/** The one that all parts of a key go to, or, when that has no space, the next that has. */
async function rootFor(store: Store, key: BlobKey, size: number): Promise<Root> {
  const roots = store.set.inOrder(sha256(key));
  for (const root of roots) {
    const space = await root.space().catch((error) => store.set.noteTrouble(root, error));
    if (typeof space === 'object' && space.free >= size) return root;
  }
  const [first] = roots;
  if (!first) throw new Problem('storage_unavailable');
  return first;
}

export async function listParts(store: Store, key: BlobKey): Promise<ArrivedPart[]> {
  demandBlobKey(key);
  await store.set.refresh();
  const byNumber = new Map((await findParts(store, key)).map((part) => [part.partNumber, part]));
  return [...byNumber.values()]
    .sort((a, b) => a.partNumber - b.partNumber)
    .map(({ partNumber, size, checksumSha256 }) => ({ partNumber, size, checksumSha256 }));
}

async function findParts(store: Store, key: BlobKey): Promise<PartFile[]> {
  const found: PartFile[] = [];
  for (const root of store.set.available()) {
    const folder = folderOf(root, key);
    try {
      for (const name of (await readdir(folder).catch(unlessMissing)) ?? []) {
        const [, number, checksumSha256] = PART_NAME.exec(name) ?? [];
        const path = join(folder, name);
        const size = (await inodeOf(path))?.size;
        if (!number || !checksumSha256 || size === undefined) continue;
        found.push({ partNumber: Number(number), size, checksumSha256, path });
      }
    } catch (error) {
      if (!(await store.set.noteTrouble(root, error))) throw error;
    }
  }
  return found;
}

/** Joins the parts into the file, as the port says. */
export async function completeParts(
  store: Store,
  terms: CompletionTerms,
  signal: AbortSignal,
): Promise<void> {
  demandBlobKey(terms.key);
  await store.set.refresh();
  if (await isComplete(store, terms)) {
    await removeParts(store, terms.key);
    return;
  }
  const parts = await demandParts(store, terms);
  try {
    await takeIn(store, terms.key, terms, joined(parts, signal));
  } catch (error) {
    if (error instanceof Problem && error.code === 'checksum_mismatch') {
      await dropRotten(parts, signal);
    }
    if (isMissing(error)) throw incomplete([]);
    throw error;
  }
  await removeParts(store, terms.key);
}

/** True when the file of these terms lies in all its places. */
async function isComplete(store: Store, { key, checksumSha256, size }: CompletionTerms) {
  let copies = 0;
  for (const root of store.set.available()) {
    const inode = await inodeOf(root.pathOf(key));
    if (inode?.size !== size || inode.links < 2) continue;
    if (await findObject(root, inode, checksumSha256)) copies += 1;
  }
  return copies >= store.set.copies;
}

async function demandParts(store: Store, terms: CompletionTerms): Promise<PartFile[]> {
  const byNumber = new Map(
    (await findParts(store, terms.key)).map((part) => [part.partNumber, part]),
  );
  const wanted = Array.from({ length: terms.parts }, (_, index) => index + 1);
  const missing = wanted.filter((number) => !byNumber.has(number));
  if (missing.length > 0) throw incomplete(missing);
  const parts = wanted.flatMap((number) => byNumber.get(number) ?? []);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (size !== terms.size) throw sizeMismatch(terms, String(size));
  return parts;
}

function incomplete(missing: readonly number[]): Problem {
  const named = missing.slice(0, 100).join(', ');
  const which = missing.length > 0 ? `Parts that have not arrived: ${named}.` : undefined;
  return new Problem('upload_incomplete', which, { missing_parts: missing.slice(0, 100) });
}

async function* joined(parts: readonly PartFile[], signal: AbortSignal): AsyncGenerator<Buffer> {
  for (const { path } of parts) {
    const file = await open(path, 'r');
    try {
      yield* chunksOf(file, signal);
    } finally {
      await file.close();
    }
  }
}

/** When the whole is wrong: removes parts that a disk has spoilt, and says which, so that they come again. */
async function dropRotten(parts: readonly PartFile[], signal: AbortSignal): Promise<void> {
  const rotten: number[] = [];
  for (const { path, partNumber, checksumSha256 } of parts) {
    const file = await open(path, 'r');
    try {
      if ((await hashFile(file, signal)).hash === checksumSha256) continue;
    } finally {
      await file.close();
    }
    await rm(path, { force: true });
    rotten.push(partNumber);
  }
  if (rotten.length > 0) throw incomplete(rotten);
}

export async function removeParts(store: Store, key: BlobKey): Promise<void> {
  demandBlobKey(key);
  const reasons: unknown[] = [];
  for (const root of store.set.available()) {
    try {
      await removeFolder(root, folderOf(root, key));
    } catch (error) {
      if (!(await store.set.noteTrouble(root, error))) throw error;
      reasons.push(error);
    }
  }
  if (reasons.length > 0) throw shortage(reasons);
}

async function removeFolder(root: Root, folder: string): Promise<void> {
  // `rm` first looks, so that nothing is synced for uploads that came as a whole.
  if (!(await stat(folder).catch(unlessMissing))) return;
  await rm(folder, { recursive: true, force: true });
  await root.folders.sync(dirname(folder));
}

/** Removes parts to which nothing came for a week, of one scrub's bucket, or (null) of all. */
export async function sweepParts(store: Store, root: Root, bucket: number | null): Promise<number> {
  const top = join(root.path, FOLDERS.parts);
  const digits = bucket === null ? '' : bucket.toString(16).padStart(2, '0');
  const before = store.clock.millis() - PARTS_KEPT_MS;
  let swept = 0;
  for (const name of (await readdir(top).catch(unlessMissing)) ?? []) {
    if (!name.startsWith(digits)) continue;
    const found = await stat(join(top, name)).catch(unlessMissing);
    if (!found || found.mtimeMs >= before) continue;
    await removeFolder(root, join(top, name));
    swept += 1;
  }
  return swept;
}
