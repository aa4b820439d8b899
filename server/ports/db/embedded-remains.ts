import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { chown, lstat, mkdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { EmbeddedError, systemCode } from './embedded-error.ts';
import type { RunAs } from './embedded-user.ts';

/** No process ever has this number, so PostgreSQL takes a file with it for a remainder. */
const nobodysPid = 2 ** 31 - 2;

/** A socket's path fits into 104 bytes on macOS and 108 on Linux, with the zero at its end. */
const longestSocketPath = 103;
const socketName = '.s.PGSQL.5432';

/** What a running PostgreSQL writes into its data folder about itself. */
export interface Postmaster {
  readonly pid: number;
  /** `starting`, `ready`, `stopping`; empty when it is not written yet. */
  readonly status: string;
}

/** Reads postmaster.pid; undefined when there is none or it is empty. */
export async function readPostmaster(cluster: string): Promise<Postmaster | undefined> {
  let text: string;
  try {
    text = await readFile(join(cluster, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const lines = text.split('\n');
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
  return pid > 0 ? { pid, status: (lines[7] ?? '').trim() } : undefined;
}

/**
 * Ends a PostgreSQL that outlived the process that started it, and clears what would keep a new one
 * from starting. The caller holds the folder's lock, so nobody is working with it.
 * It is stopped and not taken over: it may be of another version or have other settings, and a fast
 * stop costs a moment.
 */
export async function clearRemains(
  cluster: string,
  note: (message: string, fields: object) => void,
): Promise<void> {
  const left = await readPostmaster(cluster);
  if (left === undefined) {
    await rm(join(cluster, 'postmaster.pid'), { force: true }); // empty after a loss of power
    return;
  }
  if (await isPostmaster(left.pid, cluster)) {
    note('PostgreSQL is still running from a process that ended; stopping it', { pid: left.pid });
    await stopPostmaster(left.pid, cluster);
    return;
  }
  // The number may belong to another process by now, and PostgreSQL would believe that it is the
  // old server and refuse. Only the number is replaced: the line about shared memory stays, by
  // which PostgreSQL sees whether parts of the old server live on.
  const path = join(cluster, 'postmaster.pid');
  try {
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/^-?\d+/, String(nobodysPid)));
  } catch (error) {
    // A server that was just ending took its file away itself.
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

/** Ends the PostgreSQL on `cluster`: fast, and at once when 30 s were not enough. */
export async function stopPostmaster(pid: number, cluster: string): Promise<void> {
  for (const [signal, seconds] of [
    ['SIGINT', 30],
    ['SIGQUIT', 10],
    ['SIGKILL', 10],
  ] as const) {
    signalProcess(pid, signal);
    const until = Date.now() + seconds * 1000;
    while (Date.now() < until) {
      if (!(await isPostmaster(pid, cluster))) return;
      await wait(10);
    }
  }
  throw new EmbeddedError(`PostgreSQL (pid ${pid}) does not end. End it, then start again.`);
}

export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error; // already gone is what was wanted
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

/** Whether process `pid` is the PostgreSQL that works on `cluster`: its own folder tells. */
async function isPostmaster(pid: number, cluster: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return await isNamedPostmaster(pid, cluster);
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(cluster));
  } catch {
    return false; // ended meanwhile, or belongs to another user and so is not ours
  }
}

async function isNamedPostmaster(pid: number, cluster: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)]);
    return stdout.includes(cluster);
  } catch {
    return false; // ps ends with an error when there is no such process
  }
}

/**
 * The folder of the socket: short, because a socket's path may have about a hundred bytes and a
 * data folder may lie deep; the same for the same data folder; only for this user.
 */
export async function openSocketFolder(dataDir: string, as: RunAs): Promise<string> {
  const self = process.getuid?.() ?? 0;
  const mark = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  const name = `aperto-${self}-${mark}`;
  const usual = join(await realpath(tmpdir()), name);
  const short = Buffer.byteLength(join(usual, socketName)) <= longestSocketPath;
  const folder = short ? usual : join('/tmp', name);
  let found = await makeFolder(folder);
  const fits =
    found.isDirectory() &&
    (found.uid === self || found.uid === as.uid) &&
    (found.mode & 0o077) === 0;
  if (!fits && self === 0) {
    // Root may: it is of another way to run as root, or somebody put it there in advance.
    await rm(folder, { recursive: true, force: true });
    found = await makeFolder(folder);
  } else if (!fits) {
    throw new EmbeddedError(
      `${folder} must be a folder of this user alone, for the database's socket. Remove it, or set TMPDIR.`,
    );
  }
  if (found.uid !== as.uid) await chown(folder, as.uid, as.gid);
  return folder;
}

async function makeFolder(folder: string): Promise<Stats> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
  return await lstat(folder);
}

/** Removes what a killed server left. The data folder's lock is ours, so none of it is in use. */
export async function clearSockets(folder: string): Promise<void> {
  await rm(join(folder, socketName), { force: true });
  await rm(join(folder, `${socketName}.lock`), { force: true });
}
