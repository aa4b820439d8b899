import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeCache } from './contract.ts';
import { openMemoryCache } from './memory.ts';

describeCache('memory', () => {
  let now = 1_000_000;
  const cache = openMemoryCache({ maxEntries: 100, millis: () => now });
  return {
    cache,
    pass: (ms) => {
      now += ms;
    },
  };
});

test('memory: the least recently used leave when it is full', async () => {
  const cache = openMemoryCache({ maxEntries: 2, millis: () => 1 });
  await cache.set('a', 1, 1000);
  await cache.set('b', 2, 1000);
  await cache.get('a');
  await cache.set('c', 3, 1000);
  assert.equal(await cache.get('b'), undefined);
  assert.equal(await cache.get('a'), 1);
});
