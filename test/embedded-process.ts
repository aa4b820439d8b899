import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openEmbedded } from '../server/ports/db/embedded.ts';

/**
 * A process that holds an embedded database and nothing else, to be killed by tests:
 * `node test/embedded-process.ts DATA_DIR` prints one line of JSON, `{url, pid}` of the database or
 * `{error}`, and ends in order on SIGTERM.
 */
export interface Holder {
  readonly child: ChildProcess;
  readonly url: string;
  /** PostgreSQL's process. */
  readonly pid: number;
}

const file = fileURLToPath(import.meta.url);

/** Starts one, before its program the words of `prefix` (setpriv …); rejects with its error. */
export async function startHolder(
  dataDir: string,
  prefix: readonly string[] = [],
): Promise<Holder> {
  const [program = process.execPath, ...rest] = [...prefix, process.execPath, file, dataDir];
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(child.stdout)) {
    const said: unknown = JSON.parse(line);
    if (said instanceof Object && 'url' in said && 'pid' in said) {
      return { child, url: String(said.url), pid: Number(said.pid) };
    }
    if (said instanceof Object && 'error' in said) throw new Error(String(said.error));
  }
  throw new Error('the process ended without a word');
}

const quiet = { info() {}, warn() {}, error() {} };

async function hold(dataDir: string): Promise<void> {
  try {
    const database = await openEmbedded({ dataDir, log: quiet });
    const busy = setInterval(() => {}, 60_000);
    process.once('SIGTERM', async () => {
      clearInterval(busy);
      await database.stop();
    });
    console.log(JSON.stringify({ url: database.url, pid: database.pid }));
  } catch (error) {
    console.log(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
    process.exitCode = 1;
  }
}

if (process.argv[1] === file) await hold(process.argv[2] ?? '');
