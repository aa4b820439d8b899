import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problem } from '../../kernel/problem.ts';
import { TEMPORARY_FOLDER } from './keys.ts';

/** A folder whose files appear whole or not at all, and stay after a power cut. */
export interface DurableFolder {
  /**
   * Gives `fill` a new file to write. When it resolves, the file is synced, renamed to `path`, and every
   * folder on the way is synced; when it rejects, nothing remains. Throws `storage_full`.
   */
  place(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void>;
  /** Removes a file, and its folder when that is empty then. No error when there is none. */
  remove(path: string): Promise<void>;
  /** Removes temporary files that were last written before `before` (a crash left them). Gives how many. */
  sweep(before: Date): Promise<number>;
  /** Rejects when the folder cannot be written to. */
  check(): Promise<void>;
}

/** Opens (makes) `root`. Paths are relative to it and must have been judged by `isBlobKey`. */
export async function openDurableFolder(root: string): Promise<DurableFolder> {
  const temporary = join(root, TEMPORARY_FOLDER);
  await mkdir(temporary, { recursive: true });
  await syncFolder(root);
  await syncFolder(dirname(root));

  /** Folders above those of files: they are never removed, so that once synced they need it no more. */
  const lasting = new Set<string>();
  const temporaryPath = () => join(temporary, randomBytes(16).toString('hex'));

  return {
    async place(path, fill) {
      const draft = temporaryPath();
      try {
        const file = await open(draft, 'wx', 0o600);
        try {
          await fill(file);
          await file.sync();
        } finally {
          await file.close();
        }
        await moveInto(root, draft, path, lasting);
      } catch (error) {
        await rm(draft, { force: true });
        throw isFull(error) ? new Problem('storage_full') : error;
      }
    },

    async remove(path) {
      const target = join(root, path);
      await rm(target, { force: true });
      await syncFolder(dirname(target)).catch(unlessMissing);
      await removeIfEmpty(dirname(target), root);
    },

    async sweep(before) {
      let swept = 0;
      for (const name of await readdir(temporary)) {
        const path = join(temporary, name);
        const found = await stat(path).catch(unlessMissing);
        if (!found || found.mtimeMs >= before.getTime()) continue;
        await rm(path, { force: true });
        swept += 1;
      }
      return swept;
    },

    async check() {
      const path = temporaryPath();
      try {
        const file = await open(path, 'wx', 0o600);
        try {
          await file.write('x');
        } finally {
          await file.close();
        }
      } catch (error) {
        throw isFull(error) ? new Problem('storage_full') : error;
      } finally {
        await rm(path, { force: true });
      }
    },
  };
}

async function moveInto(
  root: string,
  draft: string,
  path: string,
  lasting: Set<string>,
): Promise<void> {
  const target = join(root, path);
  for (let tries = 10; ; tries -= 1) {
    try {
      await mkdir(dirname(target), { recursive: true });
      await rename(draft, target);
      break;
    } catch (error) {
      // Another request may have removed the folder, empty then, between these calls.
      if (!isMissing(error) || tries === 1) throw error;
    }
  }
  // The file's folder, and the one that names it: a folder that was there already may be one that a
  // request at this moment, or a crash, has made but not synced. Above, once is enough.
  const folder = dirname(target);
  const unsynced = [folder];
  for (let above = folder; above !== root; ) {
    above = dirname(above);
    if (unsynced.length < 2 || !lasting.has(above)) unsynced.push(above);
  }
  await Promise.all(unsynced.map((one) => syncFolder(one).catch(unlessMissing)));
  for (const one of unsynced.slice(2)) lasting.add(one);
}

async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders, and its file systems write names down in their journal by themselves.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function removeIfEmpty(folder: string, root: string): Promise<void> {
  if (folder === root) return;
  try {
    // `rmdir` takes only empty folders, so this cannot remove what another request has just written.
    await rmdir(folder);
  } catch (error) {
    if (!isMissing(error) && codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST')
      throw error;
  }
}

/** For `.catch`: what is not there is no error, anything else is. */
export function unlessMissing(error: unknown): undefined {
  if (isMissing(error)) return undefined;
  throw error;
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
}

function isFull(error: unknown): boolean {
  return codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
