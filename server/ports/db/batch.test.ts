import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openTestDatabase } from '../../../test/database.ts';
import type { Db } from './db.ts';
import { isUniqueViolation } from './errors.ts';
import { openPostgres } from './postgres.ts';

const database = await openTestDatabase();
const folder = await mkdtemp(join(tmpdir(), 'aperto-batch-'));
const NAME = '.s.PGSQL.5432';
const real = new URL(database.url).searchParams.get('host') ?? '';
assert.notEqual(real, '');

/** Messages since they were last looked at, each way. */
const messages = { asked: 0, answered: 0 };
const sockets = new Set<Socket>();
const between = createServer((near) => {
  const far = connect(join(real, NAME));
  for (const one of [near, far]) sockets.add(one.on('error', () => one.destroy()));
  near.on('data', () => (messages.asked += 1)).pipe(far);
  far.on('data', () => (messages.answered += 1)).pipe(near);
}).listen(join(folder, NAME));
await once(between, 'listening');

const url = new URL(database.url);
url.searchParams.set('host', folder);
const db: Db = openPostgres({
  url: url.href,
  maxConnections: 2,
  applicationName: 'batch',
  statementTimeoutMs: 5000,
  log: { warn() {} },
});
after(async () => {
  await db.close();
  for (const socket of sockets) socket.destroy();
  between.close();
  await rm(folder, { recursive: true });
  await database.drop();
});
await db.script('create table things (id int8 primary key, name text)');

async function messagesOf(work: () => Promise<unknown>): Promise<typeof messages> {
  Object.assign(messages, { asked: 0, answered: 0 });
  await work();
  return { ...messages };
}

const insert = 'insert into things (id, name) values ($1, $2) returning id';
const write = (from: number) =>
  db.transaction((tx) =>
    Promise.all([
      tx.query(insert, [from, 'one']),
      tx.query('update things set name = $2 where id = $1', [from, 'two']),
      tx.query('select id, name, null as nothing from things where id = $1', [from]),
      tx.query(insert, [from + 1, null]),
    ]),
  );

test('what a transaction starts in one go is one message, and one answer; its end is another', async () => {
  const [made, changed, read, more] = await write(1);
  assert.deepEqual(made, [{ id: '1' }]);
  assert.deepEqual(changed, []);
  assert.deepEqual(read, [{ id: '1', name: 'two', nothing: null }]);
  assert.deepEqual(more, [{ id: '2' }]);
  const { asked, answered } = await messagesOf(() => write(3));
  assert.ok(asked <= 2, `${asked} messages`);
  assert.ok(answered <= 2, `${answered} answers`);
});

test('single statements of one go are one message a connection', async () => {
  const ask = () => Promise.all(Array.from({ length: 8 }, (_, n) => db.query('select $1', [n])));
  await ask();
  const { asked } = await messagesOf(ask);
  assert.ok(asked <= 1, `${asked} messages`);
});

test('those after one that fails are not run and say so; the connection goes on', async () => {
  const later = 'select name as later from things where id = $1';
  const all = await db
    .transaction(async (tx) => {
      const asked = [tx.query(insert, [10, 'a']), tx.query(insert, [10, 'b'])];
      return Promise.allSettled([...asked, tx.query(later, [10])]);
    })
    .catch((error: unknown) => error);
  assert.equal((all as { code?: string }).code, '25P02');
  const settled = db.transaction(async (tx) => {
    const results = await Promise.allSettled([
      tx.query(insert, [11, 'a']),
      tx.query(insert, [11, 'b']),
      tx.query(later, [11]),
    ]);
    throw results;
  });
  const results = (await settled.catch((thrown: unknown) => thrown)) as PromiseSettledResult<[]>[];
  const reasons = results.map((one) => (one.status === 'rejected' ? one.reason : null));
  assert.equal(reasons[0], null);
  assert.ok(isUniqueViolation(reasons[1], 'things_pkey'));
  assert.equal(reasons[2].code, '25P02');
  // A statement that was sent and never parsed is parsed now.
  await db.transaction(async (tx) => {
    assert.deepEqual(await tx.query(later, [10]), []);
    assert.deepEqual(await tx.query(later, [1]), [{ later: 'two' }]);
  });
});
