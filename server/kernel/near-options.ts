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
  /**
   * What an announced change (`Transaction.announce`) makes of a value: another one, or the same when the
   * change is in it. Without this, or with `shared`, what is announced is dropped as if it were touched.
   */
  readonly changed?: (change: string) => Change<Value>;
}

/** Makes another value of one, or gives the same when nothing changes. */
export type Change<Value> = (value: Value) => Value;
