import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program that runs beside the benchmark. */
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
  flags: readonly string[] = [],
): Promise<Process> {
  const words = ['--disable-warning=ExperimentalWarning', ...flags, path];
  const child = spawn(process.execPath, words, {
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
