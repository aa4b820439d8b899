import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../server/config.ts';
import type { Context } from '../server/context.ts';
import { openHouse } from '../server/open.ts';
import { openEmbedded } from '../server/ports/db/embedded.ts';
import { type Process, startProcess } from './process.ts';

const SECRET = 'a secret of a benchmark, of no use to anybody';

/** A durable database in a temporary folder, the server's context on it, and servers as processes. */
export interface Stage {
  readonly ctx: Context;
  /** PostgreSQL's first process. */
  readonly postmaster: number;
  /** The folder of all its data and logs. */
  readonly dataDir: string;
  /** Starts Aperto as a process of its own on the same data. */
  startServer(
    settings?: Readonly<Record<string, string>>,
    flags?: readonly string[],
  ): Promise<Process>;
  close(): Promise<void>;
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
  const children: Process[] = [];
  return {
    ctx: house.ctx,
    postmaster: embedded.pid,
    dataDir: folder,
    async startServer(more = {}, flags = []) {
      const main = resolve(import.meta.dirname, '..', 'server', 'main.ts');
      const env = { ...settings, ...more };
      const child = await startProcess(main, env, /^Aperto is ready: (\S+)$/, flags);
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
