import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts';
import type { Db } from './db.ts';
import { DbUnavailable, isStatementTimeout, isUniqueViolation } from './errors.ts';
import { openPostgres, type PostgresOptions } from './postgres.ts';

const quiet = { warn() {} };

let database: TestDatabase;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.drop());

function open(more: Partial<PostgresOptions> = {}): Db {
  return openPostgres({
    url: database.url,
    maxConnections: 6,
    applicationName: 'test',
    statementTimeoutMs: 5000,
    log: quiet,
    ...more,
  });
}

async function using(db: Db, work: (db: Db) => Promise<void>): Promise<void> {
  try {
    await work(db);
  } finally {
    await db.close();
  }
}

suite('errors', () => {
  test('carry the SQLSTATE and the constraint without the shard', () =>
    using(open(), async (db) => {
      await db.script('create table names (name text constraint names_key_102008 primary key)');
      await db.query(`insert into names values ('alice')`);
      const twice = await db.query(`insert into names values ('alice')`).catch((e: unknown) => e);
      assert.ok(isUniqueViolation(twice, 'names_key'));
      assert.equal(isUniqueViolation(twice, 'other_key'), false);
      const shown = JSON.stringify({ ...((twice as Error).cause as object) });
      assert.ok(!shown.includes('alice'));
      await assert.rejects(db.query('select nothing'), { code: '42703' });
    }));

  test('a statement that takes too long is ended', () =>
    using(open({ statementTimeoutMs: 50 }), async (db) => {
      await assert.rejects(db.query('select pg_sleep(60)'), isStatementTimeout);
      assert.deepEqual(await db.query('select 1 as one'), [{ one: 1 }]);
    }));

  test('a failing statement does not touch those sent along with it', () =>
    using(open({ maxConnections: 2 }), async (db) => {
      const answers = await Promise.allSettled(
        Array.from({ length: 40 }, (_, i) =>
          db.query<{ n: number }>('select 10 / $1::int4 as n', [i % 2]),
        ),
      );
      for (const [i, answer] of answers.entries()) {
        if (i % 2 === 1) assert.deepEqual(answer, { status: 'fulfilled', value: [{ n: 10 }] });
        else assert.equal((answer as PromiseRejectedResult).reason.code, '22012');
      }
    }));

  test('a prepared statement outlives a change of its table', () =>
    using(open(), async (db) => {
      await db.script('create table changing (a int4); insert into changing values (1)');
      const read = 'select * from changing';
      assert.deepEqual(await db.query(read), [{ a: 1 }]);
      await db.transaction((tx) => tx.query(read));
      await db.script('alter table changing add column b int4');
      assert.deepEqual(await db.query(read), [{ a: 1, b: null }]);
      assert.deepEqual(await db.transaction((tx) => tx.query(read)), [{ a: 1, b: null }]);
      await db.query('deallocate all');
      assert.deepEqual(await db.query(read), [{ a: 1, b: null }]);
    }));
});

suite('transactions', () => {
  before(() =>
    using(open(), (db) =>
      db.script('create table counts (id int8 primary key, n int4 not null default 0)'),
    ),
  );

  test('keep all or nothing, and send independent statements together', () =>
    using(open(), async (db) => {
      const insert = 'insert into counts (id) values ($1) returning id';
      const both = await db.transaction((tx) =>
        Promise.all([tx.query(insert, ['1']), tx.query(insert, ['2'])]),
      );
      assert.deepEqual(both, [[{ id: '1' }], [{ id: '2' }]]);
      const failed = db.transaction((tx) =>
        Promise.all([tx.query(insert, ['3']), tx.query(insert, ['1']), tx.query(insert, ['4'])]),
      );
      await assert.rejects(failed, (error) => isUniqueViolation(error, 'counts_pkey'));
      const thrown = db.transaction(async (tx) => {
        await tx.query(insert, ['5']);
        throw new RangeError('no');
      });
      await assert.rejects(thrown, RangeError);
      assert.deepEqual(await db.query('select id from counts order by id'), [
        { id: '1' },
        { id: '2' },
      ]);
    }));

  test('that hid a failed statement say so instead of losing their work', () =>
    using(open(), async (db) => {
      const hidden = db.transaction(async (tx) => {
        await tx.query('insert into counts (id) values (10)');
        await tx.query('select nothing').catch(() => undefined);
      });
      await assert.rejects(hidden, { code: '25P02' });
    }));

  test('that are over take no more statements', () =>
    using(open(), async (db) => {
      const tx = await db.transaction(async (open) => open);
      await assert.rejects(tx.query('select 1'), TypeError);
    }));

  test('that deadlock are run again', () =>
    using(open(), async (db) => {
      await db.query('insert into counts (id) values (20), (21)');
      const add = 'update counts set n = n + 1 where id = $1';
      const met = Promise.withResolvers<void>();
      let first = 0;
      let runs = 0;
      const cross = (one: string, other: string) =>
        db.transaction(async (tx) => {
          runs += 1;
          await tx.query(add, [one]);
          first += 1;
          if (first === 2) met.resolve();
          await met.promise;
          await tx.query(add, [other]);
        });
      await db.script(`alter database ${database.name} set deadlock_timeout = '10ms'`);
      await using(open(), async (fresh) => {
        await fresh.query('select 1');
        await Promise.all([cross('20', '21'), cross('21', '20')]);
      });
      assert.equal(runs, 3);
      const rows = await db.query('select n from counts where id in (20, 21)');
      assert.deepEqual(rows, [{ n: 2 }, { n: 2 }]);
    }));

  test('wait for a free connection no longer than told', () =>
    using(open({ maxConnections: 2, connectTimeoutMs: 50 }), async (db) => {
      await db.transaction(async () => {
        await assert.rejects(
          db.transaction(async () => undefined),
          DbUnavailable,
        );
        assert.deepEqual(await db.query('select 1 as one'), [{ one: 1 }]);
      });
    }));
});

test('statements wait for a free place no longer than told', () =>
  using(open({ maxConnections: 2, connectTimeoutMs: 50 }), (db) =>
    holding('1', async (release) => {
      const held = db.query('select pg_advisory_lock(1)');
      const behind = Array.from({ length: 15 }, () => db.query('select 1 as one'));
      await assert.rejects(db.query('select 1'), DbUnavailable);
      await release();
      await held;
      for (const rows of await Promise.all(behind)) assert.deepEqual(rows, [{ one: 1 }]);
    }),
  ));

test('hears what is notified, and no more once it is told so', () =>
  using(open(), async (db) => {
    const heard: string[] = [];
    const came = Promise.withResolvers<void>();
    const stop = await db.listen('Some channel', (payload) => {
      heard.push(payload);
      came.resolve();
    });
    await db.query(`select pg_notify('Some channel', 'one')`);
    await came.promise;
    await stop();
    await db.query(`select pg_notify('Some channel', 'two')`);
    assert.deepEqual(heard, ['one']);
  }));

test('close waits for what runs, and refuses what comes', () =>
  holding('2', async (release) => {
    const db = open();
    const running = db.query('select 1 as one from pg_advisory_lock(2)');
    await untilActive(db, 'select 1 as one from pg_advisory_lock', 1);
    const closed = db.close();
    await assert.rejects(db.query('select 1'), DbUnavailable);
    await assert.rejects(
      db.transaction(async () => undefined),
      DbUnavailable,
    );
    await release();
    assert.deepEqual(await running, [{ one: 1 }]);
    await closed;
  }));

/** Runs `work` while a lock is held, until `work` releases it. */
async function holding(lock: string, work: (release: () => Promise<void>) => Promise<void>) {
  await using(open(), async (other) => {
    const released = Promise.withResolvers<void>();
    const taken = Promise.withResolvers<void>();
    const held = other.transaction(async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [lock]);
      taken.resolve();
      await released.promise;
    });
    const release = async () => {
      released.resolve();
      await held;
    };
    await taken.promise;
    try {
      await work(release);
    } finally {
      await release();
    }
  });
}

/** Waits, by asking, until so many statements that start like this run in PostgreSQL. */
async function untilActive(db: Db, start: string, wanted: number): Promise<void> {
  const asked = `select count(*)::int4 as n from pg_stat_activity
    where datname = current_database() and state = 'active' and starts_with(query, $1)`;
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    const [row] = await db.query<{ n: number }>(asked, [start]);
    if (row?.n === wanted) return;
  }
  assert.fail(`never ran: ${start}`);
}
