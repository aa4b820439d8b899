import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Db } from './db.ts';
import { type Embedded, openEmbedded } from './embedded.ts';
import { socketUrl } from './embedded-cluster.ts';
import { DbUnavailable } from './errors.ts';
import { openPostgres, type PostgresOptions } from './postgres.ts';

const quiet = { info() {}, warn() {}, error() {} };

function open(options: Pick<PostgresOptions, 'url'> & Partial<PostgresOptions>): Db {
  return openPostgres({
    maxConnections: 6,
    applicationName: 'test',
    statementTimeoutMs: 30_000,
    log: quiet,
    ...options,
  });
}

suite('when PostgreSQL goes away', () => {
  let dataDir: string;
  let server: Embedded;
  let db: Db;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'aperto-outage-'));
    server = await start();
    db = open({ url: socketUrl(server.host, 'postgres') });
  });
  after(async () => {
    await db.close();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = () => openEmbedded({ dataDir, log: quiet, durable: false });

  /** One of each kind that runs until it is cut off. */
  async function busy(): Promise<Promise<unknown>[]> {
    const sleep = 'select pg_sleep(30)';
    const cut = [db.query(sleep), db.transaction((tx) => tx.query(sleep))];
    const asked = `select count(*)::int4 as n from pg_stat_activity
      where state = 'active' and query = $1`;
    await until('both sleep', async () => {
      const [row] = await db.query<{ n: number }>(asked, [sleep]);
      return row?.n === cut.length;
    });
    return cut.map((one) => one.catch((error: unknown) => error));
  }

  async function startedAt(): Promise<string | undefined> {
    const [row] = await db.query<{ at: string }>('select pg_postmaster_start_time()::text as at');
    return row?.at;
  }

  async function allWell(): Promise<void> {
    assert.deepEqual(await db.query('select 1 as one'), [{ one: 1 }]);
    assert.deepEqual(await db.transaction((tx) => tx.query('select 1 as one')), [{ one: 1 }]);
    await db.ping(1000);
  }

  test('in order and comes back, statements say so, then succeed, and channels are heard', async () => {
    let heard = false;
    await db.listen('back', () => {
      heard = true;
    });
    const cut = await busy();
    await server.stop();
    for (const error of await Promise.all(cut)) assert.ok(error instanceof DbUnavailable);
    await assert.rejects(db.query('select 1'), DbUnavailable);
    await assert.rejects(
      db.transaction((tx) => tx.query('select 1')),
      DbUnavailable,
    );
    await assert.rejects(db.script('select 1'), DbUnavailable);
    await assert.rejects(
      db.listen('other', () => {}),
      DbUnavailable,
    );
    await assert.rejects(db.ping(1000), DbUnavailable);
    server = await start();
    await allWell();
    // The listening connection comes back in its own time.
    await until('it is heard', async () => {
      await db.query(`select pg_notify('back', 'again')`);
      return heard;
    });
  });

  for (const signal of ['SIGQUIT', 'SIGKILL'] as const) {
    test(`by ${signal}, statements say so until it has recovered, then succeed`, async () => {
      await allWell();
      const started = await startedAt();
      const cut = await busy();
      process.kill(server.pid, signal);
      for (const error of await Promise.all(cut)) assert.ok(error instanceof DbUnavailable);
      // A backend outlives its killed parent by a moment and may still answer: it is not the one asked.
      await until('it has recovered', async () => {
        try {
          return (await startedAt()) !== started;
        } catch (error) {
          assert.ok(error instanceof DbUnavailable);
          return false;
        }
      });
      await allWell();
    });
  }

  test('from single connections, the next statements take others', async () => {
    await allWell();
    const other = open({ url: socketUrl(server.host, 'postgres') });
    await other.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity
       where pid <> pg_backend_pid() and backend_type = 'client backend'`,
    );
    await other.close();
    await allWell();
  });
});

test('a server that accepts and says nothing is given up after the time told', async () => {
  const callers = new Set<Socket>();
  const deaf = createServer((socket) => callers.add(socket)).listen(0, '127.0.0.1');
  await once(deaf, 'listening');
  const address = deaf.address();
  assert.ok(address !== null && typeof address === 'object');
  const url = `postgres://aperto@127.0.0.1:${address.port}/postgres`;
  const db = open({ url, connectTimeoutMs: 50 });
  await assert.rejects(db.query('select 1'), DbUnavailable);
  await assert.rejects(
    db.transaction((tx) => tx.query('select 1')),
    DbUnavailable,
  );
  await assert.rejects(db.script('select 1'), DbUnavailable);
  await assert.rejects(db.ping(10), DbUnavailable);
  await db.close();
  for (const socket of callers) socket.destroy();
  deaf.close();
});

/** Asks until it is so; what never comes must not keep the process forever. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; ) if (await isSo()) return;
  assert.fail(`never: ${what}`);
}
