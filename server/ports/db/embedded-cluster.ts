import { execFile } from 'node:child_process';
import { chown, lchown, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './embedded-binaries.ts';
import { EmbeddedError, messageOf, systemCode } from './embedded-error.ts';
import { childEnvironment, type RunAs } from './embedded-user.ts';

export const user = 'aperto';
export const database = 'aperto';

/** The address of a database behind a Unix socket. */
export function socketUrl(folder: string, name: string): string {
  return `postgres://${user}@localhost/${name}?host=${encodeURIComponent(folder)}`;
}

/** The folders of one embedded database. */
export interface Places {
  /** What PostgreSQL calls its data directory. */
  readonly cluster: string;
  readonly logs: string;
}

export function placesIn(dataDir: string): Places {
  return { cluster: join(dataDir, 'postgres'), logs: join(dataDir, 'logs', 'postgres') };
}

/**
 * Sees to it that a complete cluster of the right version stands in the data folder, owned by
 * whoever will run it, with this version's settings. Makes one when there is none.
 */
export async function prepareCluster(
  dataDir: string,
  binaries: Binaries,
  as: RunAs,
  durable: boolean,
): Promise<void> {
  const { cluster, logs } = placesIn(dataDir);
  await mkdir(logs, { recursive: true, mode: 0o700 });
  await removeHalfMade(dataDir);
  const version = await readVersion(cluster);
  if (version === undefined) {
    await createCluster(dataDir, binaries, as, durable);
  } else if (version !== binaries.major) {
    throw new EmbeddedError(
      `The data in ${cluster} is of PostgreSQL ${version}, and this Aperto brings PostgreSQL ${binaries.major}. ` +
        'Start it with the Aperto that made it and export, or set DATA_DIR to another folder.',
    );
  }
  await giveTo(cluster, as);
  await giveTo(logs, as);
  await writeSettings(cluster, logs, as);
}

/** The cluster's major version; undefined when there is no cluster, or an empty folder. */
async function readVersion(cluster: string): Promise<string | undefined> {
  try {
    return (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') {
      throw new EmbeddedError(
        `The data folder ${cluster} cannot be read (${messageOf(error)}). ` +
          'Start Aperto as the user who made it, or set DATA_DIR to another folder.',
        error,
      );
    }
  }
  const inside = await listFolder(cluster);
  if (inside.length === 0) return undefined;
  throw new EmbeddedError(
    `${cluster} holds files but no PostgreSQL data. Move it away, or set DATA_DIR to another folder.`,
  );
}

/**
 * Makes the cluster under another name and renames it when all of it is on the disk, so that a
 * kill on the way leaves nothing that looks like a database.
 */
async function createCluster(
  dataDir: string,
  binaries: Binaries,
  as: RunAs,
  durable: boolean,
): Promise<void> {
  const made = join(dataDir, `postgres.new-${process.pid}`);
  await mkdir(made, { mode: 0o700 });
  await chown(made, as.uid, as.gid);
  // The C.UTF-8 of PostgreSQL itself sorts the same on every machine. The system's is only asked
  // what a letter is, by the text search and the trigrams.
  const letters = process.platform === 'darwin' ? 'UTF-8' : 'C.UTF-8';
  const options = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  options.push('--locale=C', `--lc-ctype=${letters}`, '--data-checksums', '--no-instructions');
  options.push(`--username=${user}`, '--auth=trust', '--pgdata', made);
  if (!durable) options.push('--no-sync');
  await runProgram(as, binaries.initdb, options, 'initdb');
  const single = ['--single', '-D', made, '-c', `fsync=${durable ? 'on' : 'off'}`, 'postgres'];
  await runProgram(
    as,
    binaries.postgres,
    single,
    'create database',
    `CREATE DATABASE ${database}\n`,
  );
  await syncFolder(made);
  await rename(made, placesIn(dataDir).cluster);
  await syncFolder(dataDir);
}

async function removeHalfMade(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith('postgres.new-')) continue;
    await rm(join(dataDir, name), { recursive: true, force: true });
  }
}

/** Runs one of PostgreSQL's programs to its end; throws with what it said. */
async function runProgram(
  as: RunAs,
  program: string,
  options: readonly string[],
  what: string,
  input = '',
): Promise<void> {
  const [first = program, ...rest] = [...as.prefix, program];
  const running = promisify(execFile)(first, [...rest, ...options], {
    env: childEnvironment,
    maxBuffer: 1 << 20,
  });
  running.child.stdin?.on('error', () => undefined); // it ended early: its exit code says why
  running.child.stdin?.end(input);
  try {
    await running;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new EmbeddedError(
      `PostgreSQL could not make its data folder (${what}): ${said || messageOf(error)}`,
      error,
    );
  }
}

/**
 * The settings of this version of Aperto, written at each start. What an administrator sets by
 * ALTER SYSTEM stands above them; what must hold (durability, where it listens) is on the command
 * line and stands above both.
 */
export function describeSettings(logs: string, memory: number): string {
  const half = Math.max(256, Math.floor(memory / 2 ** 21));
  const roomy = memory >= 4 * 2 ** 30;
  const settings: Readonly<Record<string, string | number>> = {
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_connections: 60,
    shared_buffers: roomy ? '256MB' : '128MB',
    effective_cache_size: `${half}MB`,
    huge_pages: 'try',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    random_page_cost: 1.1,
    // Both pay for long analytic statements, which Aperto has none of, and cost the short ones.
    jit: 'off',
    max_parallel_workers_per_gather: 0,
    io_workers: 2,
    // A full page is written once after each checkpoint, so checkpoints are rare; after a crash at
    // most this much has to be read again, which takes some 8 s a gigabyte of rows in feeds. A
    // post in 10,000 feeds is 1.5 MB, and up to 80 when the page of each feed is written for the
    // first time since. pglz, the only compression of this build, costs more CPU than the bytes
    // that it saves.
    checkpoint_timeout: '15min',
    max_wal_size: roomy ? '2GB' : '1GB',
    // Files that are kept to be written again: a new one is first filled with zeros, some 70 ms in
    // which commits wait.
    min_wal_size: roomy ? '256MB' : '128MB',
    wal_compression: 'off',
    // One file a weekday, overwritten after a week. Failed statements are not repeated here: Aperto
    // logs its own errors, and theirs would hold what people wrote.
    logging_collector: 'on',
    log_directory: logs,
    log_filename: 'postgres-%a.log',
    log_rotation_age: '1d',
    log_rotation_size: 0,
    log_truncate_on_rotation: 'on',
    log_min_messages: 'log',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] ',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quote(value)}`);
  return `# Written by Aperto at each start. Use ALTER SYSTEM for settings of your own.\n${lines.join('\n')}\n`;
}

function quote(value: string | number): string {
  return `'${String(value).replaceAll("'", "''")}'`;
}

async function writeSettings(cluster: string, logs: string, as: RunAs): Promise<void> {
  await replaceFile(join(cluster, 'postgresql.conf'), describeSettings(logs, totalmem()), as);
  // No password: the socket lies in a folder that only this user may enter, and who may enter it
  // may read the data files anyway. There is no other way in.
  await replaceFile(join(cluster, 'pg_hba.conf'), 'local all all trust\n', as);
}

async function replaceFile(path: string, text: string, as: RunAs): Promise<void> {
  try {
    if ((await readFile(path, 'utf8')) === text) return;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.chown(as.uid, as.gid);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

/** PostgreSQL refuses a folder that is not its own. The folder itself comes last: it is the mark. */
async function giveTo(folder: string, as: RunAs): Promise<void> {
  const owner = (await stat(folder)).uid;
  if (owner === as.uid) return;
  if (process.getuid?.() !== 0) {
    throw new EmbeddedError(
      `${folder} belongs to another user (number ${owner}). Start Aperto as that user, ` +
        `or give the folder away: chown -R ${as.uid} "${folder}"`,
    );
  }
  const inside = await readdir(folder, { recursive: true });
  for (const name of inside) await lchown(join(folder, name), as.uid, as.gid);
  await chown(folder, as.uid, as.gid);
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
