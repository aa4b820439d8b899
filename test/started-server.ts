import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Aperto as `npm start` starts it, in processes of its own. */
export interface StartedServer {
  /** What it says on its last line: http://localhost:PORT */
  readonly address: string;
  /** The launcher: what npm runs and signals reach first. */
  readonly launcher: ChildProcess;
  /** The server's own process. */
  readonly pid: number;
  /** Everything that both wrote so far. */
  output(): string;
  /** Resolves when they have written `text`. */
  said(text: string): Promise<void>;
  /** Sends the launcher a signal and resolves with its exit code when it has ended. */
  end(signal: NodeJS.Signals): Promise<number>;
  /** Resolves with the launcher's exit code when it ends by itself. */
  readonly ended: Promise<number>;
}

export interface StartOptions {
  readonly dataDir: string;
  /** The checkout to start; this one unless told. */
  readonly root?: string;
  /** Words before the program: `setpriv …`. */
  readonly prefix?: readonly string[];
}

/**
 * Starts a server on a free port and resolves when it is ready. Rejects with all that it wrote when
 * it ends instead.
 */
export async function startAperto(options: StartOptions): Promise<StartedServer> {
  const root = options.root ?? resolve(import.meta.dirname, '..');
  const line = [...(options.prefix ?? []), process.execPath, join(root, 'scripts', 'launch.mjs')];
  const [program = process.execPath, ...rest] = [...line, 'start'];
  const launcher = spawn(program, rest, {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      DATA_DIR: options.dataDir,
      PORT: '0',
      HOST: '127.0.0.1',
      LIMITS: 'off',
      OVERLOAD: 'off',
      LOG_LEVEL: 'info',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let heard = () => {};
  const more = () =>
    new Promise<void>((resolve) => {
      heard = resolve;
    });
  const said = async (text: string) => {
    while (!output.includes(text)) await more();
  };
  for (const stream of [launcher.stdout, launcher.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
      heard();
    });
  }
  const closed = once(launcher, 'close');
  const ended = once(launcher, 'exit').then(([code]) => Number(code));
  let over = false;
  void ended.then(() => {
    over = true;
    heard();
  });
  for (;;) {
    const address = /^Aperto is ready: (\S+)$/m.exec(output)?.[1];
    if (address) {
      const note = await readFile(resolve(root, options.dataDir, 'aperto.pid'), 'utf8');
      const pid = Number.parseInt(note, 10);
      const end = (signal: NodeJS.Signals) => {
        launcher.kill(signal);
        return ended;
      };
      return { address, launcher, pid, output: () => output, said, end, ended };
    }
    if (over) {
      await closed;
      throw new Error(output);
    }
    await more();
  }
}
