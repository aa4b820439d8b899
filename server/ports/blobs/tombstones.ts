import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobKey } from './blobs.ts';
import { unlessMissing } from './file-errors.ts';
import { FOLDERS, isBlobKey, sha256 } from './keys.ts';
import { moveDraft, type Root } from './root.ts';
import type { RootSet } from './root-set.ts';

/**
 * Keys that were removed while a root was away, which may hold them still: `removed/<sha256 of the key>`,
 * with the key in it, in the roots that were there. When all are back, all forget the key, and then this.
 */
export interface Tombstones {
  /** Notes that `key` was removed, durably, in every root that can be reached. */
  leave(key: BlobKey): Promise<void>;
  /** `key` is written anew. */
  forget(key: BlobKey): Promise<void>;
  /** All that are known, those of other processes too. */
  list(): Promise<BlobKey[]>;
}

export async function openTombstones(set: RootSet): Promise<Tombstones> {
  let known = new Set<BlobKey>();
  const leaving = new Set<BlobKey>();
  const pathOf = (root: Root, key: BlobKey) => join(root.path, FOLDERS.removed, sha256(key));

  const tombstones: Tombstones = {
    async leave(key) {
      leaving.add(key);
      try {
        await Promise.all(
          set.available().map(async (root) => {
            const draft = await root.draft((file) => file.writeFile(key));
            await moveDraft(root, draft, pathOf(root, key));
          }),
        );
      } finally {
        known.add(key);
        leaving.delete(key);
      }
    },

    async forget(key) {
      if (!known.has(key) && !leaving.has(key)) return;
      await Promise.all(
        set.available().map(async (root) => {
          await rm(pathOf(root, key), { force: true });
          await root.folders.sync(join(root.path, FOLDERS.removed));
        }),
      );
      known.delete(key);
    },

    async list() {
      const found = new Set<BlobKey>();
      for (const root of set.available()) {
        const folder = join(root.path, FOLDERS.removed);
        for (const name of (await readdir(folder).catch(unlessMissing)) ?? []) {
          const key = await readFile(join(folder, name), 'utf8').catch(unlessMissing);
          if (key && isBlobKey(key) && sha256(key) === name) found.add(key);
        }
      }
      // Not those that another process has seen to meanwhile: their keys may have been written anew.
      known = found;
      return [...found];
    },
  };
  await tombstones.list();
  return tombstones;
}
