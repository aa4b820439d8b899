import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Problem } from '../../kernel/problem.ts';
import type { BlobKey } from './blobs.ts';
import { unlessMissing } from './file-errors.ts';
import { hashFile } from './hashing.ts';
import { hashHint } from './keys.ts';
import { findObject, type Inode, inodeOf, removeUnnamed, turnOf } from './objects.ts';
import type { Root } from './root.ts';
import type { Store } from './store.ts';

interface FoundObject {
  readonly path: string;
  readonly hash: string;
}

/** Forgets a key everywhere, durably. What is away forgets it when it is back. */
export async function removeKey(store: Store, key: BlobKey): Promise<void> {
  const { set, tombstones } = store;
  await set.refresh();
  await store.turns(`key ${key}`, async () => {
    if (set.available().length === 0) throw new Problem('storage_unavailable');
    if (set.awayCount() > 0) await tombstones.leave(key);
    const away = set.awayCount();
    // Of several links of a content that are removed at once, the last has to know that it is.
    const hint = hashHint(key);
    const objects = hint
      ? await store.turns(turnOf(hint), () => removeAvailable(store, key))
      : await removeAvailable(store, key);
    // A root that went away meanwhile did so with the key, perhaps.
    if (set.awayCount() > away) {
      if (set.available().length === 0) throw new Problem('storage_unavailable');
      await tombstones.leave(key);
    }
    for (const { path, hash } of objects) {
      await store.turns(turnOf(hash), () => removeUnnamed(path));
    }
  });
}

async function removeAvailable(store: Store, key: BlobKey): Promise<FoundObject[]> {
  const { set } = store;
  const objects: FoundObject[] = [];
  const fromEach = (root: Root) =>
    unlinkKey(root, key).then(
      async ({ object, found }) => {
        if (object) objects.push(object);
        // Nothing is found in a root that is gone, either.
        if (!found) await set.examine(root);
      },
      async (error) => {
        if (!(await set.noteTrouble(root, error))) throw error;
        if (set.available().includes(root)) throw new Problem('storage_unavailable');
      },
    );
  await Promise.all(set.available().map(fromEach));
  // A scrub in another process may have copied it from one root to the next between our two steps; it
  // looks again after copying, and so do we after removing.
  const roots = set.available();
  if (roots.length > 1) await Promise.all(roots.map(fromEach));
  return objects;
}

/**
 * Removes a key's name from one root, durably. Gives the object that may have lost its last name, which
 * is then to be removed; and whether there was anything.
 */
export async function unlinkKey(
  root: Root,
  key: BlobKey,
): Promise<{ object: FoundObject | null; found: boolean }> {
  const path = root.pathOf(key);
  const inode = await inodeOf(path);
  const object = inode?.links === 2 ? await objectOfKey(root, key, inode) : null;
  if (inode) await rm(path, { force: true });
  // Also when it is not there: a process that was killed may have removed it, and not durably.
  await root.folders.sync(dirname(path));
  await root.folders.removeEmpty(dirname(path));
  return { object, found: inode !== null };
}

/** The object of a key: by the hash in its name, or else by the hash of its content. */
export async function objectOfKey(
  root: Root,
  key: BlobKey,
  inode: Inode,
): Promise<FoundObject | null> {
  const hint = hashHint(key);
  const hinted = hint ? await findObject(root, inode, hint) : null;
  if (hinted || inode.links === 1) return hinted;
  const file = await open(root.pathOf(key), 'r').catch(unlessMissing);
  if (!file) return null;
  try {
    const { hash } = await hashFile(file);
    return hash.startsWith(hint ?? '-') ? null : await findObject(root, inode, hash);
  } finally {
    await file.close();
  }
}

/** Lets the roots that are here, and one that is coming back, forget what was removed while any was away. */
export async function finishRemovals(store: Store, returning: Root | null): Promise<number> {
  const { set, tombstones } = store;
  const keys = await tombstones.list();
  if (keys.length === 0) return 0;
  const allBack = set.slots.every((slot) => !slot.away || slot.root === returning);
  let removed = 0;
  for (const key of keys) {
    await store.turns(`key ${key}`, async () => {
      const here = set.available();
      for (const root of returning && !here.includes(returning) ? [...here, returning] : here) {
        const { object, found } = await unlinkKey(root, key);
        if (object) await store.turns(turnOf(object.hash), () => removeUnnamed(object.path));
        if (found) removed += 1;
      }
      if (allBack) await tombstones.forget(key);
    });
  }
  return removed;
}
