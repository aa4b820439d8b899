import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openTestDatabase } from '../../../test/database.ts';
import type { Db, TouchListener } from './db.ts';
import { openPostgres } from './postgres.ts';

const database = await openTestDatabase();
after(() => database.drop());

async function openProcess(name: string): Promise<Db> {
  const db = openPostgres({
    url: database.url,
    maxConnections: 4,
    applicationName: name,
    statementTimeoutMs: 5000,
    log: { warn() {} },
  });
  await db.shareTouches();
  return db;
}

/** What `db` hears next that `fits`. */
function hears(db: Db, fits: (keys: ReadonlySet<string> | null) => boolean): Promise<void> {
  const heard = new EventTarget();
  const stop = db.onTouch(((keys) => {
    if (!fits(keys)) return;
    stop();
    heard.dispatchEvent(new Event('heard'));
  }) satisfies TouchListener);
  return once(heard, 'heard').then(() => undefined);
}

test('what a transaction touches is heard here before it resolves, in others after its commit', async () => {
  const [here, there] = [await openProcess('here'), await openProcess('there')];
  const order: string[] = [];
  here.onTouch((keys) => order.push(`here ${[...(keys ?? [])]}`));
  const arrived = hears(there, (keys) => keys?.has('a') === true && keys.has('b'));
  await here.transaction(async (tx) => {
    tx.touch('a');
    await tx.query('select 1');
    tx.touch('b', 'a');
  });
  assert.deepEqual(order, ['here a,b']);
  await arrived;
  await here.close();
  await there.close();
});

test('what was rolled back is not heard; many keys are, in several messages; loose ones come too', async () => {
  const [here, there] = [await openProcess('here'), await openProcess('there')];
  const heard = new Set<string>();
  there.onTouch((keys) => {
    for (const key of keys ?? []) heard.add(key);
  });
  const many = Array.from({ length: 3000 }, (_, n) => `home:${7_000_000_000_000 + n}`);
  await here
    .transaction(async (tx) => {
      tx.touch('never');
      throw new Error('no');
    })
    .catch(() => undefined);
  const last = hears(there, () => many.every((key) => heard.has(key)) && heard.has('loose'));
  await here.transaction(async (tx) => {
    tx.touch(...many);
    await tx.query('select 1');
  });
  here.touchLoosely('loose');
  await last;
  assert.ok(!heard.has('never'));
  await here.close();
  await there.close();
});

test('what is announced is heard after the commit; in several messages, and as touched when it is long', async () => {
  const [here, there] = [await openProcess('here'), await openProcess('there')];
  const ids = Array.from({ length: 2000 }, (_, n) => `${7_000_000_000_000 + n}`);
  const left = new Set(ids);
  const keys = new Set<string>();
  const { promise, resolve } = Promise.withResolvers<void>();
  there.onTouch((touched, announced) => {
    for (const key of touched ?? []) keys.add(key);
    for (const one of announced) {
      assert.equal(one.kind, 'home:');
      assert.equal(one.change, '"1,2"');
      for (const id of one.ids) left.delete(id);
    }
    if (left.size === 0 && keys.size === 2) resolve();
  });
  const told: unknown[] = [];
  here.onTouch((_, announced) => told.push(...announced));
  await here
    .transaction(async (tx) => {
      tx.announce({ kind: 'home:', ids, change: 'never' });
      throw new Error('no');
    })
    .catch(() => undefined);
  assert.deepEqual(told, []);
  const short = { kind: 'home:', ids, change: '"1,2"' };
  const long = { kind: 'long:', ids: ['1', '2'], change: 'x'.repeat(2000) };
  await here.transaction(async (tx) => tx.announce(short, long));
  assert.deepEqual(told, [short, long]);
  await promise;
  assert.deepEqual([...keys], ['long:1', 'long:2']);
  await here.close();
  await there.close();
});

test('a connection that was lost is told as if everything had been touched', async () => {
  const [here, there] = [await openProcess('here'), await openProcess('deaf')];
  const everything = hears(there, (keys) => keys === null);
  await here.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = 'deaf' and query ilike 'listen%'`,
  );
  await everything;
  const arrived = hears(there, (keys) => keys?.has('after') === true);
  await here.transaction(async (tx) => tx.touch('after'));
  await arrived;
  assert.equal(there.hearsTouches, true);
  await here.close();
  await there.close();
});

test('a process that falls silent without a word is told as if everything had been touched', async () => {
  const there = await openProcess('there');
  const child = fork(join(import.meta.dirname, '../../../test/beating-process.ts'), {
    env: { ...process.env, DATABASE_URL: database.url },
  });
  await hears(there, (keys) => keys?.has('alive') === true);
  const everything = hears(there, (keys) => keys === null);
  child.kill('SIGKILL');
  await everything;
  await there.close();
});
