import { deserialize, serialize } from 'node:v8';
import type { Context } from '../context.ts';

/**
 * The values of one near cache in the cache that processes share, where there is one: plain data, dates
 * and maps. After a touch, whoever has heard of it has a value forgotten, and for a while nothing older
 * is kept.
 */
export class SharedValues<Value extends object> {
  readonly #ctx: Pick<Context, 'db' | 'cache'>;
  readonly #name: string;
  readonly #ttlMs: number;

  /** `name` sets the values apart from those of other near caches. */
  constructor(ctx: Pick<Context, 'db' | 'cache'>, name: string, ttlMs: number) {
    this.#ctx = ctx;
    this.#name = name;
    this.#ttlMs = ttlMs;
  }

  /** What is there under these touch keys, in the same order. */
  async read(keys: readonly string[]): Promise<readonly (Value | undefined)[]> {
    const { cache, db } = this.#ctx;
    if (!cache || !db.hearsTouches) return [];
    const values = await cache.getMany(keys.map((key) => this.#place(key)));
    return values.map((value) => (value ? (deserialize(value) as Value) : undefined));
  }

  async write(values: ReadonlyMap<string, Value>): Promise<void> {
    const { cache } = this.#ctx;
    if (!cache || values.size === 0) return;
    const entries = [...values].map(([key, value]) => ({
      key: this.#place(key),
      value: serialize(value),
    }));
    await cache.keepMany(entries, this.#ttlMs);
  }

  /** null: all of them, and all else that the cache holds. */
  forget(keys: readonly string[] | null): void {
    const { cache } = this.#ctx;
    if (!cache) return;
    if (keys === null) cache.forgetAll();
    else if (keys.length > 0) cache.forget(keys.map((key) => this.#place(key)));
  }

  #place(key: string): string {
    return `${this.#name}/${key}`;
  }
}
