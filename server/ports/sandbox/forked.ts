import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { Problem } from '../../kernel/problem.ts';
import { ChildDied, ForkedChild } from './forked-child.ts';
import {
  type InputOf,
  type RunOptions,
  type Sandbox,
  SandboxBusy,
  SandboxClosed,
  type Task,
  TaskDied,
  type TaskFunction,
  type ValueOf,
} from './sandbox.ts';

const MB = 1024 * 1024;
/** 15 times what the largest picture that we take needs on a slow core. */
const LIMIT_MS = 30_000;
/** One child's whole memory. 50 MP of 16 bits and four colours are 400 MB, beside 70 of the program itself. */
const MEMORY_MAX = 512 * MB;
/** What all tasks together may claim: one large picture, or two of usual size. */
const CLAIMS_MAX = 256 * MB;
/** Of those that would rather be refused than wait: some seconds of work. */
const WAITING_MAX = 16;
/** A child that has done so much is replaced: what it may have lost of its memory goes with it. */
const TASKS_MAX = 500;
/** What a child may keep between two tasks; WebAssembly gives nothing back. */
const IDLE_MEMORY_MAX = 192 * MB;
const IDLE_MS = 60_000;

export interface ForkedOptions {
  readonly log: Logger;
  /** One a core, at most two, unless told: each may use half a gigabyte. */
  readonly size?: number;
  readonly memoryMax?: number;
  readonly waitingMax?: number;
}

interface Waiting {
  readonly isPatient: boolean;
  go(): void;
  stop(error: Error): void;
}

interface Claim {
  readonly bytes: number;
  grant(): void;
}

/** A sandbox of forked processes, started when they are needed and ended when they are not. */
export function openForkedSandbox(options: ForkedOptions): Sandbox {
  return new ForkedSandbox(options);
}

class ForkedSandbox implements Sandbox {
  readonly #log: Logger;
  readonly #size: number;
  readonly #memoryMax: number;
  readonly #waitingMax: number;
  readonly #children = new Set<ForkedChild>();
  readonly #idle: ForkedChild[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #claims: Claim[] = [];
  #claimed = 0;
  #running = 0;
  #patientRunning = 0;
  #isClosed = false;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(options: ForkedOptions) {
    this.#log = options.log;
    this.#size = options.size ?? Math.min(2, availableParallelism());
    this.#memoryMax = options.memoryMax ?? MEMORY_MAX;
    this.#waitingMax = options.waitingMax ?? WAITING_MAX;
  }

  pids(): number[] {
    return [...this.#children].map((child) => child.pid);
  }

  async run<F extends TaskFunction>(
    task: Task<F>,
    input: InputOf<F>,
    options: RunOptions = {},
  ): Promise<{ value: ValueOf<F>; files: Buffer[] }> {
    await this.#enter(options);
    try {
      return (await this.#try(task, input, options)) as { value: ValueOf<F>; files: Buffer[] };
    } finally {
      this.#leave(options);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idleTimer);
    for (const one of this.#waiting.splice(0)) one.stop(new SandboxClosed());
    await Promise.all([...this.#children].map((child) => child.kill()));
  }

  /** Once may be chance (the machine's memory was short): a fresh child tries again. */
  async #try<F extends TaskFunction>(task: Task<F>, input: InputOf<F>, options: RunOptions) {
    try {
      return await this.#attempt(this.#takeChild(), task, input, options);
    } catch (error) {
      if (!(error instanceof ChildDied)) throw error;
      this.#log.warn({ task: task.name, reason: error.message }, 'a task’s process died of it');
    }
    try {
      return await this.#attempt(this.#startChild(), task, input, options);
    } catch (error) {
      if (!(error instanceof ChildDied)) throw error;
      this.#log.warn(
        { task: task.name, reason: error.message },
        'a task’s process died of it again',
      );
      throw new TaskDied(error.death, error.message);
    }
  }

  async #attempt<F extends TaskFunction>(
    child: ForkedChild,
    { module, name }: Task<F>,
    input: InputOf<F>,
    { source, limitMs = LIMIT_MS }: RunOptions,
  ): Promise<{ value: unknown; files: Buffer[] }> {
    let claimed = 0;
    let isOver = false;
    const claim = async (bytes: number) => {
      await this.#grant(bytes);
      if (isOver) this.#release(bytes);
      else claimed += bytes;
    };
    const memoryMax = this.#memoryMax;
    try {
      const done = await child.run({ module, name, input, source, limitMs, memoryMax, claim });
      await this.#keep(child);
      return done;
    } catch (error) {
      if (error instanceof Problem) await this.#keep(child);
      else await this.#drop(child);
      if (this.#isClosed) throw new SandboxClosed();
      throw error;
    } finally {
      isOver = true;
      this.#release(claimed);
    }
  }

  #takeChild(): ForkedChild {
    for (;;) {
      const child = this.#idle.pop();
      if (!child) return this.#startChild();
      if (child.isUsable) return child;
      this.#children.delete(child);
    }
  }

  #startChild(): ForkedChild {
    if (this.#isClosed) throw new SandboxClosed();
    const child = new ForkedChild();
    this.#children.add(child);
    return child;
  }

  async #keep(child: ForkedChild): Promise<void> {
    const isWorn = child.tasks >= TASKS_MAX || child.memory > IDLE_MEMORY_MAX;
    if (isWorn || !child.isUsable || this.#isClosed) await this.#drop(child);
    else this.#idle.push(child);
  }

  async #drop(child: ForkedChild): Promise<void> {
    await child.kill();
    this.#children.delete(child);
  }

  async #enter({ isPatient = false, whenBusy = 'wait' }: RunOptions): Promise<void> {
    if (this.#isClosed) throw new SandboxClosed();
    clearTimeout(this.#idleTimer);
    if (whenBusy === 'refuse' && this.#waiting.length >= this.#waitingMax) throw new SandboxBusy();
    await new Promise<void>((go, stop) => {
      this.#waiting.push({ isPatient, go, stop });
      this.#next();
    });
  }

  /** Who comes first goes first; patient ones when nobody else waits, and never into the last place. */
  #next(): void {
    while (this.#running < this.#size) {
      let at = this.#waiting.findIndex((one) => !one.isPatient);
      if (at < 0 && this.#patientRunning < Math.max(1, this.#size - 1)) at = 0;
      const [one] = at < 0 ? [] : this.#waiting.splice(at, 1);
      if (!one) return;
      this.#running += 1;
      if (one.isPatient) this.#patientRunning += 1;
      one.go();
    }
  }

  #leave({ isPatient = false }: RunOptions): void {
    this.#running -= 1;
    if (isPatient) this.#patientRunning -= 1;
    this.#next();
    if (this.#running > 0 || this.#isClosed) return;
    const idle = () => {
      for (const child of this.#idle.splice(0)) {
        this.#drop(child).catch((error) => this.#log.warn({ err: error }, 'a child did not end'));
      }
    };
    this.#idleTimer = setTimeout(idle, IDLE_MS);
    this.#idleTimer.unref();
  }

  /** One that is too large for all is let in alone; its memory is watched. */
  async #grant(bytes: number): Promise<void> {
    await new Promise<void>((grant) => {
      this.#claims.push({ bytes, grant });
      this.#grantNext();
    });
  }

  #grantNext(): void {
    for (;;) {
      const [first] = this.#claims;
      if (!first || (this.#claimed > 0 && this.#claimed + first.bytes > CLAIMS_MAX)) return;
      this.#claims.shift();
      this.#claimed += first.bytes;
      first.grant();
    }
  }

  #release(bytes: number): void {
    this.#claimed -= bytes;
    this.#grantNext();
  }
}
