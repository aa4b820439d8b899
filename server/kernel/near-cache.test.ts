import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openTestHouse } from '../../test/context.ts';
import { NearCache } from './near-cache.ts';

const house = await openTestHouse();
after(() => house.close());
const { ctx } = house;

interface Counted {
  readonly version: number;
}

/** A table of one column that the cache reads through. */
function openCounted(gate: Promise<void> = Promise.resolve()) {
  const versions = new Map<string, number>();
  const loads: string[][] = [];
  const cache = new NearCache<string, Counted>(ctx, {
    max: 100,
    ttlMs: 60_000,
    keyOf: (id) => `counted:${id}`,
    load: async (ids) => {
      loads.push([...ids]);
      const read = new Map(
        ids.flatMap((id): [string, Counted][] => {
          const version = versions.get(id);
          return version === undefined ? [] : [[id, { version }]];
        }),
      );
      await gate;
      return read;
    },
  });
  const write = (id: string, version: number) =>
    ctx.db.transaction(async (tx) => {
      await tx.query('select 1');
      versions.set(id, version);
      tx.touch(`counted:${id}`);
    });
  return { cache, loads, write, versions };
}

test('what is missed in one moment is loaded in one go, once', async () => {
  const { cache, loads, versions } = openCounted();
  for (const id of ['a', 'b', 'c']) versions.set(id, 1);
  const [one, many] = await Promise.all([cache.get('a'), cache.getMany(['a', 'b', 'nobody'])]);
  assert.deepEqual(one, { version: 1 });
  assert.deepEqual([...many.keys()].sort(), ['a', 'b']);
  assert.deepEqual(loads, [['a', 'b', 'nobody']]);
  assert.equal(cache.peek('a'), one);
});

test('what a transaction touches is gone when it has committed, not when it has not', async () => {
  const { cache, write, versions } = openCounted();
  versions.set('a', 1);
  await cache.get('a');
  await assert.rejects(
    ctx.db.transaction(async (tx) => {
      tx.touch('counted:a');
      await tx.query('select 1');
      throw new Error('taken back');
    }),
  );
  assert.deepEqual(cache.peek('a'), { version: 1 });
  await write('a', 2);
  assert.equal(cache.peek('a'), undefined);
  assert.deepEqual(await cache.get('a'), { version: 2 });
});

test('what was read before a touch is given to those who waited, and kept for nobody', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { cache, write, versions } = openCounted(promise);
  versions.set('a', 1);
  const early = cache.get('a');
  await new Promise((done) => setImmediate(done));
  await write('a', 2);
  const late = cache.get('a');
  resolve();
  assert.deepEqual(await early, { version: 1 });
  assert.deepEqual(await late, { version: 2 });
  assert.deepEqual(cache.peek('a'), { version: 2 });
});

test('a load that fails fails for those who waited, and is tried again', async () => {
  let fail = true;
  const cache = new NearCache<string, Counted>(ctx, {
    max: 10,
    ttlMs: 1000,
    keyOf: (id) => id,
    load: async (ids) => {
      if (fail) throw new Error('the database is away');
      return new Map(ids.map((id) => [id, { version: 1 }]));
    },
  });
  await assert.rejects(Promise.all([cache.get('a'), cache.get('b')]), /away/);
  fail = false;
  assert.deepEqual(await cache.get('a'), { version: 1 });
});

test('a value goes with any of the keys that it depends on, and the keys with their last value', async () => {
  let version = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  let gate: Promise<void> = Promise.resolve();
  const cache = new NearCache<string, Counted>(ctx, {
    max: 2,
    ttlMs: 60_000,
    keyOf: (id) => `own:${id}`,
    keysOf: (id) => ['shared', `other:${id}`],
    load: async (ids) => {
      version += 1;
      const read = new Map(ids.map((id) => [id, { version }]));
      await gate;
      return read;
    },
  });
  const touch = (...keys: string[]) => {
    ctx.db.touchLoosely(...keys);
  };
  await cache.getMany(['a', 'b']);
  touch('other:a');
  assert.equal(cache.peek('a'), undefined);
  assert.ok(cache.peek('b'), 'nobody else');
  await cache.get('a');
  touch('shared');
  assert.equal(cache.peek('a'), undefined);
  assert.equal(cache.peek('b'), undefined);
  await cache.getMany(['a', 'b', 'c']);
  assert.equal(cache.peek('a'), undefined, 'has left for c');
  await cache.get('a');
  touch('own:a');
  assert.equal(cache.peek('a'), undefined);

  gate = promise;
  const early = cache.get('a');
  await new Promise((done) => setImmediate(done));
  const before = version;
  touch('shared');
  const late = cache.get('a');
  resolve();
  assert.equal((await early)?.version, before);
  assert.equal((await late)?.version, before + 1);
  assert.equal(
    cache.peek('a')?.version,
    before + 1,
    'the later one is kept, and not the one before',
  );
  touch('other:a');
  assert.equal(cache.peek('a'), undefined, 'it still goes with its key');
});
