/**
 * What several processes keep together, so that one loads what another has loaded before. Losing it
 * costs time, never truth: nothing here rejects, and while it is away nothing is in it.
 */
export interface Cache {
  /** The values under these keys, in their order; null where there is none. Waits 200 ms at most. */
  getMany(keys: readonly string[]): Promise<readonly (Buffer | null)[]>;
  /**
   * Keeps values for `ttlMs`, where nothing is kept yet and nothing was forgotten in the last
   * `FENCE_MS`: so what was read before a change is not kept after it, however late it comes.
   */
  keepMany(entries: readonly Entry[], ttlMs: number): Promise<void>;
  /**
   * Nothing is there under these keys from now on. What this process reads after it asked for that is
   * not older, also when the cache is away just now: then it is owed, and paid before anything is read.
   */
  forget(keys: Iterable<string>): void;
  /** All that is there now is not from now on. */
  forgetAll(): void;
  close(): Promise<void>;
}

export interface Entry {
  readonly key: string;
  readonly value: Buffer;
}

/** Longer than a statement may take (10 s) and an answer of the cache: no older value comes later. */
export const FENCE_MS = 15_000;
