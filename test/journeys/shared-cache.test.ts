import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { NearCache } from '../../server/kernel/near-cache.ts';
import { until } from '../../server/ports/cache/contract.ts';
import { openTestHouse, type TestHouse } from '../context.ts';
import { hasRedis, startRedis } from '../redis.ts';

interface Note {
  readonly text: string;
  readonly at: Date;
}

/** Notes of one process, read through its memory, the shared cache and the database. */
function notesOf({ ctx }: TestHouse) {
  const loads: string[] = [];
  const near = new NearCache<string, Note>(ctx, {
    max: 100,
    ttlMs: 60_000,
    shared: 'notes',
    keyOf: (id) => `note:${id}`,
    load: async (ids) => {
      loads.push(...ids);
      const rows = await ctx.db.query<{ id: string } & Note>(
        'select id, text, at from notes where id = any($1::text[]) order by id',
        [ids],
      );
      return new Map(rows.map(({ id, text, at }) => [id, { text, at }]));
    },
  });
  const write = (id: string, text: string) =>
    ctx.db.transaction(async (tx) => {
      await tx.query(
        `insert into notes (id, text, at) values ($1, $2, $3)
         on conflict (id) do update set text = excluded.text`,
        [id, text, new Date(0)],
      );
      tx.touch(`note:${id}`);
    });
  return { near, loads, write };
}

describe('two processes and a Redis', { skip: hasRedis ? false : 'no redis-server' }, async () => {
  if (!hasRedis) return;
  const redis = await startRedis();
  const first = await openTestHouse(undefined, { BUS_URL: 'postgres:', CACHE_URL: redis.url });
  const second = await openTestHouse(undefined, {
    BUS_URL: 'postgres:',
    CACHE_URL: redis.url,
    DATABASE_URL: first.url,
  });
  after(async () => {
    await second.close();
    await first.close();
    await redis.stop();
  });
  await first.ctx.db.query('create table notes (id text primary key, text text, at timestamptz)');
  const [here, there] = [notesOf(first), notesOf(second)];
  const text = async (notes: typeof here, id: string) => (await notes.near.get(id))?.text;

  test('what one has loaded the other need not load; what one changes the other sees', async () => {
    await here.write('a', 'one');
    await until(async () => {
      // The fence of the first write keeps it out for a while: another note has none.
      await first.ctx.db.query(
        `insert into notes (id, text, at) values ('b', 'quiet', $1) on conflict do nothing`,
        [new Date(5)],
      );
      here.near.clear();
      return (await text(here, 'b')) === 'quiet';
    });
    await until(async () => {
      there.near.clear();
      there.loads.length = 0;
      await here.near.get('b');
      return (await there.near.get('b'))?.at.getTime() === 5 && there.loads.length === 0;
    });
    await there.write('b', 'loud');
    assert.equal(await text(there, 'b'), 'loud');
    await until(async () => (await text(here, 'b')) === 'loud');
  });

  test('without it everything goes on, and what changed meanwhile is not old when it is back', async () => {
    await here.write('c', 'before');
    assert.equal(await text(here, 'c'), 'before');
    redis.hang();
    await there.write('c', 'meanwhile');
    assert.equal(await text(there, 'c'), 'meanwhile');
    await until(async () => (await text(here, 'c')) === 'meanwhile');
    redis.goOn();
    for (let n = 0; n < 50; n += 1) {
      here.near.clear();
      assert.equal(await text(here, 'c'), 'meanwhile');
    }
    await redis.kill();
    await here.write('c', 'after');
    assert.equal(await text(here, 'c'), 'after');
    await until(async () => (await text(there, 'c')) === 'after');
    await redis.start();
    assert.equal(await text(there, 'c'), 'after');
  });
});
