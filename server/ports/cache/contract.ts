import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cache } from './cache.ts';

/** What every cache does. `pass` lets this much of the cache's time go by. */
export function describeCache(
  name: string,
  open: () => { cache: Cache; pass: (ms: number) => void },
): void {
  test(`${name}: a value is there until its time is over, or it is deleted`, async () => {
    const { cache, pass } = open();
    await cache.set('a', { n: [1, 'x', null] }, 1000);
    await cache.set('b', 'b', 5000);
    assert.deepEqual(await cache.get('a'), { n: [1, 'x', null] });
    assert.equal(await cache.get('c'), undefined);
    pass(1001);
    assert.equal(await cache.get('a'), undefined);
    assert.equal(await cache.get('b'), 'b');
    await cache.delete('b');
    assert.equal(await cache.get('b'), undefined);
    await cache.close();
  });

  test(`${name}: false and 0 and empty are values`, async () => {
    const { cache } = open();
    for (const value of [false, 0, '', null]) {
      await cache.set('v', value, 1000);
      assert.equal(await cache.get('v'), value);
    }
    await cache.close();
  });
}
