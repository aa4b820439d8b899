import type { IncomingMessage } from 'node:http';
import type { Context } from '../../context.ts';
import { perContext } from '../../kernel/near-cache.ts';
import { CLASSES, classOfRequest, type WorkClass } from './classes.ts';
import { Clients } from './clients.ts';
import { INTERVAL_MS, StandingDelay, Turns } from './delay.ts';
import { Limit } from './limit.ts';

/** How often is looked at what waits, while there are requests. */
const TICK_MS = 10;
/** While a queue stands, no request is taken that has waited longer; of lesser classes, a share of it. */
const PATIENCE_MS = 40;
/** The share of the room, in time and in number, up to which each class is taken. */
const SHARES: Readonly<Record<WorkClass, number>> = {
  read: 1,
  keep: 0.85,
  write: 0.7,
  list: 0.55,
  count: 0.4,
};
const SHARE_MIN = SHARES.count;
/** So few make no queue: somebody else takes the processor, and refusing them would not help. */
const QUEUE_MIN = 64;
/** Seconds after which to come back; they take turns, so that not all come back at once. */
const RETRY_SECONDS = [1, 2, 3];
/** After so long without a refusal, an overload is over. */
const CALM_MS = 1000;
/** Without requests for so long, nothing is watched. */
const IDLE_MS = 200;

export interface Refusal {
  /** `too_many_requests` when one client alone asks for at least half of everything. */
  readonly code: 'overloaded' | 'too_many_requests';
  /** Seconds. */
  readonly retryAfter: number;
}

export interface AdmissionOptions {
  /** The most reads that are worked on at once; with lesser requests, twice as many. */
  readonly bound: number;
  /** How long the longest-waiting statement waits for a connection, in milliseconds. */
  readonly waitingMs: () => number;
  /** Whether `X-Forwarded-For` is written by a proxy of ours. */
  readonly behindProxy: boolean;
  readonly log: Pick<Context['log'], 'warn' | 'info'>;
  /** Milliseconds that only grow. */
  readonly now?: () => number;
  /** Calls back when the event loop's turn is over. */
  readonly atEnd?: (end: () => void) => void;
}

type Asked = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'socket'>;

/**
 * Decides which requests are taken, so that a server that is asked for more than it can do does what it
 * can: bounded queues, refusals at once, the most wanted first. See docs/decisions/0022-overload.md.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #now: () => number;
  readonly #limit: Limit;
  readonly #turns: Turns;
  readonly #delay = new StandingDelay();
  readonly #clients: Clients;
  /** Requests that are worked on, by class. */
  readonly #underWay = CLASSES.map(() => 0);
  #count = 0;
  #peak = 0;
  #timer: NodeJS.Timeout | undefined;
  #ticked = 0;
  #adapted = 0;
  #arrived = 0;
  /** Of the present overload, by class; null when there is none. */
  #refused: { readonly since: number; last: number; readonly of: Map<WorkClass, number> } | null =
    null;
  #retry = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#limit = new Limit(options.bound);
    this.#turns = new Turns(this.#now, options.atEnd);
    this.#clients = new Clients(options.behindProxy);
  }

  /** Whether work has been waiting for longer than is good, all the time. */
  get isLate(): boolean {
    return this.#delay.stands;
  }

  /** Requests that are worked on now. */
  get underWay(): number {
    return this.#count;
  }

  /** Requests that may be worked on at once, as of now. */
  get limit(): number {
    return this.#limit.value;
  }

  /** What somebody who looks after the server should know, or null. */
  get warning(): string | null {
    if (this.#refused === null) return null;
    const sum = [...this.#refused.of.values()].reduce((total, n) => total + n, 0);
    return `more is asked than can be done: ${sum} requests were refused`;
  }

  /** A request has come; ahead of everything that answers it. What came too late is refused. */
  refuseLate(request: Asked): Refusal | null {
    const now = this.#now();
    const waited = this.#turns.arrive(now);
    this.#arrived = now;
    if (this.#timer === undefined) this.#watch(now);
    if (!this.#delay.stands || waited < SHARE_MIN * PATIENCE_MS) return null;
    if (this.#turns.requests + this.#count <= QUEUE_MIN) return null;
    return this.#judge(request, () => waited / PATIENCE_MS);
  }

  /** A request that no fast lane could answer; what is too much at once is refused. */
  refuseMany(request: Asked): Refusal | null {
    const limit = this.#limit.value;
    if (this.#count < SHARE_MIN * limit) return null;
    return this.#judge(request, (place) => Math.max(this.#upTo(place), this.#count / 2) / limit);
  }

  /** The work on a request begins, with its body there; to be called back once when it ends. */
  begin(workClass: WorkClass): () => void {
    const place = CLASSES.indexOf(workClass);
    this.#underWay[place] = (this.#underWay[place] ?? 0) + 1;
    this.#count += 1;
    this.#peak = Math.max(this.#peak, this.#count);
    return () => {
      this.#underWay[place] = (this.#underWay[place] ?? 0) - 1;
      this.#count -= 1;
    };
  }

  /** Looks at what waits; by itself every 10 ms while there are requests. */
  tick(): void {
    const now = this.#now();
    const late = Math.max(0, now - this.#ticked - TICK_MS);
    const turn = this.#turns.latest(this.#ticked);
    this.#ticked = now;
    this.#delay.look(Math.max(late, turn, this.#options.waitingMs()), now);
    this.#clients.tick(now);
    if (now - this.#adapted >= INTERVAL_MS) {
      this.#limit.adapt(this.#delay.stands, this.#peak);
      this.#peak = this.#count;
      this.#adapted = now;
    }
    if (this.#refused && now - this.#refused.last > CALM_MS) this.#tellOver(now);
    const idle = now - this.#arrived > IDLE_MS && this.#count === 0 && this.#refused === null;
    if (idle && !this.#delay.stands && this.#limit.value === this.#limit.bound) this.stop();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #watch(now: number): void {
    this.#ticked = now;
    this.#adapted = now;
    this.#timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  /** Work of this class and of those before it: the lesser ones must not stand in the way of others. */
  #upTo(place: number): number {
    let sum = 0;
    for (let at = 0; at <= place; at += 1) sum += this.#underWay[at] ?? 0;
    return sum;
  }

  #judge(request: Asked, pressureAt: (place: number) => number): Refusal | null {
    const workClass = classOfRequest(request.method ?? 'GET', request.url ?? '/');
    if (workClass === null) return null;
    const isAlone = this.#clients.isAlone(request);
    const share = isAlone ? SHARE_MIN : SHARES[workClass];
    const place = isAlone ? CLASSES.length - 1 : CLASSES.indexOf(workClass);
    if (pressureAt(place) < share) return null;
    this.#note(workClass);
    this.#retry = (this.#retry + 1) % RETRY_SECONDS.length;
    return {
      code: isAlone ? 'too_many_requests' : 'overloaded',
      retryAfter: RETRY_SECONDS[this.#retry] ?? 1,
    };
  }

  #note(workClass: WorkClass): void {
    const now = this.#now();
    if (this.#refused === null) {
      this.#refused = { since: now, last: now, of: new Map() };
      this.#options.log.warn(
        { first: workClass, under_way: this.#count, limit: Math.round(this.#limit.value) },
        'more is asked than can be done: requests are refused',
      );
    }
    this.#refused.last = now;
    this.#refused.of.set(workClass, (this.#refused.of.get(workClass) ?? 0) + 1);
  }

  #tellOver(now: number): void {
    if (this.#refused === null) return;
    const { since, of } = this.#refused;
    this.#refused = null;
    this.#options.log.info(
      { refused: Object.fromEntries(of), ms: Math.round(now - since) },
      'everything that is asked can be done again',
    );
  }
}

/** The admission of this process; null where it is turned off. */
export const admissionOf = perContext<{ readonly admission: Admission | null }>((ctx) => {
  const { overload: bound, trustedProxies } = ctx.config;
  if (bound === null) return { admission: null };
  const waitingMs = () => ctx.db.waitingMs;
  const behindProxy = trustedProxies.length > 0;
  return { admission: new Admission({ bound, waitingMs, behindProxy, log: ctx.log }) };
});
