import { LRUCache } from 'lru-cache';
import { type Cache, FENCE_MS } from './cache.ts';

export interface MemoryOptions {
  readonly maxBytes: number;
  /** Milliseconds of a clock, for the times to live. */
  readonly millis: () => number;
}

/** What an entry takes beside its value. */
const ENTRY_BYTES = 200;
const GONE = Buffer.alloc(0);

/** The shared cache of one process: the least recently used leave first. */
export function openMemoryCache({ maxBytes, millis }: MemoryOptions): Cache {
  const entries = new LRUCache<string, Buffer>({
    maxSize: maxBytes,
    sizeCalculation: (value, key) => value.length + key.length + ENTRY_BYTES,
    perf: { now: millis },
    ttlResolution: 0,
  });
  return {
    async getMany(keys) {
      return keys.map((key) => {
        const value = entries.get(key);
        return value === undefined || value === GONE ? null : value;
      });
    },
    async keepMany(kept, ttl) {
      for (const { key, value } of kept) if (!entries.has(key)) entries.set(key, value, { ttl });
    },
    forget(keys) {
      for (const key of keys) entries.set(key, GONE, { ttl: FENCE_MS });
    },
    forgetAll() {
      entries.clear();
    },
    async close() {
      entries.clear();
    },
  };
}
