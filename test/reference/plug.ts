/** A database whose plug can be pulled, so that a process dies at any statement, and goes on after it. */
import type {
  Db,
  Flavour,
  Param,
  QueryOptions,
  TouchListener,
  Transaction,
} from '../../server/ports/db/db.ts';
import type { NewJob } from '../../server/ports/jobs/jobs.ts';
import { Tidings } from './deliveries.ts';

/** What a process meets when it is dead. */
export class Unplugged extends Error {}

/** The jobs of a transaction exist when it commits, and only then. */
export interface GuardedTransaction extends Transaction {
  readonly jobs: NewJob[];
}

export class Plug implements Db {
  readonly #real: Db;
  readonly #addJobs: (jobs: readonly NewJob[]) => void;
  readonly #listeners = new Set<TouchListener>();
  readonly #tidings = new Tidings();
  #left = Number.POSITIVE_INFINITY;

  constructor(real: Db, addJobs: (jobs: readonly NewJob[]) => void) {
    this.#real = real;
    this.#addJobs = addJobs;
  }

  /** After so many more steps (statements, begins, ends of transactions) none is taken. */
  pullAfter(steps: number): void {
    this.#left = steps;
  }

  /** True when it was pulled in the meantime. */
  mend(): boolean {
    const pulled = this.#left < 0;
    this.#left = Number.POSITIVE_INFINITY;
    return pulled;
  }

  step(): void {
    this.#left -= 1;
    if (this.#left < 0) throw new Unplugged('killed');
  }

  async query<Row extends object>(
    text: string,
    params?: readonly Param[],
    options?: QueryOptions,
  ): Promise<Row[]> {
    this.step();
    return this.#real.query<Row>(text, params, options);
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    this.step();
    let jobs: NewJob[] = [];
    let touched = new Set<string>();
    const result = await this.#real.transaction((tx) => {
      jobs = [];
      touched = new Set();
      return work(this.#guard(tx, jobs, touched));
    });
    this.#addJobs(jobs);
    // What is committed stays, whether or not the process lives to know of it, and to tell.
    this.step();
    this.#addJobs(this.#tidings.of(touched));
    return result;
  }

  #guard(tx: Transaction, jobs: NewJob[], touched: Set<string>): GuardedTransaction {
    const note = (keys: readonly string[]) => {
      for (const key of keys) touched.add(key);
    };
    return {
      inTransaction: true,
      jobs,
      query: async <Row extends object>(
        text: string,
        params?: readonly Param[],
        options?: QueryOptions,
      ) => {
        this.step();
        return tx.query<Row>(text, params, options);
      },
      flavour: () => tx.flavour(),
      touch(...keys) {
        note(keys);
        tx.touch(...keys);
      },
      touchLoosely(...keys) {
        note(keys);
        tx.touchLoosely(...keys);
      },
      announce: (...announced) => tx.announce(...announced),
    };
  }

  flavour(): Promise<Flavour> {
    return this.#real.flavour();
  }

  script(text: string): Promise<void> {
    return this.#real.script(text);
  }

  listen(channel: string, hear: (payload: string) => void, again?: () => void) {
    return this.#real.listen(channel, hear, again);
  }

  onTouch(listener: TouchListener): () => void {
    const stop = this.#real.onTouch(listener);
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      stop();
    };
  }

  /** As after a lost connection: anything may have been touched. */
  distrustAll(): void {
    for (const listener of this.#listeners) listener(null, []);
  }

  touchLoosely(...keys: readonly string[]): void {
    this.#real.touchLoosely(...keys);
  }

  shareTouches(): Promise<void> {
    return this.#real.shareTouches();
  }

  get waitingMs(): number {
    return this.#real.waitingMs;
  }

  get hearsTouches(): boolean {
    return this.#real.hearsTouches;
  }

  ping(timeoutMs: number): Promise<void> {
    return this.#real.ping(timeoutMs);
  }

  close(): Promise<void> {
    return this.#real.close();
  }
}
