import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readConfig } from '../server/config.ts';
import { type Embedded, openEmbedded } from '../server/ports/db/embedded.ts';

/** What the server of a benchmark is set to; its keys are derived from this. */
export const SECRET = 'a secret of benchmarks, of no use anywhere else';

const log = {
  info() {},
  warn: (fields: object, message: string) => console.warn(message, fields),
  error: (fields: object, message: string) => console.error(message, fields),
};

/** A database in a folder that goes away afterwards, and settings for servers on it. */
export interface Lab {
  readonly dataDir: string;
  readonly database: Embedded;
  readonly env: Readonly<Record<string, string>>;
  /** Starts the real server, in a process of its own. */
  startServer(): Promise<Process>;
  /** The settings that the server runs with, for a part of it in this process. */
  config(): ReturnType<typeof readConfig>;
  /** Ends every process that was started here and removes the folder. */
  close(): Promise<void>;
}

/** Durable, as in real life: fsync is on. */
export async function openLab(settings: Readonly<Record<string, string>> = {}): Promise<Lab> {
  const dataDir = await mkdtemp(join(tmpdir(), 'aperto-bench-'));
  const database = await openEmbedded({ dataDir, log });
  const env = {
    DATA_DIR: join(dataDir, 'server'),
    DATABASE_URL: database.url,
    APERTO_SECRET: SECRET,
    PORT: '0',
    HOST: '127.0.0.1',
    LIMITS: 'off',
    LOG_LEVEL: 'warn',
    ...settings,
  };
  const processes: Process[] = [];
  return {
    dataDir,
    database,
    env,
    async startServer() {
      const main = join(import.meta.dirname, '../server/main.ts');
      const started = await startProcess(main, env, /^Aperto is ready: (\S+)$/);
      processes.push(started);
      return started;
    },
    config: () => readConfig(env, dataDir),
    async close() {
      await Promise.all(processes.map((one) => one.stop()));
      await database.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export interface Process {
  readonly pid: number;
  /** What it said when it was ready. */
  readonly address: string;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** Starts a program of ours and waits for the line that `ready` matches. */
export async function startProcess(
  path: string,
  env: Readonly<Record<string, string>>,
  ready: RegExp,
): Promise<Process> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  };
  const address = await Promise.race([firstMatch(child, ready), ended.then(() => null)]);
  if (address === null) throw new Error(`${path} ended before it was ready`);
  return { pid: child.pid ?? 0, address, child, stop };
}

async function firstMatch(child: ChildProcess, ready: RegExp): Promise<string | null> {
  const { stdout } = child;
  if (!stdout) return null;
  const lines = createInterface({ input: stdout });
  for await (const line of lines) {
    const found = ready.exec(line)?.[1];
    if (found === undefined) continue;
    lines.close();
    stdout.resume();
    return found;
  }
  return null;
}
