import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = join(import.meta.dirname, '../../server/main.ts');

/** A server that was started for the occasion. */
export interface Host {
  readonly address: string;
  readonly pid: number;
  /** Resolves with its exit code when it has ended. */
  readonly ended: Promise<number>;
  /** Drains and ends it. */
  stop(): Promise<number>;
}

/** Starts a server in a process of its own and resolves when it is ready. What it has to say of errors goes to ours. */
export async function startHost(env: Readonly<Record<string, string>> = {}): Promise<Host> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    env: { LOG_LEVEL: 'warn', ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit').then(([code]) => Number(code ?? 1));
  const stop = () => {
    child.kill('SIGTERM');
    return ended;
  };
  const address = await Promise.race([readAddress(child), ended.then(() => null)]);
  if (address === null) throw new Error('The server did not start; it says above why.');
  return { address, pid: child.pid ?? 0, ended, stop };
}

async function readAddress(child: ChildProcess): Promise<string | null> {
  const { stdout } = child;
  if (!stdout) return null;
  const lines = createInterface({ input: stdout });
  for await (const line of lines) {
    const address = /^Aperto is ready: (\S+)$/.exec(line)?.[1];
    if (address === undefined) {
      process.stdout.write(`${line}\n`);
      continue;
    }
    lines.close();
    stdout.on('data', (text) => process.stdout.write(text));
    stdout.resume();
    return address;
  }
  return null;
}

/** Whether an Aperto answers there. */
export async function answers(address: string): Promise<boolean> {
  try {
    const health = await fetch(new URL('/health', address), { signal: AbortSignal.timeout(3000) });
    const told: unknown = await health.json();
    return typeof told === 'object' && told !== null && 'ready' in told && told.ready === true;
  } catch (error) {
    // Nobody there, or somebody who speaks no JSON: in both cases it is not Aperto.
    if (error instanceof TypeError || error instanceof SyntaxError) return false;
    if (error instanceof DOMException && error.name === 'TimeoutError') return false;
    throw error;
  }
}
