import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { openTestHouse } from '../../test/context.ts';
import { startDeliveries } from '../roles/deliveries.ts';
import { deliverEvents } from './deliver-events.ts';
import { deliverTogether, listWaiting } from './deliver-together.ts';
import { appendEvent, awaitedBy, type Consumer, type StoredEvent } from './events.ts';

const house = await openTestHouse();
after(() => house.close());
const { ctx } = house;

/** A table of the test, to have effects in. */
await ctx.db.script(
  'create table heard (nr bigserial primary key, key bigint, seq bigint, consumer text)',
);

const GROUP = 'people';
const TYPE = 'test.happened';

const append = (key: string, seq: number, type = TYPE) =>
  ctx.db.transaction((tx) =>
    appendEvent(ctx, tx, { group: GROUP, key, seq: String(seq), type, payload: { n: seq } }),
  );

interface Manner {
  readonly many?: boolean;
  readonly fails?: (event: StoredEvent) => boolean;
  readonly onHeard?: (event: StoredEvent) => void;
}

/** Writes down what it hears. */
function listener(name: string, { many, fails, onHeard }: Manner = {}): Consumer {
  const one: Consumer['handle'] = async (_ctx, tx, event) => {
    await tx.query('insert into heard (key, seq, consumer) values ($1, $2, $3)', [
      event.key,
      event.seq,
      name,
    ]);
    if (fails?.(event)) throw new Error('a consumer of a test');
    return onHeard && (() => onHeard(event));
  };
  const consumer = { name, group: GROUP, types: [TYPE], handle: one } as const;
  if (!many) return consumer;
  return {
    ...consumer,
    async handleMany(on, tx, events) {
      const all: ((() => void) | undefined)[] = [];
      for (const event of events) all.push(await one(on, tx, event));
      return () => {
        for (const run of all) run?.();
      };
    },
  };
}

const heardBy = async (name: string, key: string) => {
  const rows = await ctx.db.query<{ seq: string }>(
    'select seq from heard where consumer = $1 and key = $2 order by nr',
    [name, key],
  );
  return rows.map((row) => Number(row.seq));
};

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Runs the jobs that keys were handed over to, as the worker does. */
async function runJobs(consumers: readonly Consumer[]): Promise<void> {
  const jobs = await ctx.db.query<{ id: string; payload: { group: string; key: string } }>(
    `select j.id, j.payload from graphile_worker._private_jobs j where j.key like 'events:%' order by j.id`,
  );
  for (const { id, payload } of jobs) {
    const ran = await deliverEvents(ctx, consumers, payload).then(
      () => true,
      () => false, // its turn comes again
    );
    if (ran) await ctx.db.query('delete from graphile_worker._private_jobs where id = $1', [id]);
  }
}

test('events of many keys are delivered in one transaction, in order, once, whoever delivers', async () => {
  const keys = ['11', '12', '13'];
  for (const key of keys) for (const seq of upTo(40)) await append(key, seq);
  const consumers = [listener('single'), listener('many', { many: true })];
  await Promise.all([1, 2, 3].map(() => deliverTogether(ctx, consumers, GROUP, keys)));
  for (const key of keys) {
    assert.deepEqual(await heardBy('single', key), upTo(40));
    assert.deepEqual(await heardBy('many', key), upTo(40));
  }
});

test('of very many events it says that there are more, and what runs after the commit runs after it', async () => {
  for (const seq of upTo(520)) await append('21', seq);
  const seen: number[] = [];
  const consumers = [
    listener('long', { many: true, onHeard: ({ seq }) => seen.push(Number(seq)) }),
  ];
  assert.deepEqual(await deliverTogether(ctx, consumers, GROUP, ['21']), ['21']);
  assert.deepEqual(await deliverTogether(ctx, consumers, GROUP, ['21']), []);
  assert.deepEqual(seen, upTo(520));
});

test('one that fails holds up neither other keys nor other consumers, and keeps its order', async () => {
  for (const key of ['31', '32', '33']) for (const seq of [1, 2]) await append(key, seq);
  let broken = true;
  const fails = ({ key, seq }: StoredEvent) => broken && key === '32' && seq === '2';
  const consumers = [listener('bad', { fails }), listener('good')];
  await deliverTogether(ctx, consumers, GROUP, ['31', '32', '33']);
  for (const key of ['31', '33']) assert.deepEqual(await heardBy('bad', key), [1, 2]);
  assert.deepEqual(await heardBy('bad', '32'), [], 'handed over, and undone');
  const bad = consumers[0] as Consumer;
  assert.deepEqual([...(await awaitedBy(ctx.db, bad, ['31', '32']))], ['32']);

  await runJobs(consumers);
  assert.deepEqual(await heardBy('good', '32'), [1, 2]);
  assert.deepEqual(await heardBy('bad', '32'), []);

  // What comes later stays behind it, whichever way it is delivered.
  await append('32', 3);
  await deliverTogether(ctx, consumers, GROUP, ['32']);
  assert.deepEqual(await heardBy('good', '32'), [1, 2]);
  broken = false;
  await runJobs(consumers);
  assert.deepEqual(await heardBy('bad', '32'), [1, 2, 3]);
  assert.deepEqual(await heardBy('good', '32'), [1, 2, 3]);

  // And all is as before.
  await append('32', 4);
  await deliverTogether(ctx, consumers, GROUP, ['32']);
  assert.deepEqual(await heardBy('bad', '32'), [1, 2, 3, 4]);
});

test('the worker delivers what it is told of, and finds what nobody told of', async () => {
  // As a process leaves it that was killed between its commit and telling.
  const at = new Date(ctx.clock.millis() - 60_000);
  await ctx.db.query(
    `insert into person_events (person_id, seq, type, payload, created_at, state)
     values (41, 1, $1, '{"n":1}', $2, 0)`,
    [TYPE, at],
  );
  const told = new Map<string, () => void>();
  const nextOf = (key: string) => new Promise<void>((resolve) => told.set(key, resolve));
  const consumers = [listener('told', { onHeard: ({ key }) => told.get(key)?.() })];
  const found = nextOf('41');
  const deliveries = startDeliveries(ctx, consumers, async () => undefined);
  await found;
  const heard = nextOf('42');
  await append('42', 1);
  await heard;
  await deliveries.stop();
  await append('42', 2);
  assert.deepEqual(await heardBy('told', '42'), [1], 'it has stopped');
  assert.deepEqual(
    await listWaiting(ctx.db, GROUP, { before: new Date(ctx.clock.millis() + 1), take: 10 }),
    ['42'],
  );
});

test('whatever fails, and in whatever order it is delivered: each event once, in its order', async () => {
  const step = fc.oneof(
    fc.record({ act: fc.constant('append' as const), key: fc.nat(3) }),
    fc.record({
      act: fc.constant('deliver' as const),
      keys: fc.uniqueArray(fc.nat(3), { minLength: 1 }),
      twice: fc.boolean(),
    }),
    fc.record({ act: fc.constant('alone' as const), key: fc.nat(3) }),
    fc.record({ act: fc.constant('jobs' as const) }),
    fc.record({ act: fc.constant('break' as const), key: fc.nat(3), broken: fc.boolean() }),
  );
  let world = 1000;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      world += 10;
      const keyOf = (nr: number) => String(world + nr);
      const broken = new Set<string>();
      const fails = ({ key }: StoredEvent) => broken.has(key);
      const name = `model ${world}`;
      const consumers = [listener(`${name} a`, { many: true, fails }), listener(`${name} b`)];
      const counts = [0, 0, 0, 0];
      for (const one of steps) {
        if (one.act === 'append') {
          counts[one.key] = (counts[one.key] ?? 0) + 1;
          await append(keyOf(one.key), counts[one.key] as number);
        } else if (one.act === 'deliver') {
          const keys = one.keys.map(keyOf);
          const runs = one.twice ? [keys, keys.toReversed()] : [keys];
          await Promise.all(runs.map((some) => deliverTogether(ctx, consumers, GROUP, some)));
        } else if (one.act === 'alone') {
          const payload = { group: GROUP, key: keyOf(one.key) };
          await deliverEvents(ctx, consumers, payload).catch(() => undefined); // its job would come again
        } else if (one.act === 'jobs') {
          await runJobs(consumers);
        } else if (one.broken) broken.add(keyOf(one.key));
        else broken.delete(keyOf(one.key));
      }
      broken.clear();
      const all = counts.map((_, nr) => keyOf(nr));
      for (const key of all) await deliverEvents(ctx, consumers, { group: GROUP, key });
      await deliverTogether(ctx, consumers, GROUP, all);
      await runJobs(consumers);
      for (const [nr, key] of all.entries()) {
        assert.deepEqual(await heardBy(`${name} a`, key), upTo(counts[nr] as number));
        assert.deepEqual(await heardBy(`${name} b`, key), upTo(counts[nr] as number));
      }
    }),
    { numRuns: 40 },
  );
});
