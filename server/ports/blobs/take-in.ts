import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { Problem } from '../../kernel/problem.ts';
import type { BlobKey } from './blobs.ts';
import { demandAll, shortage } from './file-errors.ts';
import { chunksOf } from './hashing.ts';
import { placeFile } from './place.ts';
import { type Announced, sizeMismatch } from './request-body.ts';
import type { Root } from './root.ts';
import type { Store } from './store.ts';

interface Growing {
  readonly root: Root;
  readonly path: string;
  readonly file: FileHandle;
}

/**
 * Writes bytes as they come to drafts on `count` of `roots`, and verifies them. Resolves with the drafts
 * that became durable, at least one; when it rejects, none remains. A root that fails under way is left
 * out. Throws `size_mismatch`, `checksum_mismatch`, `storage_full`, `storage_unavailable`, and what
 * `chunks` throws.
 */
export async function growDrafts(
  store: Store,
  roots: readonly Root[],
  announced: Announced,
  chunks: AsyncIterable<Buffer>,
): Promise<Map<Root, string>> {
  const reasons: unknown[] = [];
  let growing: Growing[] = [];
  /** Does one step in every root; those that fail are dropped. */
  const step = async (work: (one: Growing) => Promise<unknown>) => {
    const results = await Promise.allSettled(growing.map(work));
    for (const [index, result] of results.entries()) {
      const one = growing[index];
      if (!one || result.status === 'fulfilled') continue;
      growing = growing.filter((other) => other !== one);
      reasons.push(result.reason);
      await abandon([one]);
      if (!(await store.noteFailure(one.root, result.reason))) throw result.reason;
    }
    if (growing.length === 0) throw shortage(reasons);
  };
  try {
    growing = await openDrafts(store, roots, reasons);
    await writeVerified(announced, chunks, (chunk) => step(({ file }) => file.writeFile(chunk)));
    await step(({ file }) => file.sync());
    demandAll(await Promise.allSettled(growing.map(({ file }) => file.close())));
    return new Map(growing.map(({ root, path }) => [root, path]));
  } catch (error) {
    await abandon(growing);
    throw error;
  }
}

async function openDrafts(
  store: Store,
  roots: readonly Root[],
  reasons: unknown[],
): Promise<Growing[]> {
  const growing: Growing[] = [];
  for (const root of roots) {
    const path = root.draftPath();
    try {
      growing.push({ root, path, file: await open(path, 'wx', 0o600) });
    } catch (error) {
      if (!(await store.noteFailure(root, error))) {
        await abandon(growing);
        throw error;
      }
      reasons.push(error);
    }
  }
  if (growing.length === 0) throw shortage(reasons);
  return growing;
}

async function writeVerified(
  announced: Announced,
  chunks: AsyncIterable<Buffer>,
  write: (chunk: Buffer) => Promise<void>,
): Promise<void> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > announced.size) throw sizeMismatch(announced, `more than ${announced.size}`);
    const written = write(chunk);
    // While the disks write.
    hash.update(chunk);
    await written;
  }
  if (size !== announced.size) throw sizeMismatch(announced, String(size));
  if (hash.digest('hex') !== announced.checksumSha256) throw new Problem('checksum_mismatch');
}

/** Files of roots that are gone cannot be removed now; they are swept later. */
async function abandon(growing: readonly Growing[]): Promise<void> {
  await Promise.allSettled(
    growing.map(async ({ file, path }) => {
      await file.close();
      await rm(path, { force: true });
    }),
  );
}

/** Takes bytes as they come and keeps them as `key`, durably, once they are the announced ones. */
export async function takeIn(
  store: Store,
  key: BlobKey,
  announced: Announced,
  chunks: AsyncIterable<Buffer>,
): Promise<void> {
  await store.set.refresh();
  const { checksumSha256: hash, size } = announced;
  const roots = store.set.inOrder(hash).slice(0, store.set.copies);
  const drafts = await growDrafts(store, roots, announced, chunks);
  const [first = ''] = drafts.values();
  await placeFile(store, { key, hash, size, drafts, supply: (file) => copyFrom(first, file) });
}

/** Writes what is in the file at `path` to `file`. */
async function copyFrom(path: string, file: FileHandle): Promise<void> {
  const source = await open(path, 'r');
  try {
    for await (const chunk of chunksOf(source)) await file.writeFile(chunk);
  } finally {
    await source.close();
  }
}
