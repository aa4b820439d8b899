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
/** What all tasks together may use beside the programs: two of usual size, or a large one alone. */
const CLAIMS_MAX = 160 * MB;
/** What a task is taken to need that claims nothing. */
const UNCLAIMED = 64 * MB;
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

/** A task that wants memory. */
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
  /** What was granted, and to how many. */
  #claimed = 0;
  #claimants = 0;
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
    const claims: Claim[] = [];
    const claim = (bytes: number) =>
      new Promise<void>((grant) => {
        const wanted = { bytes, grant };
        claims.push(wanted);
        this.#claims.push(wanted);
        this.#grant();
      });
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
      for (const one of claims) this.#release(one);
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
    while (this.#running < this.#size && this.#hasMemory()) {
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
    this.#grant();
    this.#next();
    if (this.#running > 0 || this.#isClosed) return;
    this.#idleTimer = setTimeout(() => this.#endIdle(), IDLE_MS);
    this.#idleTimer.unref();
  }

  #endIdle(): void {
    for (const child of this.#idle.splice(0)) {
      this.#drop(child).catch((error) => this.#log.warn({ err: error }, 'a child did not end'));
    }
  }

  /** For one more task. While others wait for memory, nobody starts, so that they come to it. */
  #hasMemory(): boolean {
    if (this.#running === 0) return true;
    const plain = this.#running - this.#claimants;
    return this.#claims.length === 0 && this.#claimed + (plain + 1) * UNCLAIMED <= CLAIMS_MAX;
  }

  /** In their order, each beside what the others use; one that is too large for that has to be alone. */
  #grant(): void {
    for (;;) {
      const [first] = this.#claims;
      if (!first) return;
      const plain = this.#running - this.#claimants - this.#claims.length;
      const isAlone = plain === 0 && this.#claimants === 0;
      const others = this.#claimed + plain * UNCLAIMED;
      if (!isAlone && others + first.bytes > CLAIMS_MAX) return;
      this.#claims.shift();
      this.#claimants += 1;
      this.#claimed += first.bytes;
      if (first.bytes > CLAIMS_MAX / 2) this.#endIdle();
      first.grant();
    }
  }

  /** Its task is over, whether it came to its memory or not. */
  #release(claim: Claim): void {
    const at = this.#claims.indexOf(claim);
    if (at >= 0) this.#claims.splice(at, 1);
    else {
      this.#claimants -= 1;
      this.#claimed -= claim.bytes;
    }
  }
}
