import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { Problem } from '../../kernel/problem.ts';
import { type FromChild, PIPE_FD, type ToChild } from './messages.ts';
import type { Death, Source } from './sandbox.ts';

const PROGRAM = join(import.meta.dirname, 'child.ts');
const WATCH_MS = 100;
/** What a task may give back: the files of a picture are 1 MB at most, so that more is an attack. */
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const LAST_WORDS_MAX = 2000;

export interface Work {
  readonly module: string;
  readonly name: string;
  readonly input: unknown;
  readonly source: Source | undefined;
  readonly limitMs: number;
  /** Resident bytes of the child. */
  readonly memoryMax: number;
  /** Resolves when that much memory may be used. */
  claim(bytes: number): Promise<void>;
}

/** The child is gone, and this is what of. */
export class ChildDied extends Error {
  readonly death: Death;

  constructor(death: Death, detail: string) {
    super(detail);
    this.death = death;
  }
}

/** One child, and one task at a time in it. */
export class ForkedChild {
  readonly #process: ChildProcess;
  readonly #pipe: Duplex;
  readonly #gone: Promise<unknown>;
  readonly #ready: Promise<void>;
  #isGone = false;
  /** Bytes on their way into it: they would be taken for those of its next task. */
  #feeding = 0;
  #lastWords = '';
  #killedFor: { death: Death; detail: string } | null = null;
  /** Tasks that it has run. */
  tasks = 0;

  constructor() {
    this.#process = fork(PROGRAM, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'],
      // Nothing of the server's environment, where passwords are. What is there makes glibc give back large
      // pieces of memory at once (mallopt(3)).
      env: { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '1048576' },
      execArgv: [
        '--permission',
        '--allow-fs-read=*',
        '--allow-addons',
        '--max-old-space-size=256',
        '--expose-gc',
        '--disable-warning=SecurityWarning',
        '--disable-warning=ExperimentalWarning',
      ],
    });
    this.#pipe = this.#process.stdio[PIPE_FD] as Duplex;
    // Its end is told by the process itself.
    this.#pipe.on('error', () => {});
    this.#process.on('error', () => {});
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS_MAX);
    });
    this.#gone = once(this.#process, 'exit').catch(() => {});
    void this.#gone.then(() => {
      this.#isGone = true;
    });
    this.#ready = this.#becomeReady();
    this.#ready.catch(() => {});
    this.#hold(false);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** False when it is gone, or may still hold something of its last task. */
  get isUsable(): boolean {
    return !this.#isGone && this.#process.connected && this.#feeding === 0;
  }

  /** Resident bytes; 0 where nobody can tell. */
  get memory(): number {
    return process.platform === 'linux' ? residentBytes(this.pid) : 0;
  }

  async kill(): Promise<void> {
    this.#hold(true);
    this.#process.kill('SIGKILL');
    await this.#gone;
  }

  /**
   * Runs a task. Rejects with what the task threw, `ChildDied`, or what the source failed with.
   */
  async run(work: Work): Promise<{ value: unknown; files: Buffer[] }> {
    this.#hold(true);
    try {
      await this.#ready;
      this.tasks += 1;
      return await this.#work(work);
    } finally {
      this.#hold(false);
    }
  }

  /** An idle child keeps no process alive. */
  #hold(isHeld: boolean): void {
    const parts = [this.#process, this.#process.channel, this.#pipe, this.#process.stderr];
    for (const part of parts as ({ ref(): void; unref(): void } | null)[]) {
      if (isHeld) part?.ref();
      else part?.unref();
    }
  }

  async #becomeReady(): Promise<void> {
    const first = once(this.#process, 'message');
    first.catch(() => {});
    await Promise.race([first, this.#gone]);
    // No file's fault, so no death of a task.
    if (this.#isGone) throw new Error(`a child could not start: ${this.#lastWords}`);
  }

  async #work(work: Work): Promise<{ value: unknown; files: Buffer[] }> {
    const { promise, resolve, reject } = Promise.withResolvers<{
      value: unknown;
      files: Buffer[];
    }>();
    const output: Buffer[] = [];
    let outputBytes = 0;
    let finish = () => {};
    const die = (death: Death, detail: string) => {
      this.#killedFor = { death, detail };
      this.#process.kill('SIGKILL');
    };
    const judgeMemory = (bytes: number) => {
      if (bytes > work.memoryMax) die('too_large', `used ${bytes >> 20} MB of memory`);
    };
    let timer: NodeJS.Timeout | undefined;
    const startClock = () => {
      const detail = `took longer than ${work.limitMs / 1000} s`;
      timer = setTimeout(() => die('too_slow', detail), work.limitMs);
    };
    const onData = (bytes: Buffer) => {
      output.push(bytes);
      outputBytes += bytes.length;
      if (outputBytes > OUTPUT_BYTES_MAX) die('too_large', 'wrote without end');
      finish();
    };
    const onMessage = (message: FromChild) => {
      if (message.type === 'memory') judgeMemory(message.bytes);
      else if (message.type === 'read') this.#feed(work, message).catch(reject);
      else if (message.type === 'claim') {
        clearTimeout(timer);
        work.claim(message.bytes).then(() => {
          startClock();
          this.#tell({ type: 'granted' });
        }, reject);
      } else if (message.type === 'failed') reject(asError(message));
      else if (message.type === 'done') {
        const { value, files } = message;
        const total = files.reduce((sum, length) => sum + length, 0);
        finish = () => {
          if (outputBytes >= total) resolve({ value, files: split(Buffer.concat(output), files) });
        };
        finish();
      }
    };
    const watch = setInterval(() => judgeMemory(this.memory), WATCH_MS);
    this.#process.on('message', onMessage);
    this.#pipe.on('data', onData);
    void this.#gone.then(() => reject(this.#death()));
    try {
      startClock();
      const { module, name, input, source } = work;
      const reportMs = process.platform === 'linux' ? 0 : WATCH_MS;
      this.#tell({ type: 'run', module, name, input, size: source?.size ?? 0, reportMs });
      return await promise;
    } finally {
      clearTimeout(timer);
      clearInterval(watch);
      this.#process.off('message', onMessage);
      this.#pipe.off('data', onData);
    }
  }

  #tell(message: ToChild): void {
    // A channel that is closed is told by the exit.
    this.#process.send(message, () => {});
  }

  /** Brings the bytes that the child asked for, no faster than it takes them. */
  async #feed(work: Work, { start, end }: { start: number; end: number }): Promise<void> {
    this.#feeding += 1;
    const stream = await work.source?.stream(start, end);
    if (!stream) throw new Error('a task without a source wants to read');
    let missing = end - start + 1;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      missing -= chunk.length;
      if (missing < 0) break;
      if (!this.#pipe.write(chunk)) await Promise.race([once(this.#pipe, 'drain'), this.#gone]);
      if (this.#isGone) return;
    }
    if (missing !== 0) throw new Error('the source has other bytes than it said');
    this.#feeding -= 1;
  }

  #death(): Error {
    const { signalCode, exitCode } = this.#process;
    const { death, detail } = this.#killedFor ?? {
      death: 'crashed' as const,
      detail: `ended (${signalCode ?? exitCode}) ${this.#lastWords}`.trim(),
    };
    return new ChildDied(death, detail);
  }
}

function asError(failed: FromChild & { type: 'failed' }): Error {
  const { message, stack, problem } = failed;
  if (problem) return new Problem(problem.code, message, problem.details);
  return Object.assign(new Error(message), { stack });
}

function split(all: Buffer, lengths: readonly number[]): Buffer[] {
  let at = 0;
  return lengths.map((length) => {
    at += length;
    return all.subarray(at - length, at);
  });
}

/** Of a process on Linux; 0 when it is gone. */
function residentBytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ESRCH') throw error;
    return 0;
  }
}
