import type { Context } from '../context.ts';

/** More than are ever written at once by one process; who is not there is read from the database. */
const FRESH_MAX = 1000;

/**
 * Values that this process has just written, for the near cache that misses them next: what was only now
 * written is not read back. Each is announced before its transaction and is there once that is committed,
 * unless somebody has touched its key meanwhile.
 */
export class FreshValues<Id extends string, Value extends object> {
  readonly #db: Pick<Context['db'], 'hearsTouches'>;
  readonly #keyOf: (id: Id) => string;
  /** null: on its way. */
  readonly #values = new Map<string, Value | null>();

  constructor({ db }: Pick<Context, 'db'>, keyOf: (id: Id) => string) {
    this.#db = db;
    this.#keyOf = keyOf;
    db.onTouch((keys) => {
      if (keys === null) this.#values.clear();
      else if (this.#values.size > 0) for (const key of keys) this.#values.delete(key);
    });
  }

  /** To be called before the transaction that writes it. */
  expect(id: Id): void {
    if (this.#values.size >= FRESH_MAX) this.#values.clear();
    this.#values.set(this.#keyOf(id), null);
  }

  /** The transaction has committed; what was touched since `expect` is not kept. */
  arrive(id: Id, value: Value): void {
    const key = this.#keyOf(id);
    if (this.#values.get(key) === null) this.#values.set(key, value);
  }

  /** The transaction has not committed. */
  forget(id: Id): void {
    this.#values.delete(this.#keyOf(id));
  }

  /** Those of `ids` that are here; they are not, then. */
  take(ids: readonly Id[]): Map<Id, Value> {
    const taken = new Map<Id, Value>();
    if (this.#values.size === 0 || !this.#db.hearsTouches) return taken;
    for (const id of ids) {
      const key = this.#keyOf(id);
      const value = this.#values.get(key);
      if (!value) continue;
      taken.set(id, value);
      this.#values.delete(key);
    }
    return taken;
  }
}
