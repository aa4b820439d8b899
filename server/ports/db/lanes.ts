import pg from 'pg';
import { DbUnavailable } from './errors.ts';

/** Statements that may be under way on one connection; past 8 more gain nothing (bench/driver.ts). */
const DEPTH = 16;
/** A connection that has answered nothing for so long gets new statements only when all others are full. */
const SLOW_MS = 20;

interface Lane {
  readonly client: pg.Client;
  readonly opened: Promise<unknown>;
  open: boolean;
  running: number;
  /** When it last answered, or went from idle to busy. */
  heard: number;
}

interface Waiter {
  readonly since: number;
  take(lane: Lane): void;
  giveUp(error: DbUnavailable): void;
  readonly timer: NodeJS.Timeout;
}

export interface LanesOptions {
  readonly connect: pg.ClientConfig;
  readonly connections: number;
  readonly waitMs: number;
  lost(error: Error): void;
}

/**
 * Connections that single statements share: a statement is sent without waiting for the answers to
 * those before it. Statements here are transactions of their own, so their order means nothing.
 */
export class Lanes {
  readonly #options: LanesOptions;
  readonly #lanes = new Set<Lane>();
  readonly #waiters: Waiter[] = [];
  #closed = false;

  constructor(options: LanesOptions) {
    this.#options = options;
  }

  async run(statement: pg.QueryConfig): Promise<pg.QueryResult> {
    const lane = this.#reserve() ?? (await this.#turn());
    try {
      if (!lane.open) await lane.opened;
      return await lane.client.query(statement);
    } finally {
      lane.running -= 1;
      lane.heard = performance.now();
      this.#wake();
    }
  }

  /** Milliseconds that the statement that is first in line waits; 0 when none does. */
  get waitingMs(): number {
    const first = this.#waiters[0];
    return first ? performance.now() - first.since : 0;
  }

  /** Waits for the statements under way, then closes. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const waiter of this.#waiters.splice(0)) waiter.giveUp(closed());
    await Promise.all([...this.#lanes].map((lane) => lane.client.end()));
  }

  /** A place on a connection, or undefined when all are taken or others wait already. */
  #reserve(): Lane | undefined {
    if (this.#closed) throw closed();
    const lane = this.#waiters.length > 0 ? undefined : this.#pick();
    return lane && take(lane);
  }

  #pick(): Lane | undefined {
    let best: Lane | undefined;
    let least = Number.POSITIVE_INFINITY;
    let now = 0;
    for (const lane of this.#lanes) {
      if (lane.running === 0) return lane;
      if (lane.running >= DEPTH) continue;
      now ||= performance.now();
      const load = lane.running + (now - lane.heard > SLOW_MS ? DEPTH : 0);
      if (load < least) {
        best = lane;
        least = load;
      }
    }
    return this.#lanes.size < this.#options.connections ? this.#add() : best;
  }

  #add(): Lane {
    const client = new pg.Client(this.#options.connect);
    const lane: Lane = { client, opened: client.connect(), open: false, running: 0, heard: 0 };
    this.#lanes.add(lane);
    client.on('error', (error) => {
      this.#lanes.delete(lane);
      this.#options.lost(error);
    });
    client.on('end', () => this.#lanes.delete(lane));
    lane.opened.then(
      () => {
        lane.open = true;
      },
      // Told to everyone who waits for `opened`; here only, the next statement opens another one.
      () => this.#lanes.delete(lane),
    );
    return lane;
  }

  #turn(): Promise<Lane> {
    return new Promise((resolve, reject) => {
      const giveUp = (error: DbUnavailable) => {
        clearTimeout(waiter.timer);
        reject(error);
      };
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(new DbUnavailable(`no connection came free in ${this.#options.waitMs} ms`));
      }, this.#options.waitMs);
      const waiter: Waiter = { since: performance.now(), take: resolve, giveUp, timer };
      this.#waiters.push(waiter);
    });
  }

  #wake(): void {
    if (this.#closed || this.#waiters.length === 0) return;
    const lane = this.#pick();
    const waiter = lane && this.#waiters.shift();
    if (lane === undefined || waiter === undefined) return;
    clearTimeout(waiter.timer);
    waiter.take(take(lane));
  }
}

function take(lane: Lane): Lane {
  if (lane.running === 0) lane.heard = performance.now();
  lane.running += 1;
  return lane;
}

function closed(): DbUnavailable {
  return new DbUnavailable('the database was closed');
}
