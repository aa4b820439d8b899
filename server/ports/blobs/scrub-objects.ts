import { open, rm, utimes } from 'node:fs/promises';
import { unlessIll, unlessMissing } from './file-errors.ts';
import { CHUNK_BYTES, hashFile } from './hashing.ts';
import { type Inode, inodeOf, listObjects, objectHash, turnOf } from './objects.ts';
import type { Root } from './root.ts';
import type { Round } from './round.ts';
import type { Store } from './store.ts';

/** A content without a key is one that a write is about to name, or that a crash has left. */
const UNNAMED_KEPT_MS = 60 * 60_000;

interface Copy {
  readonly root: Root;
  readonly path: string;
}

/**
 * Verifies every content of a bucket in every root against its name, and repairs what is bad from what is
 * good. Gives the hashes and inodes of contents of which nothing good is left.
 */
export async function scrubObjects(store: Store, round: Round): Promise<LostContent[]> {
  const byHash = new Map<string, Copy[]>();
  for (const root of store.set.available()) {
    for (const path of await round.within(root, () => listObjects(root, round.bucket), [])) {
      const hash = objectHash(path);
      const copies = byHash.get(hash) ?? [];
      copies.push({ root, path });
      byHash.set(hash, copies);
    }
  }
  const lost: LostContent[] = [];
  for (const [hash, copies] of byHash) {
    round.signal.throwIfAborted();
    const inodes = await store.turns(turnOf(hash), () => scrubContent(store, round, hash, copies));
    if (inodes.length > 0) lost.push({ hash, inodes });
  }
  return lost;
}

export interface LostContent {
  readonly hash: string;
  readonly inodes: readonly Inode[];
}

/** Gives the inodes that keys name and that cannot be made whole. */
async function scrubContent(
  store: Store,
  round: Round,
  hash: string,
  copies: readonly Copy[],
): Promise<Inode[]> {
  const good: Copy[] = [];
  const bad: Copy[] = [];
  const unnamed: Copy[] = [];
  for (const copy of copies) {
    const inode = await round.within(copy.root, () => inodeOf(copy.path), null);
    if (!inode) continue;
    if (inode.links === 1) unnamed.push(copy);
    else (await isWhole(store, round, copy, hash)) ? good.push(copy) : bad.push(copy);
  }
  for (const copy of unnamed) {
    if (bad.length > 0 && good.length === 0 && (await isWhole(store, round, copy, hash))) {
      good.push(copy);
    }
  }
  const lost: Inode[] = [];
  for (const copy of bad) {
    const source = good[0];
    const repaired = source ? await repair(store, round, copy, source, hash) : false;
    if (repaired) round.report.repaired += 1;
    else await noteBad(store, round, copy);
    const inode = source ? null : await round.within(copy.root, () => inodeOf(copy.path), null);
    if (inode) lost.push(inode);
  }
  for (const copy of unnamed) await removeStale(store, round, copy);
  return lost;
}

/** Reads a copy and compares it with its name; when it is whole, notes when that was. */
async function isWhole(store: Store, round: Round, { root, path }: Copy, hash: string) {
  const found = await round.within(root, () => hashAt(path, round.signal), null);
  if (!found) return false;
  round.report.files += 1;
  round.report.bytes += found.size;
  if (found.hash !== hash) return false;
  const now = store.clock.now();
  await round.within(root, () => utimes(path, now, now), undefined);
  return true;
}

export async function hashAt(path: string, signal: AbortSignal) {
  const file = await open(path, 'r').catch(unlessMissing);
  if (!file) return null;
  try {
    return await hashFile(file, signal);
  } finally {
    await file.close();
  }
}

/**
 * Writes what is right over what is wrong, in the same file, so that all its names have it at once. A
 * reader meets bytes that are as bad as before or right; a crash leaves fewer that are bad, and the
 * next round goes on. Where the disk takes no writes there, the keys get another file later (scrubKeys).
 */
async function repair(
  store: Store,
  round: Round,
  copy: Copy,
  source: Copy,
  hash: string,
): Promise<boolean> {
  const { root, path } = copy;
  const changed = await round.within(root, () => writeOver(path, source.path), false);
  const repaired = changed && (await isWhole(store, round, copy, hash));
  const how = { root: root.path, hash, from: source.root.path };
  if (repaired) store.log.warn(how, 'a damaged file was repaired');
  else store.log.error(how, 'a damaged file could not be repaired in its place');
  return repaired;
}

async function writeOver(path: string, sourcePath: string): Promise<boolean> {
  const source = await open(sourcePath, 'r').catch(unlessMissing);
  if (!source) return false;
  try {
    const target = await open(path, 'r+');
    try {
      const right = Buffer.allocUnsafe(CHUNK_BYTES);
      const found = Buffer.allocUnsafe(CHUNK_BYTES);
      let position = 0;
      for (;;) {
        const { bytesRead } = await source.read(right, 0, CHUNK_BYTES, position);
        if (bytesRead === 0) break;
        // A part that cannot be read is written anew; often the disk puts it elsewhere then.
        const there = await target.read(found, 0, bytesRead, position).catch(unlessIll);
        const same =
          there?.bytesRead === bytesRead &&
          found.subarray(0, bytesRead).equals(right.subarray(0, bytesRead));
        for (let written = same ? bytesRead : 0; written < bytesRead; ) {
          const left = bytesRead - written;
          written += (await target.write(right, written, left, position + written)).bytesWritten;
        }
        position += bytesRead;
      }
      await target.truncate(position);
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
  return true;
}

/** So that nothing relies on this copy; see `Inode.verifiedAt`. */
async function noteBad(store: Store, round: Round, { root, path }: Copy): Promise<void> {
  store.log.error({ root: root.path, path }, 'a file is damaged');
  await round.within(root, () => utimes(path, 0, 0), undefined);
}

async function removeStale(store: Store, round: Round, { root, path }: Copy): Promise<void> {
  const before = store.clock.millis() - UNNAMED_KEPT_MS;
  const stale = async () => {
    const inode = await inodeOf(path);
    if (inode?.links !== 1 || inode.verifiedAt >= before) return false;
    await rm(path, { force: true });
    return true;
  };
  if (await round.within(root, stale, false)) round.report.removed += 1;
}
