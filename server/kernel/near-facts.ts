import { LRUCache } from 'lru-cache';
import type { Context } from '../context.ts';
import { compareIds } from './ids.ts';
import { noteRead } from './reads.ts';
import { Together } from './together.ts';

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
  /**
   * Loads the front of all facts of owners of whom nothing is near. So whatever is newer than that is
   * known to be `absent` without a look, which is most of what anybody comes across.
   */
  readonly loadFronts?: (
    owners: readonly Owner[],
  ) => Promise<ReadonlyMap<Owner, FactsFront<Id, Fact>>>;
  /** False: nothing is kept, each question goes to the database. */
  readonly keeps: boolean;
}

/** All facts of an owner whose ids are above one. */
export interface FactsFront<Id, Fact> {
  readonly facts: ReadonlyMap<Id, Fact>;
  /** At and below this id there may be more; '0' for none. */
  readonly above: string;
}

/** Above which id lists are complete of which the newest `take` were read each, newest first. */
export function completeAbove(lists: readonly (readonly string[])[], take: number): string {
  const ends = lists.flatMap((ids) => (ids.length < take ? [] : (ids.at(-1) ?? [])));
  return ends.sort(compareIds).at(-1) ?? '0';
}

/** Facts of one owner: undefined is what is not known. */
export interface KnownFacts<Id, Fact> {
  get(id: Id): Fact | undefined;
  has(id: Id): boolean;
}

/** What is near of one owner until a touch, or age, takes it away as a whole. */
class Held<Id extends string, Fact> implements KnownFacts<Id, Fact> {
  readonly facts = new Map<Id, Fact>();
  readonly flights = new Map<Id, Promise<void>>();
  /** Above it `facts` is complete; null while that is not known of any id. */
  above: string | null = null;
  front: Promise<void> | null = null;
  readonly #absent: Fact;

  constructor(absent: Fact) {
    this.#absent = absent;
  }

  get(id: Id): Fact | undefined {
    const fact = this.facts.get(id);
    if (fact !== undefined || this.above === null) return fact;
    return compareIds(id, this.above) > 0 ? this.#absent : undefined;
  }

  has(id: Id): boolean {
    return this.get(id) !== undefined;
  }
}

interface Wanted<Owner, Id extends string, Fact> extends Asked<Owner, Id> {
  readonly held: Held<Id, Fact>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Owners of one statement. */
const BATCH = 32;
/** How long an owner who is new here waits for the fronts of others at most. */
const PATIENCE_MS = 2;
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
  readonly #fronts: Together<Owner, FactsFront<Id, Fact> | null>;

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
    this.#fronts = new Together({
      max: BATCH,
      patienceMs: PATIENCE_MS,
      load: async (owners) => {
        const fronts = await options.loadFronts?.([...new Set(owners)]);
        return owners.map((owner) => fronts?.get(owner) ?? null);
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
  peek(owner: Owner): KnownFacts<Id, Fact> | undefined {
    const key = this.#options.keyOf(owner);
    noteRead(key);
    return this.#trusted() ? this.#held.get(key) : undefined;
  }

  /** Facts of an owner, those of all `ids` among them. */
  async get(owner: Owner, ids: Iterable<Id>): Promise<KnownFacts<Id, Fact>> {
    const held = this.#hold(owner);
    if (this.#options.loadFronts && held.above === null && this.#trusted()) {
      held.front ??= this.#loadFront(owner, held);
      await held.front;
    }
    const waits = new Set<Promise<void>>();
    const missing: Id[] = [];
    for (const id of ids) {
      if (held.has(id)) continue;
      const flight = held.flights.get(id);
      if (flight) waits.add(flight);
      else missing.push(id);
    }
    if (missing.length > 0) waits.add(this.#queue(owner, held, [...new Set(missing)]));
    if (waits.size > 0) await Promise.all(waits);
    return held;
  }

  #hold(owner: Owner): Held<Id, Fact> {
    const key = this.#options.keyOf(owner);
    const known = this.#trusted() ? this.#held.get(key) : undefined;
    if (known !== undefined) return known;
    const held = new Held<Id, Fact>(this.#options.absent);
    if (this.#trusted()) this.#held.set(key, held);
    return held;
  }

  async #loadFront(owner: Owner, held: Held<Id, Fact>): Promise<void> {
    try {
      const front = await this.#fronts.ask(owner);
      const before = held.facts.size;
      for (const [id, fact] of front?.facts ?? []) held.facts.set(id, fact);
      held.above = front?.above ?? '0';
      this.#weigh(owner, held, before);
    } catch (error) {
      held.front = null;
      throw error;
    }
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
    this.#weigh(owner, held, before);
  }

  #weigh(owner: Owner, held: Held<Id, Fact>, before: number): void {
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
