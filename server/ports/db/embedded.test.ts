import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { startHolder } from '../../../test/embedded-process.ts';
import type { Db } from './db.ts';
import { type Embedded, type EmbeddedOptions, openEmbedded } from './embedded.ts';
import { openPostgres } from './postgres.ts';

let place: string;
let open: Embedded[] = [];

before(async () => {
  place = await mkdtemp(join(tmpdir(), 'aperto embedded-'));
});
afterEach(async () => {
  await Promise.all(open.map((one) => one.stop()));
  open = [];
});
after(() => rm(place, { recursive: true, force: true }));

/** Collects what is logged, and lets a test wait for a line. */
function listener() {
  const lines: string[] = [];
  let heard = () => {};
  const hear = (_fields: object, message: string) => {
    lines.push(message);
    heard();
  };
  return {
    lines,
    log: { info: hear, warn: hear, error: hear },
    async line(message: string) {
      while (!lines.includes(message)) {
        await new Promise<void>((resolve) => {
          heard = resolve;
        });
      }
    },
  };
}

async function start(name: string, options: Partial<EmbeddedOptions> = {}): Promise<Embedded> {
  const { log } = listener();
  const database = await openEmbedded({ dataDir: join(place, name), log, ...options });
  open.push(database);
  return database;
}

async function using<T>(url: string, work: (db: Db) => Promise<T>): Promise<T> {
  const db = openPostgres({
    url,
    maxConnections: 2,
    applicationName: 'test',
    statementTimeoutMs: 30_000,
    log: { warn() {} },
  });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

const write = (url: string) =>
  using(url, (db) =>
    db.script('create table kept (id int8 primary key); insert into kept values (7)'),
  );
const read = (url: string) => using(url, (db) => db.query<{ id: string }>('select id from kept'));

test('a new database is durable, checked, in UTF-8 and UTC, and keeps its rows over a stop', async () => {
  const first = await start('new');
  const names = ['fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums', 'TimeZone'];
  names.push('server_encoding', 'listen_addresses', 'jit');
  const settings = await using(first.url, (db) =>
    db.query<{ name: string; setting: string }>(
      'select name, setting from pg_settings where name = any($1)',
      [names],
    ),
  );
  assert.deepEqual(Object.fromEntries(settings.map((row) => [row.name, row.setting])), {
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    data_checksums: 'on',
    TimeZone: 'UTC',
    server_encoding: 'UTF8',
    listen_addresses: '',
    jit: 'off',
  });
  await write(first.url);
  await first.stop();
  const second = await start('new');
  assert.deepEqual(await read(second.url), [{ id: '7' }]);
});

test('nobody but its user may enter the folder of its socket, nor its data', async () => {
  const database = await start('new');
  for (const folder of [database.host, join(place, 'new', 'postgres')]) {
    assert.equal((await stat(folder)).mode & 0o077, 0, folder);
  }
});

test('a second one on the same folder is refused and names the first', async () => {
  const holder = await startHolder(join(place, 'second'));
  await assert.rejects(start('second'), {
    name: 'EmbeddedError',
    message: `Another Aperto is running on this data folder (pid ${holder.child.pid}). Stop it, or set DATA_DIR to another folder.`,
  });
  const ended = once(holder.child, 'exit');
  holder.child.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
  const mine = await start('second');
  await assert.rejects(start('second'), /Another Aperto is running/, 'within one process, too');
  await mine.stop();
});

test('after kill -9 of its process everything committed is there, and the folder is free', async () => {
  const holder = await startHolder(join(place, 'killed'));
  await write(holder.url);
  const ended = once(holder.child, 'exit');
  holder.child.kill('SIGKILL');
  await ended;
  const next = await start('killed');
  assert.notEqual(next.pid, holder.pid);
  assert.deepEqual(await read(next.url), [{ id: '7' }]);
});

test('killed itself, it is started again and the same connections work', async () => {
  const { log, line } = listener();
  const exits: unknown[] = [];
  const database = await start('restart', { log, onExit: (how) => exits.push(how) });
  await write(database.url);
  const first = database.pid;
  process.kill(first, 'SIGKILL');
  await line('PostgreSQL is running again');
  assert.notEqual(database.pid, first);
  assert.deepEqual(exits, [{ code: null, signal: 'SIGKILL' }]);
  assert.deepEqual(await read(database.url), [{ id: '7' }]);
});

test('a stop while it is being started again ends it for good', async () => {
  const { log, line } = listener();
  const database = await start('restart', { log });
  process.kill(database.pid, 'SIGKILL');
  await line('PostgreSQL ended by itself; starting it again');
  await database.stop();
  const again = await start('restart');
  assert.deepEqual(await read(again.url), [{ id: '7' }]);
});

test('a postmaster.pid whose number went to another process, or that is empty, is no obstacle', async () => {
  const path = join(place, 'stale', 'postgres', 'postmaster.pid');
  await (await start('stale')).stop();
  await writeFile(
    path,
    `${process.pid}\n${join(place, 'stale', 'postgres')}\n1\n5432\n/tmp\n\n  1 2\nready\n`,
  );
  await (await start('stale')).stop();
  await writeFile(path, '');
  await (await start('stale')).stop();
});

test('an initialisation that was killed leaves nothing in the way', async () => {
  await mkdir(join(place, 'half', 'postgres.new-1', 'base'), { recursive: true });
  await writeFile(join(place, 'half', 'postgres.new-1', 'PG_VERSION'), '18\n');
  await start('half');
  await assert.rejects(stat(join(place, 'half', 'postgres.new-1')), { code: 'ENOENT' });
});

test('data of another version and folders of something else are left alone, with a word', async () => {
  await mkdir(join(place, 'old', 'postgres'), { recursive: true });
  await writeFile(join(place, 'old', 'postgres', 'PG_VERSION'), '15\n');
  await assert.rejects(start('old'), /is of PostgreSQL 15, and this Aperto brings PostgreSQL 18/);
  await mkdir(join(place, 'foreign', 'postgres'), { recursive: true });
  await writeFile(join(place, 'foreign', 'postgres', 'thesis.txt'), 'mine');
  await assert.rejects(start('foreign'), /holds files but no PostgreSQL data/);
  assert.equal(await readFile(join(place, 'foreign', 'postgres', 'thesis.txt'), 'utf8'), 'mine');
  await writeFile(join(place, 'file'), '');
  await assert.rejects(start('file'), /cannot be made .* Set DATA_DIR/);
});

test('a data folder with a long path has a short socket', async () => {
  const database = await start(join('deep', 'a'.repeat(120), 'b'.repeat(120)));
  assert.ok(database.host.length < 90);
  await write(database.url);
});
