import type pg from 'pg';
import { type Answer, type Asked, Batch } from './batch.ts';
import type { Announcement, Flavour, Param, QueryOptions, Transaction } from './db.ts';
import { DbError, DbUnavailable, isConflict, isStalePlan } from './errors.ts';
import { translate } from './errors-from-pg.ts';
import { keysOf, type Touched } from './touched.ts';
import { encode } from './values.ts';

export type Encoded = (string | Buffer | null)[];
export type MakeStatement = (
  text: string,
  values: Encoded,
  options: QueryOptions | undefined,
) => pg.QueryConfig;

/** What a transaction wants of the database that it runs on. */
interface Home {
  flavour(): Promise<Flavour>;
  readonly touched: Touched;
}

/** One transaction on a connection of its own, which it gives back at its end. */
export class OpenTransaction implements Transaction {
  readonly inTransaction = true;
  /** Why this transaction can succeed when it is run again, even if `work` hid the error. */
  conflict: { readonly error: unknown; readonly text: string } | undefined;
  readonly #db: Home;
  readonly #client: pg.PoolClient;
  readonly #statement: MakeStatement;
  readonly #touched = new Set<string>();
  readonly #touchedLoosely = new Set<string>();
  readonly #announced: Announcement[] = [];
  /** What was started in this go of the program. */
  #asked: Asked[] = [];
  #over = false;
  #cut = false;

  constructor(db: Home, client: pg.PoolClient, statement: MakeStatement) {
    this.#db = db;
    this.#client = client;
    this.#statement = statement;
  }

  async run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      // Not awaited yet: the first statements travel with it.
      const begun = this.#ask('begin');
      const worked = (async () => work(this))();
      const [, result] = await Promise.all([begun, worked]);
      this.#over = true;
      const { command } = await this.#commit();
      if (command !== 'COMMIT') {
        // PostgreSQL answers a commit after a failed statement with a rollback, and no error.
        throw new DbError('25P02', 'a statement failed, so nothing was kept', undefined, undefined);
      }
      this.#client.release();
      return result;
    } catch (error) {
      this.#over = true;
      await this.#rollBack();
      throw error;
    }
  }

  async query<Row extends object>(
    text: string,
    params: readonly Param[] = [],
    options?: QueryOptions,
  ): Promise<Row[]> {
    if (this.#over) throw new TypeError('a statement was started after its transaction had ended');
    const { rows } = await this.#ask(text, params.map(encode), options);
    return rows as Row[];
  }

  flavour(): Promise<Flavour> {
    return this.#db.flavour();
  }

  touch(...keys: readonly string[]): void {
    for (const key of keys) this.#touched.add(key);
  }

  touchLoosely(...keys: readonly string[]): void {
    for (const key of keys) this.#touchedLoosely.add(key);
  }

  announce(...announced: readonly Announcement[]): void {
    for (const one of announced) if (one.ids.length > 0) this.#announced.push(one);
  }

  /** The message to other processes is part of the transaction, and travels with the commit. */
  async #commit(): Promise<Answer> {
    const { touched } = this.#db;
    const notice = touched.notice(this.#touched);
    let kept = false;
    try {
      const told = notice && this.#ask(notice.text, notice.values.map(encode));
      const [committed] = await Promise.all([this.#ask('commit'), told]);
      kept = committed.command === 'COMMIT';
      return committed;
    } finally {
      // Also when nobody knows whether it was kept.
      touched.tellHere(this.#touched);
      if (kept) touched.tellLoosely(this.#touchedLoosely, this.#announced);
      else touched.tellLoosely(new Set([...this.#touchedLoosely, ...keysOf(this.#announced)]));
    }
  }

  async #ask(text: string, values: Encoded = [], options?: QueryOptions): Promise<Answer> {
    const { name } = this.#statement(text, values, options);
    try {
      return await new Promise((resolve, reject) => {
        if (this.#asked.length === 0) process.nextTick(() => this.#flush());
        this.#asked.push({ name, text, values, resolve, reject });
      });
    } catch (error) {
      const told = translate(error);
      if (told instanceof DbUnavailable) this.#cut = true;
      if (isConflict(told) || isStalePlan(told)) {
        this.conflict ??= { error: told, text };
      }
      throw told;
    }
  }

  #flush(): void {
    if (this.#asked.length === 0) return;
    this.#client.query(new Batch(this.#asked));
    this.#asked = [];
  }

  async #rollBack(): Promise<void> {
    // A batch ends where a statement fails, and this must not be behind that.
    this.#flush();
    // PostgreSQL rolls back what loses its connection; the pool must not give that one out again.
    if (this.#cut) return this.#client.release(true);
    try {
      await this.#ask('rollback');
      this.#client.release();
    } catch {
      this.#client.release(true); // lost just now: the caller is told what happened before that
    }
  }
}
