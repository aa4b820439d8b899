import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EmbeddedError, messageOf } from './embedded-error.ts';

export interface FolderLock {
  release(): void;
}

const busy = 5; // SQLITE_BUSY

/**
 * Takes the data folder for this process alone.
 *
 * The lock is the one that SQLite takes on an empty file: a lock of the kernel on that file, which
 * ends with the process however it ends, is not fooled by a process number used again, and holds
 * between containers that share the folder. Node itself has no file locks.
 * Throws `EmbeddedError` that names the other process.
 */
export function lockFolder(dataDir: string): FolderLock {
  const path = join(dataDir, 'aperto.lock');
  const note = join(dataDir, 'aperto.pid');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    // No journal file beside it: nothing is ever written.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) {
      throw new EmbeddedError(
        `Another Aperto is running on this data folder${readHolder(note)}. ` +
          'Stop it, or set DATA_DIR to another folder.',
      );
    }
    throw new EmbeddedError(
      `The data folder ${dataDir} cannot be locked (${messageOf(error)}). ` +
        'Make it writable for this user, or set DATA_DIR to another folder.',
      error,
    );
  }
  const held = database;
  try {
    writeFileSync(note, `${process.pid}\n${hostname()}\n`);
  } catch (error) {
    held.close();
    throw new EmbeddedError(
      `Nothing can be written into the data folder ${dataDir} (${messageOf(error)}).`,
      error,
    );
  }
  let released = false;
  return {
    release() {
      if (released) return;
      released = true;
      rmSync(note, { force: true });
      held.close();
    },
  };
}

/** The other process, for the message only; the lock does not depend on it. */
function readHolder(note: string): string {
  let lines: string[];
  try {
    lines = readFileSync(note, 'utf8').split('\n');
  } catch {
    return ''; // it has not written its number yet: the message does without
  }
  const [pid, host] = lines;
  if (!pid) return '';
  return host && host !== hostname() ? ` (pid ${pid} on ${host})` : ` (pid ${pid})`;
}
