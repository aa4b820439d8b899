import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts';
import type { Db, Flavour, Queryable } from './db.ts';
import { type Insertion, insertMany } from './insert-many.ts';

let database: TestDatabase;
let db: Db;
before(async () => {
  database = await openTestDatabase();
  db = database.db;
});
after(() => database.drop());

/** The statements of one flavour on the database at hand: Citus' run on plain PostgreSQL as well. */
function as(flavour: Flavour): Queryable {
  return { query: (...given) => db.query(...given), flavour: async () => flavour };
}

for (const flavour of ['postgres', 'citus'] as const) {
  suite(`with the statements for ${flavour}`, () => {
    const q = as(flavour);

    test('every kind of value arrives', async () => {
      await db.script(`drop table if exists kinds; create table kinds (id int8 primary key,
        at timestamptz, doc jsonb, tags text[], raw bytea, ok bool, grid int4[])`);
      const rows = [
        {
          id: '20',
          at: new Date('2024-02-29T12:00:00.5Z'),
          doc: ['a', { b: `"'\\` }],
          tags: ['x', 'y,"z"', ''],
          raw: Buffer.from([0, 92, 255]),
          ok: true,
          grid: [1, -2],
        },
        { id: '3', at: null, doc: 'text', tags: [], raw: null, ok: false, grid: null },
        { id: '1', at: null, doc: null, tags: null, raw: null, ok: null, grid: [] },
      ];
      const inserted = await insertMany<keyof (typeof rows)[0], { id: string }>(q, {
        table: 'kinds',
        columns: {
          id: 'int8',
          at: 'timestamptz',
          doc: 'jsonb',
          tags: 'text[]',
          raw: 'bytea',
          ok: 'bool',
          grid: 'int4[]',
        },
        key: ['id'],
        rows,
        returning: 'id',
      });
      assert.deepEqual(new Set(inserted.map((row) => row.id)), new Set(['1', '3', '20']));
      const order = `select * from kinds order by id desc`;
      assert.deepEqual(await db.query(order), rows);
      // Written in the order of the keys, as the rows lie in the table.
      assert.deepEqual(await db.query('select id from kinds'), [
        { id: '1' },
        { id: '3' },
        { id: '20' },
      ]);
    });

    test('more rows than one statement takes, with some there already', async () => {
      await db.script(`drop table if exists edges;
        create table edges (a int8, b int8, n int4 not null, primary key (a, b));
        insert into edges select i, i, 1 from generate_series(0, 24999, 5) i`);
      const ids = Array.from({ length: 25_000 }, (_, i) => String(i));
      const rows = ids.map((id) => ({ a: id, b: id, n: 2 }));
      const columns = { a: 'int8', b: 'int8', n: 'int4' };
      await insertMany(q, {
        table: 'edges',
        columns,
        key: ['a', 'b'],
        rows,
        onConflict: 'do nothing',
      });
      assert.deepEqual(
        await db.query('select n, count(*)::int4 as rows from edges group by n order by n'),
        [
          { n: 1, rows: 5000 },
          { n: 2, rows: 20_000 },
        ],
      );
    });

    test('writers with the same rows in different orders do not deadlock', async () => {
      await db.script(`drop table if exists meetings;
        create table meetings (a int8 primary key, n int4 not null)`);
      const rows = Array.from({ length: 200 }, (_, i) => ({ a: String(i * 7919), n: 1 }));
      const writers = Array.from({ length: 40 }, (_, i) => {
        const turned = [...rows.slice(i * 5), ...rows.slice(0, i * 5)];
        if (i % 2 === 1) turned.reverse();
        return insertMany(q, {
          table: 'meetings',
          columns: { a: 'int8', n: 'int4' },
          key: ['a'],
          rows: turned,
          onConflict: '(a) do update set n = meetings.n + excluded.n',
        });
      });
      await Promise.all(writers);
      const wrong = 'select count(*)::int4 as wrong from meetings where n <> 40';
      assert.deepEqual(await db.query(wrong), [{ wrong: 0 }]);
    });
  });
}

test('nothing to insert asks nothing', async () => {
  const never: Queryable = {
    query: () => assert.fail('asked'),
    flavour: () => assert.fail('asked'),
  };
  assert.deepEqual(
    await insertMany(never, { table: 't', columns: { a: 'int8' }, key: ['a'], rows: [] }),
    [],
  );
});

test('names that are not the program’s own are refused', async () => {
  const rows = [{ a: '1' }];
  for (const table of ['t; drop table t', 'T', 't t', '']) {
    const insertion: Insertion<'a'> = { table, columns: { a: 'int8' }, key: ['a'], rows };
    await assert.rejects(insertMany(as('postgres'), insertion), TypeError);
  }
});
