import { LRUCache } from 'lru-cache';
import type { Context } from '../context.ts';
import { noteRead } from './reads.ts';

/** What is asked of one owner. */
export interface Asked<Owner, Id> {
  readonly owner: Owner;
  readonly ids: readonly Id[];
}

export type Found<Owner, Id, Fact> = ReadonlyMap<Owner, ReadonlyMap<Id, Fact>>;

export interface NearFactsOptions<Owner extends string, Id extends string, Fact> {
  /** At most so many facts of all owners together; the owner least recently asked about leaves first. */
  readonly max: number;
  /** After so long all facts of an owner are loaded anew, touched or not. */
  readonly ttlMs: number;
  /** The key of `touch-keys.ts` that all facts of an owner depend on. */
  readonly keyOf: (owner: Owner) => string;
  /** What holds where `load` finds nothing; remembered, too. */
  readonly absent: Fact;
  /** Loads facts of several owners, each of whom is there once, in one go. */
  readonly load: (asked: readonly Asked<Owner, Id>[]) => Promise<Found<Owner, Id, Fact>>;
  /** False: nothing is kept, each question goes to the database. */
  readonly keeps: boolean;
}

/** What is near of one owner until a touch, or age, takes it away as a whole. */
interface Held<Id, Fact> {
  readonly facts: Map<Id, Fact>;
  readonly flights: Map<Id, Promise<void>>;
}

interface Wanted<Owner, Id, Fact> extends Asked<Owner, Id> {
  readonly held: Held<Id, Fact>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Owners of one statement. */
const BATCH = 32;
/** Who has looked at more than this begins anew. */
const FACTS_OF_ONE_MAX = 10_000;
const OWNERS_MAX = 100_000;

/**
 * What stands between an owner (a viewer) and others, kept near by this process: filled as it is asked
 * for, all that is missed in one turn of the event loop in one load for all owners, and gone as a whole
 * the moment a transaction touches the owner's key, here or in another process. What was read before a
 * touch is never kept after it: it lands in a map that nobody finds any more.
 */
export class NearFacts<Owner extends string, Id extends string, Fact> {
  readonly #options: NearFactsOptions<Owner, Id, Fact>;
  readonly #trusted: () => boolean;
  readonly #held: LRUCache<string, Held<Id, Fact>>;
  #size = 0;
  #wanted: Wanted<Owner, Id, Fact>[] = [];

  constructor(ctx: Pick<Context, 'db' | 'clock'>, options: NearFactsOptions<Owner, Id, Fact>) {
    this.#options = options;
    this.#trusted = () => options.keeps && ctx.db.hearsTouches;
    this.#held = new LRUCache({
      max: OWNERS_MAX,
      ttl: options.ttlMs,
      perf: { now: () => ctx.clock.millis() },
      dispose: ({ facts }) => {
        this.#size -= facts.size;
      },
    });
    const kind = options.keyOf('' as Owner);
    ctx.db.onTouch((keys, announced) => {
      this.#forget(keys);
      for (const one of announced)
        if (one.kind === kind) for (const id of one.ids) this.#held.delete(kind + id);
    });
  }

  /** All that is here now of an owner, without waiting; an id that is not in it is not known. */
  peek(owner: Owner): ReadonlyMap<Id, Fact> | undefined {
    const key = this.#options.keyOf(owner);
    noteRead(key);
    return this.#trusted() ? this.#held.get(key)?.facts : undefined;
  }

  /** Facts of an owner, those of all `ids` among them. */
  async get(owner: Owner, ids: Iterable<Id>): Promise<ReadonlyMap<Id, Fact>> {
    const held = this.#hold(owner);
    const waits = new Set<Promise<void>>();
    const missing: Id[] = [];
    for (const id of ids) {
      if (held.facts.has(id)) continue;
      const flight = held.flights.get(id);
      if (flight) waits.add(flight);
      else missing.push(id);
    }
    if (missing.length > 0) waits.add(this.#queue(owner, held, [...new Set(missing)]));
    if (waits.size > 0) await Promise.all(waits);
    return held.facts;
  }

  #hold(owner: Owner): Held<Id, Fact> {
    const key = this.#options.keyOf(owner);
    if (!this.#trusted()) return { facts: new Map(), flights: new Map() };
    let held = this.#held.get(key);
    if (held === undefined) {
      held = { facts: new Map(), flights: new Map() };
      this.#held.set(key, held);
    }
    return held;
  }

  #queue(owner: Owner, held: Held<Id, Fact>, ids: readonly Id[]): Promise<void> {
    if (this.#wanted.length === 0) setImmediate(() => this.#loadWanted());
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#wanted.push({ owner, held, ids, resolve, reject });
    for (const id of ids) held.flights.set(id, promise);
    return promise;
  }

  #loadWanted(): void {
    const byOwner = [...Map.groupBy(this.#wanted, ({ owner }) => owner)];
    this.#wanted = [];
    for (let start = 0; start < byOwner.length; start += BATCH) {
      void this.#loadSome(byOwner.slice(start, start + BATCH));
    }
  }

  async #loadSome(some: readonly [Owner, Wanted<Owner, Id, Fact>[]][]): Promise<void> {
    const all = some.flatMap(([, wanted]) => wanted);
    try {
      const found = await this.#options.load(
        some.map(([owner, wanted]) => ({ owner, ids: idsOf(wanted) })),
      );
      for (const wanted of all) this.#land(wanted, found.get(wanted.owner));
      for (const { resolve } of all) resolve();
    } catch (error) {
      for (const { held, ids, reject } of all) {
        for (const id of ids) held.flights.delete(id);
        reject(error);
      }
    }
  }

  #land({ owner, held, ids }: Wanted<Owner, Id, Fact>, found?: ReadonlyMap<Id, Fact>): void {
    const before = held.facts.size;
    for (const id of ids) {
      held.facts.set(id, found?.get(id) ?? this.#options.absent);
      held.flights.delete(id);
    }
    const key = this.#options.keyOf(owner);
    // A touch, or age, has taken it away meanwhile.
    if (this.#held.peek(key, { allowStale: true }) !== held) return;
    this.#size += held.facts.size - before;
    if (held.facts.size > FACTS_OF_ONE_MAX) this.#held.delete(key);
    while (this.#size > this.#options.max) this.#held.pop();
  }

  /** null: anything may have changed. */
  #forget(keys: ReadonlySet<string> | null): void {
    if (keys === null) this.#held.clear();
    else for (const key of keys) this.#held.delete(key);
  }
}

function idsOf<Owner, Id>(wanted: readonly Asked<Owner, Id>[]): readonly Id[] {
  const [first] = wanted;
  if (wanted.length === 1 && first) return first.ids;
  return [...new Set(wanted.flatMap(({ ids }) => ids))];
}
