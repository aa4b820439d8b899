import { createHash } from 'node:crypto';
import { link, open, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BlobKey } from './blobs.ts';
import { codeOf, isMissing } from './file-errors.ts';
import { chunksOf } from './hashing.ts';
import { hashHint, isSureHint } from './keys.ts';
import {
  findObject,
  hasObject,
  type Inode,
  inodeOf,
  nameObject,
  objectPath,
  removeUnnamed,
  turnOf,
} from './objects.ts';
import { objectOfKey, unlinkKey } from './remove.ts';
import { inOrderOfWeight, type Root } from './root.ts';
import type { Round } from './round.ts';
import { hashAt } from './scrub-objects.ts';
import type { Store } from './store.ts';

/** What one root has under a key. */
interface Found {
  readonly root: Root;
  readonly inode: Inode;
}

interface Examined extends Found {
  /** Of the content as its object is named, or as it was read when it has none. */
  readonly hash: string | null;
  readonly hasObject: boolean;
}

/** Sees to it that a key lies in as many roots as it should, each time as a link of its content. */
export async function scrubKey(store: Store, round: Round, key: BlobKey): Promise<void> {
  await store.turns(`key ${key}`, async () => {
    const found = await findEverywhere(store, round, key);
    if (found.length === 0 || (await isSettled(store, key, found))) return;
    const examined: Examined[] = [];
    for (const one of found) examined.push(await examine(round, key, one));
    const hash = judge(key, examined);
    const good = examined.filter((one) => one.hash === hash && one.inode.verifiedAt > 0);
    if (hash === null || good.length === 0) {
      // What has an object was told as lost when that was read.
      if (examined.some((one) => !one.hasObject)) round.report.lost.push(key);
      return;
    }
    await store.turns(turnOf(hash), () => settle(store, round, { key, hash, examined, good }));
  });
}

async function findEverywhere(store: Store, round: Round, key: BlobKey): Promise<Found[]> {
  const looked = store.set.available().map(async (root) => {
    const inode = await round.within(root, () => inodeOf(root.pathOf(key)), null);
    return inode ? [{ root, inode }] : [];
  });
  return (await Promise.all(looked)).flat();
}

/** True when there is nothing to do, which is nearly always. */
async function isSettled(store: Store, key: BlobKey, found: readonly Found[]): Promise<boolean> {
  const { set } = store;
  const available = set.available().length;
  if (found.length < Math.min(set.copies, available)) return false;
  if (found.length > set.copies && mayTrim(store)) return false;
  if (found.some(({ inode }) => inode.links < 2 || inode.verifiedAt === 0)) return false;
  if (found.some(({ inode }) => inode.size !== found[0]?.inode.size)) return false;
  const hint = hashHint(key);
  // Of a content without a hint, two links say that it has an object (see `nameObject`).
  if (!hint) return true;
  for (const { root, inode } of found) {
    if (!(await findObject(root, inode, hint))) return false;
  }
  return true;
}

async function examine(round: Round, key: BlobKey, { root, inode }: Found): Promise<Examined> {
  const object = await round.within(root, () => objectOfKey(root, key, inode), null);
  if (object) return { root, inode, hash: object.hash, hasObject: true };
  const read = await round.within(root, () => hashAt(root.pathOf(key), round.signal), null);
  return { root, inode, hash: read?.hash ?? null, hasObject: false };
}

/** Which content the key stands for; null when no copy can be it. */
function judge(key: BlobKey, examined: readonly Examined[]): string | null {
  const hint = hashHint(key);
  const hashes = examined.flatMap(({ hash }) => hash ?? []);
  const hinted = hint ? hashes.find((hash) => hash.startsWith(hint)) : undefined;
  if (hinted) return hinted;
  const named = examined.find((one) => one.hasObject);
  if (named) return named.hash;
  // No copy is what the name says, and what it says is a hash.
  if (hint && isSureHint(hint) && hashes.length > 1 && new Set(hashes).size > 1) return null;
  const votes = Map.groupBy(hashes, (hash) => hash);
  const [most] = [...votes].sort(([, a], [, b]) => b.length - a.length);
  return most?.[0] ?? null;
}

interface Judged {
  readonly key: BlobKey;
  readonly hash: string;
  readonly examined: readonly Examined[];
  readonly good: readonly Examined[];
}

async function settle(store: Store, round: Round, judged: Judged): Promise<void> {
  const { key, hash, examined, good } = judged;
  for (const one of good) {
    if (!one.hasObject) await round.within(one.root, () => adopt(store, key, hash, one), undefined);
  }
  const has = new Set(good.map(({ root }) => root));
  const others = inOrderOfWeight(store.set.available(), hash).filter((root) => !has.has(root));
  const wrong = others.filter((root) => examined.some((one) => one.root === root));
  const lacking = others.filter((root) => !wrong.includes(root));
  for (const root of [...wrong, ...lacking]) {
    if (!wrong.includes(root) && has.size >= store.set.copies) break;
    if (await round.within(root, () => bring(round, root, judged), false)) {
      has.add(root);
      round.report.repaired += 1;
    }
  }
  if (has.size > store.set.copies && mayTrim(store)) await trim(round, store, judged, [...has]);
}

/** Gives a file of before there were objects its object; or, when there is one already, lets it be that. */
async function adopt(store: Store, key: BlobKey, hash: string, { root, inode }: Examined) {
  const object = objectPath(root, hash);
  await root.folders.make(dirname(object));
  try {
    await link(root.pathOf(key), object);
  } catch (error) {
    if (isMissing(error)) return;
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  if (await hasObject(root, hash, inode.size)) {
    await nameObject(root, { key, hash, size: inode.size }, null);
  }
  // Its content has just been read.
  const now = store.clock.now();
  await utimes(root.pathOf(key), now, now);
}

/** Makes a root hold the key, whole. Says whether it does. */
async function bring(round: Round, root: Root, { key, hash, good }: Judged): Promise<boolean> {
  const size = good[0]?.inode.size ?? 0;
  const here = await hasObject(root, hash, size);
  const draft = here ? null : await copyVerified(round, root, hash, good, key);
  if (!here && draft === null) return false;
  const before = await inodeOf(root.pathOf(key));
  await nameObject(root, { key, hash, size }, draft);
  // Who removes the key in another process looks again after removing, and we after bringing.
  for (const one of good) {
    if (await inodeOf(one.root.pathOf(key))) return true;
  }
  if (!before) await unlinkFrom(root, key);
  return false;
}

/** A durable draft of the content from the first copy that turns out whole; null when none does. */
async function copyVerified(
  round: Round,
  root: Root,
  hash: string,
  good: readonly Examined[],
  key: BlobKey,
): Promise<string | null> {
  for (const source of good) {
    const read = await round.within(
      source.root,
      async () => {
        const file = await open(source.root.pathOf(key), 'r');
        const digest = createHash('sha256');
        try {
          const draft = await root.draft(async (target) => {
            for await (const chunk of chunksOf(file, round.signal)) {
              digest.update(chunk);
              await target.writeFile(chunk);
            }
          });
          return { draft, hash: digest.digest('hex') };
        } finally {
          await file.close();
        }
      },
      null,
    );
    if (read?.hash === hash) return read.draft;
    if (read) await removeUnnamed(read.draft);
  }
  return null;
}

/** Copies that are too many are only removed while nothing is amiss that might need them. */
function mayTrim({ set }: Store): boolean {
  return set.awayCount() === 0 && set.available().every(({ facts }) => facts.toFill.length === 0);
}

/** Removes copies from the roots that want the content least, after the others were read and are whole. */
async function trim(round: Round, store: Store, judged: Judged, has: readonly Root[]) {
  const { key, hash } = judged;
  const order = inOrderOfWeight(has, hash);
  for (const root of order.slice(0, store.set.copies)) {
    const read = await round.within(root, () => hashAt(root.pathOf(key), round.signal), null);
    if (read?.hash !== hash) return;
  }
  for (const root of order.slice(store.set.copies)) {
    await round.within(root, () => unlinkFrom(root, key), undefined);
    round.report.removed += 1;
  }
}

async function unlinkFrom(root: Root, key: BlobKey): Promise<void> {
  const { object } = await unlinkKey(root, key);
  if (object) await removeUnnamed(object.path);
}
