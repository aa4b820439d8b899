import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../server/config.ts';
import type { Context } from '../server/context.ts';
import { openHouse } from '../server/open.ts';
import { openEmbedded } from '../server/ports/db/embedded.ts';

const SECRET = 'a secret of a benchmark, of no use to anybody';

/** A durable database in a temporary folder, the server's context on it, and servers as processes. */
export interface Stage {
  readonly ctx: Context;
  /** PostgreSQL's first process. */
  readonly postmaster: number;
  /** Starts Aperto as a process of its own on the same data. */
  startServer(settings?: Readonly<Record<string, string>>): Promise<Child>;
  close(): Promise<void>;
}

export interface Child {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'aperto-bench-'));
  const log = pino({ level: 'silent' });
  const embedded = await openEmbedded({ dataDir: folder, log });
  const settings = {
    DATA_DIR: folder,
    DATABASE_URL: embedded.url,
    BUS_URL: 'memory:',
    APERTO_SECRET: SECRET,
    LIMITS: 'off',
    LOG_LEVEL: 'error',
    HOST: '127.0.0.1',
    PORT: '0',
  };
  const house = await openHouse(readConfig(settings, folder), log);
  const children: Child[] = [];
  return {
    ctx: house.ctx,
    postmaster: embedded.pid,
    async startServer(more = {}) {
      const main = resolve(import.meta.dirname, '..', 'server', 'main.ts');
      const child = await startChild(main, { ...settings, ...more });
      children.push(child);
      return child;
    },
    async close() {
      for (const child of children) await child.stop();
      await house.close();
      await embedded.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs a program that prints an address with its port when it is ready. */
export async function startChild(
  program: string,
  env: Readonly<Record<string, string>>,
): Promise<Child> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await readPort(child);
  return {
    pid: child.pid ?? 0,
    port,
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function readPort(child: ChildProcess): Promise<number> {
  let output = '';
  for await (const text of child.stdout ?? []) {
    output += String(text);
    const port = /http:\/\/[^:\s]+:(\d+)/.exec(output)?.[1];
    if (!port) continue;
    child.stdout?.on('data', () => {});
    child.stdout?.resume();
    return Number(port);
  }
  throw new Error(`a server ended before it was ready: ${output}`);
}
