import { AsyncLocalStorage } from 'node:async_hooks';
import { type ChildProcess, spawn } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../server/config.ts';
import type { Context } from '../server/context.ts';
import type { Clock } from '../server/kernel/clock.ts';
import { socketUrl } from '../server/ports/db/embedded-cluster.ts';
import { startServer } from '../server/server.ts';
import { openTestDatabase } from './database.ts';

/** Settings as the environment gives them. */
export type Settings = Readonly<Record<string, string>>;

/** The real app in this process, on a database and a folder of its own. */
export interface TestServer {
  /** http://127.0.0.1:PORT */
  readonly url: string;
  readonly ctx: Context;
  readonly dataDir: string;
  /** Lines of the log at `error`, so that a test can say that there were none. */
  readonly errors: readonly string[];
  stop(): Promise<void>;
}

/** Starts one. Settings that are not given are those of tests: no limits, a quiet log, any port. */
export async function openTestServer(
  options: { readonly clock?: Clock; readonly settings?: Settings } = {},
): Promise<TestServer> {
  const database = await openTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'aperto-server-'));
  const errors: string[] = [];
  const log = pino({ level: 'error' }, { write: (line) => void errors.push(line) });
  const config = readConfig(
    { ...testSettings(dataDir), DATABASE_URL: database.url, ...options.settings },
    dataDir,
  );
  const clean = async () => {
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const server = await startServer(config, log, options.clock);
    return {
      url: `http://127.0.0.1:${server.port}`,
      ctx: server.ctx,
      dataDir,
      errors,
      async stop() {
        await server.stop();
        await clean();
      },
    };
  } catch (error) {
    await clean();
    throw error;
  }
}

/** Without AVIF, which would come to posts while a test compares them; tests of it turn it on. */
function testSettings(dataDir: string): Settings {
  const place = { DATA_DIR: dataDir, HOST: '127.0.0.1', PORT: '0' };
  return { ...place, LIMITS: 'off', OVERLOAD: 'off', BUS_URL: 'memory:', AVIF: 'off' };
}

/** A time that stands still until it is moved. */
export interface HeldClock extends Clock {
  advance(ms: number): void;
}

export function holdClock(start: number = Date.now()): HeldClock {
  let now = start;
  return {
    now: () => new Date(now),
    millis: () => now,
    advance(ms) {
      now += ms;
    },
  };
}

/** Set in what runs for a request, or for `countStatements`; not in what a worker or a timer does meanwhile. */
const counting = new AsyncLocalStorage<true>();
subscribe('http.server.request.start', () => counting.enterWith(true));

/**
 * How many statements `work` sends to the primary, those in transactions too; of its requests, not of
 * what goes on in the background. Cold: as if nothing were near; done five times, of which the middle one
 * counts, because a load that somebody else has under way is shared, and some answers leave work behind.
 */
export async function countStatements(
  ctx: Pick<Context, 'db'>,
  work: () => Promise<unknown>,
  { cold = false } = {},
): Promise<number> {
  const counts: number[] = [];
  while (counts.length < (cold ? 5 : 1)) counts.push(await countOnce(ctx, work, cold));
  return counts.sort((a, b) => a - b)[counts.length >> 1] ?? 0;
}

async function countOnce(
  { db }: Pick<Context, 'db'>,
  work: () => Promise<unknown>,
  cold: boolean,
): Promise<number> {
  const { query, transaction } = db;
  let count = 0;
  const note = () => {
    if (counting.getStore()) count += 1;
  };
  const counted: Partial<typeof db> = {
    query(...args) {
      note();
      return query.apply(db, args) as Promise<never>;
    },
    transaction(inside) {
      return transaction.call(db, (tx) => {
        const ask = tx.query.bind(tx);
        tx.query = (...args) => {
          note();
          return ask(...args) as Promise<never>;
        };
        return inside(tx);
      }) as Promise<never>;
    },
  };
  Object.assign(db, counted);
  // Who does not hear what others change believes nothing that is near.
  if (cold) Object.defineProperty(db, 'hearsTouches', { value: false, configurable: true });
  try {
    await counting.run(true, work);
  } finally {
    Object.assign(db, { query, transaction });
    if (cold) Reflect.deleteProperty(db, 'hearsTouches');
  }
  return count;
}

/** `server/main.ts` in a process of its own, to be killed. */
export interface SpawnedServer {
  readonly url: string;
  readonly pid: number;
  readonly child: ChildProcess;
  /** All that it wrote so far. */
  output(): string;
  /** Resolves when it has written `text` from now on; rejects when it ends first. */
  says(text: string): Promise<void>;
  /** Sends a signal and resolves with the exit code, or the signal's name, when it is gone. */
  end(signal: NodeJS.Signals): Promise<number | string>;
}

export interface SpawnOptions {
  readonly dataDir: string;
  readonly settings?: Settings;
  /** Words before the program: `unshare …`. */
  readonly prefix?: readonly string[];
}

const children = new Set<ChildProcess>();

/** Kills every server that a failed test has left: to be called when a test file is through. */
export function killSpawned(): void {
  for (const child of children) child.kill('SIGKILL');
}
process.once('exit', killSpawned);

/** Starts one, with its embedded database unless DATABASE_URL is among the settings; rejects with all that it wrote when it ends instead. */
export async function spawnServer(options: SpawnOptions): Promise<SpawnedServer> {
  const main = resolve(import.meta.dirname, '..', 'server', 'main.ts');
  const line = [...(options.prefix ?? []), process.execPath, main];
  const [program = process.execPath, ...rest] = line;
  const settings = { ...testSettings(options.dataDir), LOG_LEVEL: 'info', ...options.settings };
  const child = spawn(program, rest, {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let output = '';
  const heard = new EventTarget();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
      heard.dispatchEvent(new Event('more'));
    });
  }
  let gone: number | string | null = null;
  const ended = once(child, 'close').then(([code, signal]) => {
    children.delete(child);
    gone = code ?? signal;
    heard.dispatchEvent(new Event('more'));
    return code ?? signal;
  });
  const saysFrom = async (from: number, text: string) => {
    while (!output.includes(text, from)) {
      if (gone !== null) throw new Error(`it ended (${gone}):\n${output}`);
      await once(heard, 'more');
    }
  };
  await saysFrom(0, 'Aperto is ready: ');
  const port = /Aperto is ready: http:\/\/localhost:(\d+)/.exec(output)?.[1];
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    child,
    output: () => output,
    says: (text) => saysFrom(output.length, text),
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

/** The embedded database of a running server: its address and its process. */
export async function findEmbedded(dataDir: string): Promise<{ url: string; pid: number }> {
  const [pid, , , , host] = (
    await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')
  ).split('\n');
  return { url: socketUrl(host ?? '', 'aperto'), pid: Number(pid) };
}
