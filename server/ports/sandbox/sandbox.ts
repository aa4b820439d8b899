import type { Readable } from 'node:stream';

/** Bytes that a task may read. They stay where they are until it asks. */
export interface Source {
  /** Bytes */
  readonly size: number;
  /** The bytes `start`…`end` (inclusive). */
  stream(start: number, end: number): Promise<Readable>;
}

/** The same, as the task sees it. */
export interface TaskSource {
  /** Bytes; 0 when it was given no source. */
  readonly size: number;
  /** The bytes `start`…`end` (inclusive), cut off at the end of the source. */
  read(start: number, end: number): Promise<Buffer>;
  /**
   * Resolves when the task may use so many bytes of memory beside what small ones need: large ones wait for
   * each other. To be called at most once, before the memory is used.
   */
  claim(bytes: number): Promise<void>;
}

/** What runs apart: a function that a module exports. Input and value are plain data. */
export type TaskFunction<Input = never, Value = unknown> = (
  input: Input,
  source: TaskSource,
) => Promise<{ readonly value: Value; readonly files?: readonly Uint8Array[] }>;

/** Names such a function without loading its module, which only the child does. */
export interface Task<F extends TaskFunction> {
  /** As `import.meta.url` writes it. */
  readonly module: string;
  readonly name: string;
  /** Never there; it carries the types. */
  readonly types?: F;
}

export type InputOf<F extends TaskFunction> = Parameters<F>[0];
export type ValueOf<F extends TaskFunction> = Awaited<ReturnType<F>>['value'];

export interface RunOptions {
  readonly source?: Source;
  /** After so long the child is killed; 30 s unless told. */
  readonly limitMs?: number;
  /** `refuse`: throws `SandboxBusy` when too many wait already. `wait` (unless told): stands in line. */
  readonly whenBusy?: 'wait' | 'refuse';
  /** Others go first, and always find a place. */
  readonly isPatient?: boolean;
}

/**
 * Runs work on bytes of unknown origin in processes of their own, so that what kills, stops or fills such
 * a process costs this one piece of work and nothing else.
 */
export interface Sandbox {
  /**
   * Runs a task. Rejects with the task's own `Problem` or error; `TaskDied` when its child died, twice;
   * `SandboxBusy`; `SandboxClosed`.
   */
  run<F extends TaskFunction>(
    task: Task<F>,
    input: InputOf<F>,
    options?: RunOptions,
  ): Promise<{ value: ValueOf<F>; files: Buffer[] }>;
  /** Process ids of the children that live now. */
  pids(): number[];
  /** Ends all children; what they were doing rejects with `SandboxClosed`. */
  close(): Promise<void>;
}

export type Death = 'crashed' | 'too_slow' | 'too_large';

/** The child died of this task, and so did a fresh one. */
export class TaskDied extends Error {
  readonly death: Death;

  constructor(death: Death, detail: string) {
    super(`the process that ran it ${detail}`);
    this.name = 'TaskDied';
    this.death = death;
  }
}

export class SandboxBusy extends Error {
  constructor() {
    super('too many tasks wait already');
    this.name = 'SandboxBusy';
  }
}

export class SandboxClosed extends Error {
  constructor() {
    super('the sandbox is closed');
    this.name = 'SandboxClosed';
  }
}
