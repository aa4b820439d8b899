import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cache } from './cache.ts';

export interface OpenedCache {
  readonly cache: Cache;
  /** Another process that shares it; the same one where there are no others. */
  readonly other: Cache;
  /** Lets this much of the cache's time go by, if it has a time of its own. */
  readonly pass: (ms: number) => void;
}

const text = (value: Buffer | null | undefined) => value?.toString() ?? null;
const entry = (key: string, value: string) => ({ key, value: Buffer.from(value) });
/** Keys that no other test has used. */
const fresh = (...names: string[]) => names.map((name) => `${name}:${randomUUID()}`);

/** Waits until something holds; fails after 5 s. */
export async function until(holdsNow: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 5000;
  while (!(await holdsNow())) {
    assert.ok(performance.now() < end, 'it never came');
    await pause(5);
  }
}

/** Waits until `cache` has `expected` under `key`; fails after 5 s. */
export async function holds(cache: Cache, key: string, expected: string | null) {
  await until(async () => text((await cache.getMany([key]))[0]) === expected);
}

/** What every shared cache does. */
export function describeCache(name: string, open: () => Promise<OpenedCache>): void {
  test(`${name}: values are there for all, in the order in which they are asked for, until their time is over`, async () => {
    const { cache, other, pass } = await open();
    const [a, b, short, raw, nobody] = fresh('a', 'b', 'short', 'bytes', 'nobody') as [
      string,
      string,
      string,
      string,
      string,
    ];
    await cache.keepMany([entry(a, 'one'), entry(b, '')], 60_000);
    await cache.keepMany([entry(short, 'soon over')], 80);
    const bytes = Buffer.from([0, 255, 10, 13, 128]);
    await cache.keepMany([{ key: raw, value: bytes }], 60_000);
    const found = await other.getMany([raw, nobody, a]);
    assert.deepEqual(found[0], bytes);
    assert.deepEqual([text(found[1]), text(found[2])], [null, 'one']);
    pass(81);
    await holds(other, short, null);
    assert.deepEqual(await cache.getMany([]), []);
    await cache.close();
    await other.close();
  });

  test(`${name}: what is forgotten is gone for all, and what was read before does not come back`, async () => {
    const { cache, other, pass } = await open();
    const [a, b, never] = fresh('a', 'b', 'never there') as [string, string, string];
    await cache.keepMany([entry(a, 'old'), entry(b, 'B')], 60_000);
    cache.forget([a, never]);
    assert.deepEqual((await cache.getMany([a, b])).map(text), [null, 'B']);
    await cache.keepMany([entry(a, 'old'), entry(never, 'old')], 60_000);
    pass(100);
    await holds(other, a, null);
    assert.deepEqual((await other.getMany([a, never])).map(text), [null, null]);
    await cache.close();
    await other.close();
  });

  test(`${name}: what is there is not overwritten; all can be forgotten at once`, async () => {
    const { cache, other } = await open();
    const [a, z] = fresh('a', 'z') as [string, string];
    await cache.keepMany([entry(a, 'first')], 60_000);
    await other.keepMany([entry(a, 'second')], 60_000);
    assert.deepEqual((await cache.getMany([a])).map(text), ['first']);
    cache.forgetAll();
    await holds(cache, a, null);
    await until(async () => {
      await cache.keepMany([entry(z, 'after')], 60_000);
      return text((await cache.getMany([z]))[0]) === 'after';
    });
    await cache.close();
    await other.close();
  });
}
