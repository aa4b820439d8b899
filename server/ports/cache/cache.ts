/** Values that can be had again: JSON, with a time to live. Losing it costs time, never truth. */
export interface Cache {
  get<T>(key: string): Promise<T | undefined>;
  /** `ttlMs` is in milliseconds. */
  set<T>(key: string, value: T, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  close(): Promise<void>;
}
