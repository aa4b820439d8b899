import { LRUCache } from 'lru-cache';
import type { Cache } from './cache.ts';

export interface MemoryCacheOptions {
  readonly maxEntries: number;
  /** Milliseconds of a clock, for the times to live. */
  readonly millis: () => number;
}

/** The cache of a single process: at most `maxEntries`, the least recently used leave first. */
export function openMemoryCache({ maxEntries, millis }: MemoryCacheOptions): Cache {
  const entries = new LRUCache<string, { value: unknown }>({
    max: maxEntries,
    perf: { now: millis },
    ttlResolution: 0,
  });
  return {
    async get<T>(key: string) {
      return entries.get(key)?.value as T | undefined;
    },
    async set(key, value, ttlMs) {
      entries.set(key, { value }, { ttl: ttlMs });
    },
    async delete(key) {
      entries.delete(key);
    },
    async close() {
      entries.clear();
    },
  };
}
