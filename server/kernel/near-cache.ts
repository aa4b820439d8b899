import { LRUCache } from 'lru-cache';
import type { Context } from '../context.ts';
import type { Announcement } from '../ports/db/db.ts';
import { Dependents } from './dependents.ts';
import type { Change, NearOptions } from './near-options.ts';
import { hashKey, noteRead } from './reads.ts';
import { SharedValues } from './shared-values.ts';

/** In an object of its own, so that a change neither makes a value younger nor counts as a use. */
interface Kept<Value> {
  value: Value;
}

/** One load under way. Dirty: what it read may be older than a touch. */
interface Flight<Value> {
  dirty: boolean;
  /** What was announced since it began: it may have read that or not. */
  readonly changes: Change<Value>[];
  answer: Promise<Value | null>;
}

/** A load during which more is announced is done again. */
const CHANGES_MAX = 100;

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
  readonly #kept: LRUCache<string, Kept<Value>>;
  readonly #shared: SharedValues<Value> | undefined;
  readonly #flights = new Map<string, Flight<Value>>();
  /** Of further keys: the places where lies, or is being loaded, what depends on them. */
  readonly #dependents = new Dependents();
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
        disposeAfter: (_kept: Kept<Value>, place: string) => this.#tidy(place),
      }),
    });
    if (options.shared !== undefined) {
      this.#shared = new SharedValues(ctx, options.shared, options.ttlMs);
    }
    ctx.db.onTouch((keys, announced) => {
      this.#forgetShared(keys);
      this.#forgetNear(keys);
      for (const one of announced) this.#hear(one);
    });
  }

  /** What is here now, without waiting. */
  peek(id: Id): Value | undefined {
    const place = this.#placeOf(id);
    if (this.#liesById) noteRead(id, this.#kindHash);
    else noteRead(place);
    for (const further of this.#options.keysOf?.(id) ?? NO_KEYS) noteRead(further);
    return this.#trusted ? this.#kept.get(place)?.value : undefined;
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
    const flight = { dirty: false, changes: [] } as unknown as Flight<Value>;
    flight.answer = this.#queue(id).then(
      (value) => this.#land(place, flight, value),
      (error) => {
        this.#land(place, flight, null);
        throw error;
      },
    );
    this.#flights.set(place, flight);
    const further = this.#options.keysOf?.(id);
    if (further) this.#dependents.set(place, further);
    return flight.answer;
  }

  #land(place: string, flight: Flight<Value>, read: Value | null): Value | null {
    if (this.#flights.get(place) === flight) this.#flights.delete(place);
    const value = read && flight.changes.reduce((before, change) => change(before), read);
    const keep = !flight.dirty && this.#trusted && this.#options.keeps !== false;
    if (value !== null && keep) this.#kept.set(place, { value });
    this.#tidy(place);
    return value;
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
      const { keyOf } = this.#options;
      await this.#shared?.write(new Map(clean.map((id) => [keyOf(id), loaded.get(id) as Value])));
    } catch (error) {
      for (const { reject } of wanted) reject(error);
    }
  }

  async #loadMissing(ids: readonly Id[]): Promise<ReadonlyMap<Id, Value>> {
    return ids.length > 0 ? this.#options.load(ids) : new Map();
  }

  async #readShared(ids: readonly Id[]): Promise<Map<Id, Value>> {
    const values = (await this.#shared?.read(ids.map(this.#options.keyOf))) ?? [];
    const found = new Map<Id, Value>();
    for (const [n, id] of ids.entries()) {
      const value = values[n];
      if (value) found.set(id, value);
    }
    return found;
  }

  #forgetShared(keys: ReadonlySet<string> | null): void {
    if (!this.#shared) return;
    this.#shared.forget(keys && [...keys].filter((key) => key.startsWith(this.#kind)));
  }

  #hear({ kind, ids, change }: Announcement): void {
    const { changed } = this.#options;
    const isOurs = kind === this.#kind && this.#liesById;
    // Most of what is announced is of another kind, and of thousands at once.
    const isNear = kind.startsWith(this.#kind) || this.#kind.startsWith(kind);
    const further = this.#dependents.hasKind(kind);
    if (!isNear && !further) return;
    if (!isOurs || !changed || further || this.#shared) {
      const keys = new Set(ids.map((id) => kind + id));
      this.#forgetShared(keys);
      this.#forgetNear(keys);
      return;
    }
    const apply = changed(change);
    for (const id of ids) {
      const kept = this.#kept.peek(id);
      if (kept) kept.value = apply(kept.value);
      const flight = this.#flights.size > 0 ? this.#flights.get(id) : undefined;
      if (flight && flight.changes.push(apply) > CHANGES_MAX) this.#drop(id);
    }
  }

  /** null: anything may have changed. A load under way gives its answer to those who wait, and to nobody else. */
  #forgetNear(keys: ReadonlySet<string> | null): void {
    if (keys === null) {
      for (const flight of this.#flights.values()) flight.dirty = true;
      this.#flights.clear();
      this.#kept.clear();
      this.#dependents.clear();
      return;
    }
    if (this.#kept.size === 0 && this.#flights.size === 0) return;
    // A fan-out touches thousands of keys of one kind, and every cache hears of them.
    const further = !this.#dependents.isEmpty;
    for (const key of keys) {
      if (!this.#liesById) this.#drop(key);
      else if (key.startsWith(this.#kind)) this.#drop(key.slice(this.#kind.length));
      if (further) for (const one of this.#dependents.of(key)) this.#drop(one);
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

  /** What is neither here nor on its way depends on nothing. */
  #tidy(place: string): void {
    if (this.#flights.has(place) || this.#kept.has(place)) return;
    this.#dependents.remove(place);
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
