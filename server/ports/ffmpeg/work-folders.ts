import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** No run takes as long, so what is older was left by a crash, on whatever machine that was. */
const OLD_MS = 12 * 60 * 60_000;

/** Folders for one piece of work each. */
export interface WorkFolders {
  /** Gives `work` an empty folder, and removes it with all that is in it however that ends. */
  inFolder<T>(work: (folder: string) => Promise<T>): Promise<T>;
}

/** Removes what processes that are gone have left in `root`, which is made when it is not there. */
export async function openWorkFolders(
  root: string,
  now: () => number,
): Promise<{ readonly folders: WorkFolders; readonly swept: number }> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  const host = hostname().replaceAll(/[^a-zA-Z0-9]/g, '') || 'host';
  let swept = 0;
  for (const name of await readdir(root)) {
    if (await isInUse(root, name, host, now())) continue;
    await rm(join(root, name), { recursive: true, force: true });
    swept += 1;
  }
  const folders: WorkFolders = {
    async inFolder(work) {
      const name = `${host}-${process.pid}-${randomBytes(8).toString('hex')}`;
      const folder = join(root, name);
      await mkdir(folder, { mode: 0o700 });
      try {
        return await work(folder);
      } finally {
        await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      }
    },
  };
  return { folders, swept };
}

/** Of a process that lives, as far as can be known: several may share a data folder, from several machines. */
async function isInUse(root: string, name: string, host: string, now: number): Promise<boolean> {
  const [, of, pid] = /^([a-zA-Z0-9]+)-([0-9]+)-[0-9a-f]{16}$/.exec(name) ?? [];
  if (!of || !pid) return false;
  // A process with our own number was a predecessor of this one, which is only beginning.
  if (of === host && (Number(pid) === process.pid || !isAlive(Number(pid)))) return false;
  const found = await stat(join(root, name)).catch(() => null);
  return found !== null && now - found.mtimeMs < OLD_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
