import { deserialize, serialize } from 'node:v8';
import { LRUCache } from 'lru-cache';
import type { Context } from '../context.ts';
import { hashKey, noteRead } from './reads.ts';

export interface NearOptions<Id extends string, Value extends object> {
  /** At most so many values, the least recently used leave first. */
  readonly max: number;
  /** After so long a value is loaded anew, touched or not. */
  readonly ttlMs: number;
  /** The key of `touch-keys.ts` that a value depends on. */
  readonly keyOf: (id: Id) => string;
  /** Further keys that a value depends on; none unless told. */
  readonly keysOf?: (id: Id) => readonly string[];
  /** Loads what is missing, in one go; ids that are not in the answer do not exist. */
  readonly load: (ids: readonly Id[]) => Promise<ReadonlyMap<Id, Value>>;
  /** How many ids one `load` gets; 1,000 unless told. */
  readonly batch?: number;
  /** False: nothing is kept; what is missed in one moment is loaded in one go all the same. */
  readonly keeps?: boolean;
  /**
   * Under this name values are kept in the cache that processes share, where there is one, so that what
   * one has loaded the others need not. For values of plain data, dates and maps.
   */
  readonly shared?: string;
}

/** One load under way. Dirty: what it read may be older than a touch. */
interface Flight<Value> {
  dirty: boolean;
  readonly answer: Promise<Value | null>;
}

interface Wanted<Id, Value> {
  readonly id: Id;
  readonly resolve: (value: Value | null) => void;
  readonly reject: (error: unknown) => void;
}

const BATCH = 1000;
const NO_KEYS: readonly string[] = [];

/**
 * Values that this process keeps near: read without waiting when they are there, loaded together with
 * all others that are missed in the same moment when they are not, and gone the moment a transaction
 * touches their key, here or in another process. What was read before a touch is never kept after it.
 * Values are shared by all who read them, so they must not depend on who looks, and must not be changed.
 */
export class NearCache<Id extends string, Value extends object> {
  readonly #options: NearOptions<Id, Value>;
  readonly #ctx: Pick<Context, 'db' | 'clock' | 'log' | 'cache'>;
  /** What the touch keys of its values begin with. */
  readonly #kind: string;
  readonly #kindHash: number;
  /** Where values lie: see `#placeOf`. */
  readonly #liesById: boolean;
  readonly #kept: LRUCache<string, Value>;
  readonly #flights = new Map<string, Flight<Value>>();
  /** By further key: the places where lies, or is being loaded, what depends on it. */
  readonly #dependents = new Map<string, Set<string>>();
  /** By place: its further keys. */
  readonly #dependsOn = new Map<string, readonly string[]>();
  #wanted: Wanted<Id, Value>[] = [];

  constructor(
    ctx: Pick<Context, 'db' | 'clock' | 'log' | 'cache'>,
    options: NearOptions<Id, Value>,
  ) {
    this.#ctx = ctx;
    this.#options = options;
    this.#kind = options.keyOf('' as Id);
    this.#kindHash = hashKey(this.#kind);
    this.#liesById = this.#kind !== '' && options.keyOf('0:1' as Id) === `${this.#kind}0:1`;
    this.#kept = new LRUCache({
      max: options.max,
      ttl: options.ttlMs,
      perf: { now: () => ctx.clock.millis() },
      ...(options.keysOf && {
        disposeAfter: (_value: Value, place: string) => this.#tidy(place),
      }),
    });
    ctx.db.onTouch((keys) => {
      this.#forgetShared(keys);
      this.#forgetNear(keys);
    });
  }

  /** What is here now, without waiting. */
  peek(id: Id): Value | undefined {
    const place = this.#placeOf(id);
    if (this.#liesById) noteRead(id, this.#kindHash);
    else noteRead(place);
    for (const further of this.#options.keysOf?.(id) ?? NO_KEYS) noteRead(further);
    return this.#trusted ? this.#kept.get(place) : undefined;
  }

  /**
   * The id itself where the touch key is made of it: texts that are made for a question must be hashed
   * to be looked up, which takes twenty times as long as the look.
   */
  #placeOf(id: Id): string {
    return this.#liesById ? id : this.#options.keyOf(id);
  }

  /** The value, loaded when it is not here; null when there is none. */
  async get(id: Id): Promise<Value | null> {
    return this.peek(id) ?? this.#fetch(id);
  }

  /** All of `ids` that exist. */
  async getMany(ids: Iterable<Id>): Promise<Map<Id, Value>> {
    const found = new Map<Id, Value>();
    const waits: Promise<void>[] = [];
    for (const id of new Set(ids)) {
      const here = this.peek(id);
      if (here !== undefined) found.set(id, here);
      else
        waits.push(
          this.#fetch(id).then((value) => {
            if (value !== null) found.set(id, value);
          }),
        );
    }
    if (waits.length > 0) await Promise.all(waits);
    return found;
  }

  /** Empties the memory of this process alone. */
  clear(): void {
    this.#forgetNear(null);
  }

  get #trusted(): boolean {
    return this.#ctx.db.hearsTouches;
  }

  #fetch(id: Id): Promise<Value | null> {
    const place = this.#placeOf(id);
    const under = this.#flights.get(place);
    if (under) return under.answer;
    const flight = { dirty: false, answer: this.#queue(id) } as Flight<Value>;
    this.#flights.set(place, flight);
    this.#depend(id, place);
    const land = (value: Value | null) => {
      if (this.#flights.get(place) === flight) this.#flights.delete(place);
      const keep = !flight.dirty && this.#trusted && this.#options.keeps !== false;
      if (value !== null && keep) this.#kept.set(place, value);
      this.#tidy(place);
    };
    flight.answer.then(land, () => land(null));
    return flight.answer;
  }

  /** What is missed in one turn of the event loop is loaded in one go. */
  #queue(id: Id): Promise<Value | null> {
    if (this.#wanted.length === 0) setImmediate(() => this.#loadWanted());
    return new Promise((resolve, reject) => {
      this.#wanted.push({ id, resolve, reject });
    });
  }

  #loadWanted(): void {
    const wanted = this.#wanted;
    this.#wanted = [];
    const step = this.#options.batch ?? BATCH;
    for (let start = 0; start < wanted.length; start += step) {
      void this.#loadSome(wanted.slice(start, start + step));
    }
  }

  async #loadSome(wanted: readonly Wanted<Id, Value>[]): Promise<void> {
    try {
      const ids = wanted.map(({ id }) => id);
      const flights = ids.map((id) => this.#flights.get(this.#placeOf(id)));
      const shared = await this.#readShared(ids);
      const missing = ids.filter((id) => !shared.has(id));
      const loaded = await this.#loadMissing(missing);
      for (const { id, resolve } of wanted) resolve(shared.get(id) ?? loaded.get(id) ?? null);
      const clean = ids.filter((id, n) => loaded.has(id) && flights[n]?.dirty === false);
      await this.#writeShared(new Map(clean.map((id) => [id, loaded.get(id) as Value])));
    } catch (error) {
      for (const { reject } of wanted) reject(error);
    }
  }

  async #loadMissing(ids: readonly Id[]): Promise<ReadonlyMap<Id, Value>> {
    return ids.length > 0 ? this.#options.load(ids) : new Map();
  }

  async #readShared(ids: readonly Id[]): Promise<Map<Id, Value>> {
    const found = new Map<Id, Value>();
    const { cache } = this.#ctx;
    if (!cache || this.#options.shared === undefined || !this.#trusted) return found;
    const values = await cache.getMany(ids.map((id) => this.#sharedKey(id)));
    for (const [n, id] of ids.entries()) {
      const value = values[n];
      if (value) found.set(id, deserialize(value) as Value);
    }
    return found;
  }

  /** After a touch, whoever has heard of it has this forgotten, and for a while nothing older is kept. */
  async #writeShared(values: ReadonlyMap<Id, Value>): Promise<void> {
    const { cache } = this.#ctx;
    if (!cache || this.#options.shared === undefined || values.size === 0) return;
    const entries = [...values].map(([id, value]) => ({
      key: this.#sharedKey(id),
      value: serialize(value),
    }));
    await cache.keepMany(entries, this.#options.ttlMs);
  }

  #sharedKey(id: Id): string {
    return `${this.#options.shared}/${this.#options.keyOf(id)}`;
  }

  #forgetShared(keys: ReadonlySet<string> | null): void {
    const { cache } = this.#ctx;
    const { shared } = this.#options;
    if (!cache || shared === undefined) return;
    if (keys === null) {
      cache.forgetAll();
      return;
    }
    const ours = [...keys].filter((key) => key.startsWith(this.#kind));
    if (ours.length > 0) cache.forget(ours.map((key) => `${shared}/${key}`));
  }

  /** null: anything may have changed. A load under way gives its answer to those who wait, and to nobody else. */
  #forgetNear(keys: ReadonlySet<string> | null): void {
    if (keys === null) {
      for (const flight of this.#flights.values()) flight.dirty = true;
      this.#flights.clear();
      this.#kept.clear();
      this.#dependents.clear();
      this.#dependsOn.clear();
      return;
    }
    if (this.#kept.size === 0 && this.#flights.size === 0) return;
    // A fan-out touches thousands of keys of one kind, and every cache hears of them.
    const further = this.#dependents.size > 0;
    for (const key of keys) {
      if (!this.#liesById) this.#drop(key);
      else if (key.startsWith(this.#kind)) this.#drop(key.slice(this.#kind.length));
      const dependents = further ? this.#dependents.get(key) : undefined;
      if (dependents) for (const one of [...dependents]) this.#drop(one);
    }
  }

  #drop(place: string): void {
    const flight = this.#flights.get(place);
    if (flight) {
      flight.dirty = true;
      this.#flights.delete(place);
    }
    this.#kept.delete(place);
    if (flight) this.#tidy(place);
  }

  #depend(id: Id, place: string): void {
    const further = this.#options.keysOf?.(id);
    if (!further) return;
    this.#dependsOn.set(place, further);
    for (const one of further) {
      const dependents = this.#dependents.get(one);
      if (dependents) dependents.add(place);
      else this.#dependents.set(one, new Set([place]));
    }
  }

  /** What is neither here nor on its way depends on nothing. */
  #tidy(place: string): void {
    const further = this.#dependsOn.get(place);
    if (!further || this.#flights.has(place) || this.#kept.has(place)) return;
    this.#dependsOn.delete(place);
    for (const one of further) {
      const dependents = this.#dependents.get(one);
      dependents?.delete(place);
      if (dependents?.size === 0) this.#dependents.delete(one);
    }
  }
}

/** Makes one thing a context, when it is first asked for: the near caches of a feature. */
export function perContext<Thing>(make: (ctx: Context) => Thing): (ctx: Context) => Thing {
  const made = new WeakMap<object, Thing>();
  return (ctx) => {
    // The database is the one thing that all views of a context share.
    let thing = made.get(ctx.db);
    if (thing === undefined) {
      thing = make(ctx);
      made.set(ctx.db, thing);
    }
    return thing;
  };
}
