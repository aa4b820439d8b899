import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { pino } from 'pino';
import { openTestDatabase } from '../../test/database.ts';
import {
  knownJobWorkers,
  LEASE_MS,
  leaseWorker,
  noteJobWorkers,
  takeDeadJobWorkers,
} from './id-lease.ts';

const database = await openTestDatabase();
after(() => database.drop());
const { db } = database;
const log = pino({ level: 'silent' });
const at = (ms: number) => ({ millis: () => ms, now: () => new Date(ms) });

test('many processes that start at once hold different numbers', async () => {
  const leases = await Promise.all(
    Array.from({ length: 20 }, () => leaseWorker(db, at(1_000_000), log)),
  );
  assert.equal(new Set(leases.map((lease) => lease.worker)).size, leases.length);
  for (const lease of leases) await lease.release();
});

test('a number that was given up is taken again, from the time up to which it was used', async () => {
  const first = await leaseWorker(db, at(10_000_000), log);
  const second = await leaseWorker(db, at(10_000_000 + LEASE_MS), log);
  assert.equal(second.worker, first.worker);
  assert.equal(second.fromMs, 10_000_000 + LEASE_MS);
  await first.release();
  const third = await leaseWorker(db, at(10_000_001 + LEASE_MS), log);
  assert.notEqual(
    third.worker,
    second.worker,
    'a late release must not free the number of another',
  );
  await second.release();
  await third.release();
});

test('the job workers of a dead process are found when its lease is over, or at once when alone', async () => {
  const dead = await leaseWorker(db, at(100_000_000), log);
  await noteJobWorkers(db, dead, ['worker-a', 'worker-b']);
  const own = await leaseWorker(db, at(100_000_000), log);
  assert.deepEqual(await takeDeadJobWorkers(db, own, at(100_000_001), false), []);
  assert.deepEqual(await takeDeadJobWorkers(db, own, at(100_000_001), true), [
    'worker-a',
    'worker-b',
  ]);
  assert.deepEqual(await takeDeadJobWorkers(db, own, at(100_000_001), true), [], 'only once');
  await noteJobWorkers(db, dead, ['worker-c']);
  const later = at(100_000_001 + LEASE_MS);
  assert.deepEqual(await takeDeadJobWorkers(db, own, later, false), ['worker-c']);
});

test('who takes over the number of a dead process finds its job workers too', async () => {
  const dead = await leaseWorker(db, at(200_000_000), log);
  await noteJobWorkers(db, dead, ['worker-d']);
  const later = at(200_000_001 + LEASE_MS);
  const heir = await leaseWorker(db, later, log);
  assert.equal(heir.worker, dead.worker);
  assert.deepEqual(await takeDeadJobWorkers(db, heir, later, false), ['worker-d']);
  await noteJobWorkers(db, heir, ['worker-e']);
  assert.deepEqual(await takeDeadJobWorkers(db, heir, later, true), [], 'its own are alive');
  await heir.release();
});

test('who slept past the end of its lease goes on, with another number when its own was taken', async () => {
  let now = 300_000_000;
  const clock = { millis: () => now, now: () => new Date(now) };
  const sleeper = await leaseWorker(db, clock, log);
  const { worker } = sleeper;
  await noteJobWorkers(db, sleeper, ['worker-f']);
  now += LEASE_MS;
  sleeper.renew();
  while (sleeper.untilMs() <= now) await db.query('select 1');
  assert.equal(sleeper.worker, worker);

  now += LEASE_MS;
  const other = await leaseWorker(db, clock, log);
  assert.equal(other.worker, worker);
  sleeper.renew();
  while (sleeper.untilMs() <= now) await db.query('select 1');
  assert.notEqual(sleeper.worker, worker);
  await sleeper.release();
  assert.ok((await knownJobWorkers(db)).has('worker-f'));
  await other.release();
});
