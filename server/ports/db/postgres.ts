import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Db, Flavour, Param, QueryOptions, TouchListener, Transaction } from './db.ts';
import { DbUnavailable, isStalePlan } from './errors.ts';
import { translate } from './errors-from-pg.ts';
import { GatheringSocket } from './gathering-socket.ts';
import { Lanes } from './lanes.ts';
import { Listener } from './listener.ts';
import { type Encoded, OpenTransaction } from './open-transaction.ts';
import { StatementNames } from './statement-names.ts';
import { Touched } from './touched.ts';
import { encode, readers } from './values.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:5432/database`, or with `?host=/folder` for a Unix socket. */
  readonly url: string;
  /** All connections together, at least 2; one for `listen` comes on top. */
  readonly maxConnections: number;
  /** What PostgreSQL's activity view shows. */
  readonly applicationName: string;
  /** After so long PostgreSQL ends a statement (57014). */
  readonly statementTimeoutMs: number;
  /** How long a statement waits to get, or open, a connection; 5 s unless told. */
  readonly connectTimeoutMs?: number;
  readonly log: { warn(details: object, message: string): void };
}

const TRIES_MAX = 4;
/** An answer that is so late after PostgreSQL should have ended the statement never comes. */
const LATE_ANSWER_MS = 5000;
const CLOSE_MS = 5000;
/** A transaction whose code waits for something else this long loses its connection and its locks. */
const IDLE_IN_TRANSACTION_MS = 30_000;
const IDLE_CONNECTION_MS = 300_000;

/** Opens nothing yet: the first statement does. */
export function openPostgres(options: PostgresOptions): Db {
  return new Postgres(options);
}

class Postgres implements Db {
  readonly #names = new StatementNames();
  readonly #sockets = new Set<Socket>();
  /** When each transaction that waits for a connection began to, in their order. */
  readonly #waiting = new Set<{ readonly since: number }>();
  readonly #connect: pg.ClientConfig;
  readonly #lanes: Lanes;
  readonly #pool: pg.Pool;
  readonly #listener: Listener;
  readonly #log: PostgresOptions['log'];
  readonly touched = new Touched();
  #flavour: Promise<Flavour> | undefined;

  constructor(options: PostgresOptions) {
    const waitMs = options.connectTimeoutMs ?? 5000;
    this.#log = options.log;
    this.#connect = {
      connectionString: options.url,
      application_name: options.applicationName,
      connectionTimeoutMillis: waitMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      types: readers,
      pipeline: true,
      stream: () => this.#socket(),
    };
    const limited: pg.ClientConfig = {
      ...this.#connect,
      statement_timeout: options.statementTimeoutMs,
      query_timeout: options.statementTimeoutMs + LATE_ANSWER_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    };
    const lost = (error: unknown) =>
      options.log.warn({ err: translate(error) }, 'lost a connection to the database');
    // Statements pack onto a few connections, transactions hold one each.
    const shared = Math.max(1, Math.floor(options.maxConnections / 3));
    this.#lanes = new Lanes({ connect: limited, connections: shared, waitMs, lost });
    this.#pool = new pg.Pool({
      ...limited,
      max: Math.max(1, options.maxConnections - shared),
      idleTimeoutMillis: IDLE_CONNECTION_MS,
    });
    this.#pool.on('error', lost);
    // The pool hears the errors of idle clients alone; a client whose errors nobody hears ends the process.
    this.#pool.on('connect', (client) => client.on('error', lost));
    this.#listener = new Listener(this.#connect, lost);
  }

  async query<Row extends object>(
    text: string,
    params: readonly Param[] = [],
    options?: QueryOptions,
  ): Promise<Row[]> {
    const values = params.map(encode);
    try {
      return (await this.#lanes.run(this.#statement(text, values, options))).rows;
    } catch (error) {
      const told = translate(error);
      if (!isStalePlan(told)) throw told;
    }
    this.#names.forget(text);
    try {
      return (await this.#lanes.run(this.#statement(text, values, options))).rows;
    } catch (error) {
      throw translate(error);
    }
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const client = await this.#checkOut();
      const tx = new OpenTransaction(this, client, (text, values, options) =>
        this.#statement(text, values, options),
      );
      try {
        return await tx.run(work);
      } catch (error) {
        const stale = tx.conflict !== undefined && isStalePlan(tx.conflict.error);
        if (stale) this.#names.forget(tx.conflict?.text ?? '');
        if (tx.conflict === undefined || attempt === TRIES_MAX) throw error;
      }
      await pause(Math.random() * 10 * 2 ** attempt);
    }
  }

  async script(text: string): Promise<void> {
    const client = new pg.Client({ ...this.#connect, pipeline: false });
    // The statement under way is told of it, too.
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query(text);
    } catch (error) {
      throw translate(error);
    } finally {
      await client.end();
    }
  }

  async listen(
    channel: string,
    hear: (payload: string) => void,
    again?: () => void,
  ): Promise<() => Promise<void>> {
    try {
      return await this.#listener.listen(channel, { hear, again });
    } catch (error) {
      throw translate(error);
    }
  }

  onTouch(listener: TouchListener): () => void {
    return this.touched.listen(listener);
  }

  touchLoosely(...keys: readonly string[]): void {
    this.touched.tellLoosely(new Set(keys));
  }

  async shareTouches(): Promise<void> {
    await this.touched.share({ db: this, log: this.#log });
  }

  get hearsTouches(): boolean {
    return this.touched.trusted;
  }

  get waitingMs(): number {
    const [first] = this.#waiting;
    return Math.max(this.#lanes.waitingMs, first ? performance.now() - first.since : 0);
  }

  async ping(timeoutMs: number): Promise<void> {
    const late = new AbortController();
    const timeout = pause(timeoutMs, undefined, { signal: late.signal }).then(
      () => Promise.reject(new DbUnavailable(`no answer in ${timeoutMs} ms`)),
      () => undefined, // answered in time
    );
    try {
      await Promise.race([this.query('select 1'), timeout]);
    } finally {
      late.abort();
    }
  }

  flavour(): Promise<Flavour> {
    this.#flavour ??= this.#askFlavour();
    return this.#flavour;
  }

  async close(): Promise<void> {
    const late = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, CLOSE_MS);
    this.touched.close();
    await Promise.all([this.#lanes.close(), this.#pool.end(), this.#listener.close()]);
    clearTimeout(late);
  }

  async #askFlavour(): Promise<Flavour> {
    try {
      const rows = await this.query(`select from pg_extension where extname = 'citus'`);
      return rows.length > 0 ? 'citus' : 'postgres';
    } catch (error) {
      this.#flavour = undefined;
      throw error;
    }
  }

  async #checkOut(): Promise<pg.PoolClient> {
    const wait = { since: performance.now() };
    this.#waiting.add(wait);
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw translate(error);
    } finally {
      this.#waiting.delete(wait);
    }
  }

  #statement(text: string, values: Encoded, options: QueryOptions | undefined): pg.QueryConfig {
    const name = options?.prepare === false ? undefined : this.#names.nameOf(text);
    return name === undefined ? { text, values } : { name, text, values };
  }

  #socket(): Socket {
    const socket = new GatheringSocket();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}
