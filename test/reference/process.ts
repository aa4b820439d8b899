/** One process's worth of the server: its own memory and connections, beside others on one database. */
import assert from 'node:assert/strict';
import { pino } from 'pino';
import type { PersonId, SessionId } from '../../api/ids.ts';
import type { DataOf, ParamsOf, QueryOf, Route } from '../../api/route.ts';
import { readConfig } from '../../server/config.ts';
import type { Context } from '../../server/context.ts';
import type { Clock } from '../../server/kernel/clock.ts';
import type { Page } from '../../server/kernel/cursor.ts';
import { createIdSource } from '../../server/kernel/ids.ts';
import { Problem } from '../../server/kernel/problem.ts';
import type { BoundRoute, Call } from '../../server/kernel/route.ts';
import { type House, openHouse } from '../../server/open.ts';
import type { NewJob, TaskHandler } from '../../server/ports/jobs/jobs.ts';
import { allRoutes } from '../../server/roles/api.ts';
import { startWorker } from '../../server/roles/worker.ts';
import { within } from '../within.ts';
import { deliverers } from './deliveries.ts';
import { addressOf, Door } from './door.ts';
import type { KeptJobs } from './kept-jobs.ts';
import { Plug } from './plug.ts';
import { GUEST } from './reference.ts';

const BOUND = new Map<Route, BoundRoute>(allRoutes.map((bound) => [bound.contract, bound]));

/** What a request asks for, past HTTP: validation and sessions have tests of their own. */
export interface Wish<R extends Route = Route> {
  readonly params?: ParamsOf<R>;
  readonly query?: QueryOf<R>;
  readonly body?: object;
  readonly role?: 'member' | 'admin';
}

type ListRoute = Route & { readonly list: true };
type ItemOf<R extends Route> = DataOf<R> extends (infer Item)[] ? Item : never;

/** Refused: the code of the problem. */
export type Answer<T> = { readonly answer: T } | { readonly refused: string };

export interface ProcessPlace {
  readonly url: string;
  readonly dataDir: string;
  readonly clock: Clock;
  /** null: the real queue, and the ids of a real process. */
  readonly jobs: KeptJobs | null;
  /** Its number among all processes that make ids on this database. */
  readonly worker: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly outside: Outside;
}

/** What came in over HTTP, and how much of it the fast lane answered. */
export interface Outside {
  pages: number;
  fast: number;
}

/**
 * How a page is asked for: by calling what is behind its route; over HTTP as anyone would; or over HTTP in
 * every way that there is, which must all come to the same.
 */
export type Way = 'call' | 'http' | 'every';

/** How a job went. */
export type JobEnd = 'done' | 'killed';

export class Process {
  readonly ctx: Context;
  readonly #house: House;
  readonly #plug: Plug;
  readonly #handlers = new Map<string, TaskHandler>();
  readonly #outside: Outside;
  /** Nothing happens on its database but by command: what is asked for twice is the same. */
  readonly #isStill: boolean;
  #door: Promise<Door> | undefined;

  private constructor(house: House, { clock, jobs, worker, outside }: ProcessPlace) {
    this.#house = house;
    this.#outside = outside;
    this.#isStill = jobs !== null;
    this.#plug = new Plug(house.ctx.db, (added) => jobs?.add(added));
    const seen: Context = { ...house.ctx, db: this.#plug, replica: this.#plug };
    if (!jobs) {
      this.ctx = seen;
      return;
    }
    const lease = { worker, fromMs: 0, untilMs: () => Number.POSITIVE_INFINITY, renew() {} };
    this.ctx = {
      ...seen,
      clock,
      ids: createIdSource(lease, () => clock.millis()),
      jobs: jobs.port(this.#plug, this.#handlers),
    };
  }

  static async open(place: ProcessPlace): Promise<Process> {
    const settings = {
      DATA_DIR: place.dataDir,
      DATABASE_URL: place.url,
      BUS_URL: 'postgres:',
      LIMITS: 'off',
      OVERLOAD: 'off',
      AVIF: 'off',
      FFMPEG: 'off',
      DB_CONNECTIONS: '8',
      ...place.settings,
    };
    const config = readConfig(settings, place.dataDir);
    const opened = new Process(await openHouse(config, pino({ level: 'silent' })), place);
    if (place.jobs) await opened.#startWorker();
    return opened;
  }

  /** Whose deliveries wait to be asked for, as its jobs do. */
  async #startWorker(): Promise<void> {
    await startWorker(this.ctx, () => ({ stop: async () => {} }));
    for (const [task, handle] of Object.entries(deliverers(this.ctx))) {
      this.#handlers.set(task, handle);
    }
  }

  async close(): Promise<void> {
    await (await this.#door)?.close();
    await this.#house.close();
  }

  /** Asks a route as somebody; a problem of the server's own is none of the answers. */
  async ask<R extends Route>(
    contract: R,
    who: PersonId,
    wish: Wish<R>,
  ): Promise<Answer<R extends ListRoute ? Page<ItemOf<R>> : DataOf<R>>> {
    const bound = BOUND.get(contract);
    if (!bound) throw new Error(`${contract.name} is not bound`);
    const { params = {}, query = {}, body = {}, role = 'member' } = wish;
    const viewer = who === GUEST ? null : { personId: who, sessionId: '1' as SessionId, role };
    const call = { viewer, params, query, body, idempotencyKey: null, device: '', origin: '' };
    try {
      // Safe: none of the routes asked here reads or writes the cookie.
      const answer = await bound.handle(this.ctx, call as unknown as Call<Route>);
      return { answer: answer as R extends ListRoute ? Page<ItemOf<R>> : DataOf<R> };
    } catch (error) {
      if (error instanceof Problem && error.status < 500) return { refused: error.code };
      throw error;
    }
  }

  /**
   * A page as it comes over HTTP: the same texts from the fast lane, twice, so that what it keeps is asked
   * for, too, and from the ordinary route. Which posts it must show is for the caller to say.
   */
  async askOutside<R extends ListRoute>(
    contract: R,
    who: PersonId,
    { params = {} as ParamsOf<R>, query = {} as QueryOf<R> }: Wish<R>,
    way: Exclude<Way, 'call'>,
  ): Promise<Answer<Page<ItemOf<R>>>> {
    this.#door ??= Door.open(this.ctx);
    const door = await this.#door;
    const path = addressOf(contract, params, query);
    const first = await door.ask(who, path, 'lane');
    this.#outside.pages += 1;
    if (way === 'every' && this.#isStill) {
      const ordinary = await door.ask(who, path, 'ordinary');
      const again = await door.ask(who, path, 'lane');
      if (again.isFast) this.#outside.fast += 1;
      for (const { status, text } of [first, again]) {
        assert.equal(status, ordinary.status, path);
        if (status === 200) assert.equal(text, ordinary.text, `${path}: + the lane, - the route`);
      }
    }
    const { success, data, pagination, error } = JSON.parse(first.text);
    if (success) return { answer: { items: data, pagination } };
    assert.ok(first.status < 500, `${path}: ${first.text}`);
    return { refused: error.code };
  }

  /**
   * Runs jobs, all at once; `steps`: the process is killed after so many of all together, and then none
   * of them counts as done.
   */
  async run(jobs: readonly NewJob[], steps: number | null): Promise<JobEnd> {
    if (steps !== null) this.#plug.pullAfter(steps);
    const runs = jobs.map(async ({ task, payload }) => {
      const handle = this.#handlers.get(task);
      if (!handle) throw new Error(`nobody runs ${task}`);
      await handle(payload, new AbortController().signal);
    });
    const ended = await Promise.allSettled(runs);
    if (this.#plug.mend()) return 'killed';
    const failed = ended.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    return 'done';
  }

  /** Resolves when this process has heard of the touch, or that it may have missed some. */
  hears(mark: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = this.ctx.db.onTouch((keys) => {
      if (keys !== null && !keys.has(mark)) return;
      stop();
      resolve();
    });
    return within(promise, 'the other process hears of a touch');
  }

  /** All that is kept near is lost. */
  forget(): void {
    this.#plug.distrustAll();
  }
}
