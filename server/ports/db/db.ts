import type { Json } from './json.ts';

/**
 * What a statement may be given. Ids travel as decimal strings, times as Date, JSON as plain objects
 * (a JSON list or text as `json(value)`), bytes as Buffer, a list as a PostgreSQL array.
 */
export type Param =
  | string
  | number
  | bigint
  | boolean
  | Date
  | Uint8Array
  | null
  | Json
  | readonly Param[]
  | { readonly [key: string]: unknown };

export interface QueryOptions {
  /** False for a text that is made for one call, so that it does not fill the set of prepared ones. */
  readonly prepare?: boolean;
}

/** Plain PostgreSQL, or the coordinator of a Citus cluster. */
export type Flavour = 'postgres' | 'citus';

/** Something that runs SQL: the pool, a replica, or one transaction. */
export interface Queryable {
  /**
   * Runs one prepared statement with `$1`… parameters and gives its rows.
   * int8 and numeric come back as decimal strings, timestamptz as Date (its milliseconds), date as
   * `YYYY-MM-DD`, bytea as Buffer, jsonb parsed, arrays as lists.
   * Throws `DbError` (with the SQLSTATE) when PostgreSQL refuses, `DbUnavailable` when it cannot be reached.
   */
  query<Row extends object>(
    text: string,
    params?: readonly Param[],
    options?: QueryOptions,
  ): Promise<Row[]>;
  /** What the statements run on; asked once. */
  flavour(): Promise<Flavour>;
}

/**
 * Statements that do not need each other's answers may be started together (`Promise.all`): they are
 * sent at once and run in the order in which they were started.
 */
export interface Transaction extends Queryable {
  readonly inTransaction: true;
  /**
   * Says that what memory holds under these keys is not true any more once this commits. Listeners of
   * this process are told before `transaction` resolves; those of others within moments of the commit,
   * by a message that is part of it (one lock for all such commits: for what changes seldom).
   */
  touch(...keys: readonly string[]): void;
  /** The same for what changes often: others are told after the commit, and miss it when this process dies in that moment. */
  touchLoosely(...keys: readonly string[]): void;
  /**
   * Says what this adds to values, so that whoever holds them need not read them again; told as what is
   * touched loosely. Who holds one and cannot make the change takes it for touched, and so does everybody
   * when nobody knows whether this was kept.
   */
  announce(...announced: readonly Announcement[]): void;
}

/** A change of the values under several keys. */
export interface Announcement {
  /** What all of the keys begin with, as `home:`, and how each goes on (no spaces). */
  readonly kind: string;
  readonly ids: readonly string[];
  /**
   * In ASCII, as the holders of such values read it. It may come more than once, after changes that were
   * made later, and to a value that was read with it: then it must do no harm.
   */
  readonly change: string;
}

/** Hears which keys were touched (null: any may have been), and what was announced. */
export type TouchListener = (
  keys: ReadonlySet<string> | null,
  announced: readonly Announcement[],
) => void;

export interface Db extends Queryable {
  /**
   * Runs `work` in one transaction: commits when it resolves, rolls back when it rejects.
   * Deadlocks and serialization failures (40P01, 40001) are tried again up to three times, so `work`
   * must have no effect outside the database.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * Runs a script of several statements without parameters (migrations), on a connection of its own
   * without a time limit, as one transaction unless it says otherwise. Not for features.
   */
  script(text: string): Promise<void>;
  /** Hears NOTIFY on `channel` until the returned function is called; reconnects by itself. May miss messages. */
  listen(
    channel: string,
    hear: (payload: string) => void,
    /** The connection had been lost: something may have been missed. */
    again?: () => void,
  ): Promise<() => Promise<void>>;
  /** Hears what transactions touch, here and, after `shareTouches`, in other processes. */
  onTouch(listener: TouchListener): () => void;
  /** Tells of touched keys outside of a transaction, as `Transaction.touchLoosely` does. */
  touchLoosely(...keys: readonly string[]): void;
  /** From now on other processes on this database are told of touches, and heard. */
  shareTouches(): Promise<void>;
  /** False while this process may not hear the touches of others: then nothing in memory is to be believed. */
  readonly hearsTouches: boolean;
  /** Milliseconds that the statement or transaction that is first in line waits for a connection; 0 when none does. */
  readonly waitingMs: number;
  /** Resolves when the database answers `select 1` within `timeoutMs`; rejects with `DbUnavailable`. */
  ping(timeoutMs: number): Promise<void>;
  /** Waits for running statements (at most 5 s), then closes every connection. */
  close(): Promise<void>;
}
