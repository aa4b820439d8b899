import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openTestHouse } from '../../test/context.ts';
import { holdClock } from '../../test/server.ts';
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

/** Lists of words that are announced, of those who are asked for. */
function openWords(gate: Promise<void> = Promise.resolve(), max = 100) {
  const written = new Map<string, readonly string[]>();
  const loads: string[] = [];
  const clock = holdClock();
  const cache = new NearCache<string, readonly string[]>(
    { ...ctx, clock },
    {
      max,
      ttlMs: 1000,
      keyOf: (id) => `words:${id}`,
      load: async (ids) => {
        loads.push(...ids);
        const read = new Map(ids.map((id) => [id, written.get(id) ?? []]));
        await gate;
        return read;
      },
      changed: (word) => (words) => (words.includes(word) ? words : [...words, word]),
    },
  );
  const add = (word: string, ...ids: string[]) =>
    ctx.db.transaction(async (tx) => {
      await tx.query('select 1');
      for (const id of ids) written.set(id, [...(written.get(id) ?? []), word]);
      tx.announce({ kind: 'words:', ids, change: word });
    });
  return { cache, loads, add, clock };
}

test('what is announced is added to what is near, and to a load that may have read it or not', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { cache, loads, add } = openWords(promise);
  const early = cache.get('a');
  await new Promise((done) => setImmediate(done));
  await add('one', 'a', 'b');
  const late = cache.get('a');
  const other = cache.get('b');
  resolve();
  assert.deepEqual(await Promise.all([early, late, other]), [['one'], ['one'], ['one']]);
  await add('two', 'a', 'b', 'nobody');
  assert.deepEqual(cache.peek('a'), ['one', 'two']);
  assert.deepEqual(cache.peek('b'), ['one', 'two']);
  assert.deepEqual(loads, ['a', 'b']);
});

test('what is announced in vain is not; what was touched with it is read again', async () => {
  const { cache, loads, add } = openWords();
  await cache.get('a');
  const failing = ctx.db.transaction(async (tx) => {
    await tx.query('select 1');
    tx.announce({ kind: 'words:', ids: ['a'], change: 'never' });
    throw new Error('taken back');
  });
  await assert.rejects(failing, /taken back/);
  assert.deepEqual(cache.peek('a'), []);
  // A commit that is answered with a rollback; it might as well not be answered.
  const failed = ctx.db.transaction(async (tx) => {
    tx.announce({ kind: 'words:', ids: ['a'], change: 'never' });
    await tx.query('select 1 / 0').catch(() => undefined);
  });
  await assert.rejects(failed, /nothing was kept/);
  assert.equal(cache.peek('a'), undefined);
  await cache.get('a');
  await add('one', 'a');
  await ctx.db.transaction(async (tx) => {
    tx.announce({ kind: 'words:', ids: ['a'], change: 'not to be seen' });
    tx.touch('words:a');
  });
  assert.equal(cache.peek('a'), undefined);
  assert.deepEqual(await cache.get('a'), ['one']);
  assert.equal(loads.length, 3);
});

test('a change makes a value neither younger nor used', async () => {
  const { cache, add, clock } = openWords(undefined, 2);
  await cache.get('a');
  await cache.get('b');
  await add('one', 'a');
  await cache.get('c');
  assert.equal(cache.peek('a'), undefined, 'the one that nobody had asked for');
  assert.deepEqual(cache.peek('b'), []);
  clock.advance(600);
  await add('two', 'b');
  assert.deepEqual(cache.peek('b'), ['two']);
  clock.advance(600);
  // The time is looked at once a millisecond.
  for (let n = 0; n < 50 && cache.peek('b'); n += 1) await ctx.db.query('select 1');
  assert.equal(cache.peek('b'), undefined);
});

test('who cannot make a change takes what it is about for touched', async () => {
  const { cache, versions } = openCounted();
  for (const id of ['a', 'b']) versions.set(id, 1);
  await cache.getMany(['a', 'b']);
  const further = new NearCache<string, Counted>(ctx, {
    max: 10,
    ttlMs: 1000,
    keyOf: (id) => `own:${id}`,
    keysOf: (id) => [`counted:${id}`],
    load: async (ids) => new Map(ids.map((id) => [id, { version: 1 }])),
  });
  await further.getMany(['a', 'b']);
  await ctx.db.transaction(async (tx) => {
    tx.announce({ kind: 'counted:', ids: ['a'], change: '2' });
  });
  for (const one of [cache, further]) {
    assert.equal(one.peek('a'), undefined);
    assert.ok(one.peek('b'));
  }
});
