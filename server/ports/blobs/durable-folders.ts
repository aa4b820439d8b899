import { mkdir, open, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, isMissing, unlessMissing } from './file-errors.ts';

/** Folders of which we remember that their own names are durable. */
const REMEMBERED_MAX = 2000;

/** Makes the names in folders durable, with as few syncs as that takes. */
export interface DurableFolders {
  /** Makes a folder and those above it. */
  make(folder: string): Promise<void>;
  /** Resolves when every name that is in `folder` now, and those of the folders above, would stay. */
  sync(folder: string): Promise<void>;
  /** Removes `folder` when it is empty. */
  removeEmpty(folder: string): Promise<void>;
}

interface Syncing {
  running: Promise<string | null>;
  waiting: Promise<string | null> | null;
}

/** For the folders of `root`, which is durable itself. */
export function keepFoldersDurable(root: string): DurableFolders {
  /** Which folder it was: one that was removed and made anew is another. */
  const remembered = new Map<string, string>();
  const syncing = new Map<string, Syncing>();

  /** Many at once share a sync: whoever comes while one is running waits for the next, all for the same. */
  function syncOne(folder: string): Promise<string | null> {
    const found = syncing.get(folder);
    if (!found) {
      const running = syncFolder(folder).finally(() => {
        if (!mine.waiting) syncing.delete(folder);
      });
      const mine: Syncing = { running, waiting: null };
      syncing.set(folder, mine);
      return running;
    }
    const next = () => {
      syncing.delete(folder);
      return syncOne(folder);
    };
    found.waiting ??= found.running.then(next, next);
    return found.waiting;
  }

  function remember(folder: string, identity: string): void {
    remembered.delete(folder);
    remembered.set(folder, identity);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= REMEMBERED_MAX) break;
      remembered.delete(oldest);
    }
  }

  async function sync(folder: string): Promise<void> {
    if (folder === root) {
      await syncOne(root);
      return;
    }
    const known = remembered.get(folder);
    const above = known === undefined ? sync(dirname(folder)) : null;
    const [identity] = await Promise.all([syncOne(folder), above]);
    if (identity === null) return;
    // Another process may have removed it and made it anew since we remembered.
    if (above === null && identity !== known) await sync(dirname(folder));
    remember(folder, identity);
  }

  return {
    sync,
    async make(folder) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    },
    async removeEmpty(folder) {
      if (folder === root) return;
      try {
        // `rmdir` takes only empty folders, so this cannot remove what another request has just written.
        await rmdir(folder);
        remembered.delete(folder);
      } catch (error) {
        const expected =
          isMissing(error) || ['ENOTEMPTY', 'EEXIST'].includes(String(codeOf(error)));
        if (!expected) throw error;
      }
    },
  };
}

/** Syncs a folder and says which one it was; null when there is none (any more). */
export async function syncFolder(path: string): Promise<string | null> {
  // Windows opens no folders, and its file systems write names down in their journal by themselves.
  if (process.platform === 'win32') return 'windows';
  const folder = await open(path, 'r').catch(unlessMissing);
  if (!folder) return null;
  try {
    const [{ ino, birthtimeMs }] = await Promise.all([folder.stat(), folder.sync()]);
    return `${ino} ${birthtimeMs}`;
  } finally {
    await folder.close();
  }
}
