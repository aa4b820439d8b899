import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Binaries } from './embedded-binaries.ts';
import { placesIn } from './embedded-cluster.ts';
import { EmbeddedError, messageOf } from './embedded-error.ts';
import { readPostmaster, signalProcess } from './embedded-remains.ts';
import { childEnvironment, type RunAs } from './embedded-user.ts';

/** All that is needed to start the server, as often as it takes. */
export interface Command {
  readonly dataDir: string;
  readonly sockets: string;
  readonly binaries: Binaries;
  readonly as: RunAs;
  readonly durable: boolean;
  /** What makes it end when this process is killed, from `findMortal`. */
  readonly mortal: readonly string[];
}

/** A started PostgreSQL. */
export interface Server {
  readonly pid: number;
  /** Resolves when it ends, whyever; never rejects. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** From now on this process waits for its end. Until then it does not keep the process alive. */
  await(): void;
}

/** flock's own exit code when the lock was not free; no program of PostgreSQL has it. */
const lockedElsewhere = 75;

/**
 * Starts PostgreSQL and resolves when it takes connections. After a crash it first reads its log
 * again, which may take minutes: as long as it lives we wait, and `note` hears of it.
 * Rejects with `EmbeddedError` when it ends instead, or when `cancelled` says so.
 */
export async function startServer(
  command: Command,
  note: (message: string, fields: object) => void,
  cancelled: () => boolean = () => false,
): Promise<Server> {
  const { program, options } = describeCommand(command);
  const child = spawn(program, options, {
    // Its own session, so that Ctrl-C in a terminal ends Aperto first and the database after it.
    detached: true,
    env: childEnvironment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = keepEnd(child);
  const ended = new Promise<Awaited<Server['ended']>>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      said.add(messageOf(error));
      resolve({ code: null, signal: null });
    });
  });
  let end: Awaited<Server['ended']> | undefined;
  void ended.then((how) => {
    end = how;
  });
  const { cluster, logs } = placesIn(command.dataDir);
  for (let turn = 1; ; turn++) {
    if (end) throw new EmbeddedError(explainEnd(end, said.text(), logs));
    const pid = child.pid;
    if (pid !== undefined) {
      if (cancelled()) signalProcess(pid, 'SIGINT');
      const postmaster = await readPostmaster(cluster);
      if (postmaster?.pid === pid && postmaster.status === 'ready') {
        child.unref();
        if (child.stderr instanceof Socket) child.stderr.unref();
        return { pid, ended, await: () => child.ref() };
      }
      if (turn % 500 === 0) note('PostgreSQL is starting', { status: postmaster?.status });
    }
    await wait(10);
  }
}

function describeCommand(command: Command): { program: string; options: string[] } {
  const { dataDir, sockets, binaries, as, durable } = command;
  const safe = durable ? 'on' : 'off';
  const settings = {
    listen_addresses: '',
    unix_socket_directories: sockets.replaceAll(',', '\\,'),
    unix_socket_permissions: '0700',
    fsync: safe,
    full_page_writes: safe,
    synchronous_commit: safe,
  };
  if (!durable) Object.assign(settings, { max_connections: '200' });
  const line = [
    ...as.prefix,
    ...command.mortal,
    binaries.postgres,
    '-D',
    placesIn(dataDir).cluster,
  ];
  for (const [name, value] of Object.entries(settings)) line.push('-c', `${name}=${value}`);
  const locked = [...lockWhileRunning(dataDir), ...line];
  const [program = binaries.postgres, ...options] = locked;
  return { program, options };
}

/**
 * On Linux every process of PostgreSQL also holds a lock on a file, from the first to the last.
 * PostgreSQL's own check goes by process numbers, which mean nothing to a container that shares the
 * data folder with another one.
 */
function lockWhileRunning(dataDir: string): string[] {
  const flock = ['/usr/bin/flock', '/bin/flock'].find((path) => existsSync(path));
  if (process.platform !== 'linux' || flock === undefined) return [];
  const lock = join(dataDir, 'postgres.lock');
  return [flock, '--wait', '10', '--conflict-exit-code', `${lockedElsewhere}`, '--no-fork', lock];
}

function explainEnd(how: Awaited<Server['ended']>, said: string, logs: string): string {
  if (how.code === lockedElsewhere) {
    return 'A PostgreSQL of another machine or container is running on this data folder. Stop it, or set DATA_DIR to another folder.';
  }
  const end = how.signal ?? `exit code ${how.code}`;
  return `PostgreSQL did not start (${end}): ${said || 'it said nothing'}. Its log is in ${logs}.`;
}

/**
 * On Linux the system can end PostgreSQL when this process ends, even by kill -9. Elsewhere, and with
 * old tools, it lives on and the next start ends it.
 */
export async function findMortal(): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const line = ['setpriv', '--pdeathsig', 'INT', '--'];
  try {
    await promisify(execFile)('setpriv', [...line.slice(1), 'true'], { env: childEnvironment });
    return line;
  } catch {
    return []; // not there, or too old for it
  }
}

/** Keeps the last of what the server says before it writes its own log. */
function keepEnd(child: ChildProcess): { add(text: string): void; text(): string } {
  let kept = '';
  const add = (text: string) => {
    kept = (kept + text).slice(-4000);
  };
  child.stderr?.setEncoding('utf8').on('data', add);
  return { add, text: () => kept.trim() };
}
