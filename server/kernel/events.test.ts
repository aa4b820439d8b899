import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openTestHouse } from '../../test/context.ts';
import type { Transaction } from '../ports/db/db.ts';
import { deliverEvents } from './deliver-events.ts';
import { appendEvent, type Consumer, sweepEvents } from './events.ts';

const house = await openTestHouse();
after(() => house.close());
const { ctx } = house;

/** A table of the test, to have effects in. */
await ctx.db.script('create table heard (key bigint, seq bigint, consumer text)');

const append = (tx: Transaction, key: string, seq: number, type = 'test.happened') =>
  appendEvent(ctx, tx, { group: 'people', key, seq: String(seq), type, payload: { n: seq } });

function listener(name: string, fails: (seq: string) => boolean = () => false): Consumer {
  return {
    name,
    group: 'people',
    types: ['test.happened'],
    async handle(_ctx, tx, event) {
      await tx.query('insert into heard values ($1, $2, $3)', [event.key, event.seq, name]);
      if (fails(event.seq)) throw new Error('a consumer of a test');
      return undefined;
    },
  };
}

const heardBy = async (name: string, key: string) => {
  const rows = await ctx.db.query<{ seq: string }>(
    'select seq from heard where consumer = $1 and key = $2 order by ctid',
    [name, key],
  );
  return rows.map((row) => Number(row.seq));
};

test('events of a key reach a consumer in order, once, however often they are delivered', async () => {
  for (let seq = 1; seq <= 250; seq += 1) await ctx.db.transaction((tx) => append(tx, '1', seq));
  const consumer = listener('orderly');
  const payload = { group: 'people', key: '1' };
  await Promise.all([1, 2, 3].map(() => deliverEvents(ctx, [consumer], payload)));
  const expected = Array.from({ length: 250 }, (_, index) => index + 1);
  assert.deepEqual(await heardBy('orderly', '1'), expected);
});

test('a consumer that fails keeps its place and its order, and does not hold up the others', async () => {
  for (const seq of [1, 2, 3]) await ctx.db.transaction((tx) => append(tx, '2', seq));
  let broken = true;
  const bad = listener('bad', (seq) => broken && seq === '2');
  const good = listener('good');
  const payload = { group: 'people', key: '2' };
  await assert.rejects(deliverEvents(ctx, [bad, good], payload), /a consumer of a test/);
  assert.deepEqual(await heardBy('good', '2'), [1, 2, 3]);
  assert.deepEqual(await heardBy('bad', '2'), [], 'what it wrote before it failed is undone');
  broken = false;
  await deliverEvents(ctx, [bad, good], payload);
  assert.deepEqual(await heardBy('bad', '2'), [1, 2, 3]);
  assert.deepEqual(await heardBy('good', '2'), [1, 2, 3]);
});

test('an event of a transaction that fails never was', async () => {
  const failing = ctx.db.transaction(async (tx) => {
    await append(tx, '3', 1);
    throw new Error('never mind');
  });
  await assert.rejects(failing, /never mind/);
  await deliverEvents(ctx, [listener('third')], { group: 'people', key: '3' });
  assert.deepEqual(await heardBy('third', '3'), []);
  const jobs = await ctx.db.query(
    "select id from graphile_worker.jobs where key like 'events:people:3:%'",
  );
  assert.equal(jobs.length, 0);
});

test('events of other types pass by; what is said after the commit is said after it', async () => {
  await ctx.db.transaction((tx) => append(tx, '4', 1, 'test.other'));
  await ctx.db.transaction((tx) => append(tx, '4', 2));
  const seen: number[] = [];
  const consumer: Consumer = {
    ...listener('after'),
    async handle(_ctx, tx, event) {
      await tx.query('insert into heard values ($1, $2, $3)', [event.key, event.seq, 'after']);
      return () => seen.push(Number(event.seq));
    },
  };
  await deliverEvents(ctx, [consumer], { group: 'people', key: '4' });
  assert.deepEqual(seen, [2]);
});

test('the sweep takes old events that everyone is past, and no other', async () => {
  await ctx.db.transaction((tx) => append(tx, '5', 1));
  await ctx.db.transaction((tx) => append(tx, '6', 1));
  await deliverEvents(ctx, [listener('fifth')], { group: 'people', key: '5' });
  const later = new Date(Date.now() + 8 * 24 * 3600 * 1000);
  const clock = { now: () => later, millis: () => later.getTime() };
  await sweepEvents({ ...ctx, clock });
  const left = await ctx.db.query<{ person_id: string }>(
    'select person_id from person_events where person_id in (5, 6)',
  );
  assert.deepEqual(left, [{ person_id: '6' }]);
});
