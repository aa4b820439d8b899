import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { hasRedis, startRedis } from '../../../test/redis.ts';
import { describeCache, holds, until } from './contract.ts';
import { openMemoryCache } from './memory.ts';
import { openRedisCache } from './redis.ts';

describeCache('memory', async () => {
  let now = 1_000_000;
  const cache = openMemoryCache({ maxBytes: 1_000_000, millis: () => now });
  return {
    cache,
    other: cache,
    pass: (ms) => {
      now += ms;
    },
  };
});

test('memory: the least recently used leave when it is full', async () => {
  const cache = openMemoryCache({ maxBytes: 700, millis: () => 1 });
  const value = Buffer.alloc(100);
  await cache.keepMany([{ key: 'a', value }], 1000);
  await cache.keepMany([{ key: 'b', value }], 1000);
  await cache.getMany(['a']);
  await cache.keepMany([{ key: 'c', value }], 1000);
  const found = await cache.getMany(['a', 'b', 'c']);
  assert.deepEqual(
    found.map((one) => one !== null),
    [true, false, true],
  );
});

const log = { warn() {}, info() {} };

describe('with Redis', {
  skip: hasRedis ? false : 'this machine has no redis-server',
}, async () => {
  if (!hasRedis) return;
  const redis = await startRedis();
  after(() => redis.stop());
  const open = () => openRedisCache({ url: redis.url, log });

  describeCache('redis', async () => ({
    cache: await open(),
    other: await open(),
    pass: () => {},
  }));

  test('redis: while it hangs nothing is there and nobody waits long; what was forgotten meanwhile is', async () => {
    const cache = await open();
    await cache.keepMany([{ key: 'kept', value: Buffer.from('old') }], 60_000);
    await cache.keepMany([{ key: 'stays', value: Buffer.from('true') }], 60_000);
    redis.hang();
    assert.deepEqual(await cache.getMany(['kept']), [null]);
    cache.forget(['kept']);
    const asked = performance.now();
    for (let n = 0; n < 100; n += 1) assert.deepEqual(await cache.getMany(['kept']), [null]);
    assert.ok(performance.now() - asked < 5000);
    redis.goOn();
    await holds(cache, 'stays', 'true');
    assert.deepEqual(await cache.getMany(['kept']), [null]);
    await cache.close();
  });

  test('redis: one that was killed and comes back empty is used again', async () => {
    const cache = await open();
    await redis.kill();
    await cache.keepMany([{ key: 'a', value: Buffer.from('lost') }], 60_000);
    assert.deepEqual(await cache.getMany(['a']), [null]);
    await redis.start();
    await until(async () => {
      await cache.keepMany([{ key: 'b', value: Buffer.from('kept') }], 60_000);
      return (await cache.getMany(['b']))[0]?.toString() === 'kept';
    });
    await cache.close();
  });

  test('redis: a server that is not there at the start does not stop ours', async () => {
    const cache = await openRedisCache({ url: 'redis://127.0.0.1:1', log });
    assert.deepEqual(await cache.getMany(['a']), [null]);
    cache.forget(['a']);
    await cache.close();
  });
});
