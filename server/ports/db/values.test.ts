import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { json } from './json.ts';

let database: TestDatabase;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.drop());

suite('values', () => {
  test('come back as they went', async () => {
    const { db } = database;
    const given = {
      id: '9223372036854775807',
      at: new Date('2024-02-29T23:59:59.123Z'),
      doc: { list: [1, 'x', null], text: `'"\\{}` },
      tags: ['a', 'b"c\\', '', 'NULL', '{x,y}', ' é '],
      raw: Buffer.from([0, 255, 34, 92]),
      raws: [Buffer.from([0, 92]), Buffer.from('"')],
      day: '2024-02-29',
      ok: true,
      price: '1.50',
      many: ['1', '-2'],
      times: [new Date(0)],
      docs: [{ a: 1 }, { b: '"' }],
    };
    const [row] = await db.query(
      `select $1::int8 id, $2::timestamptz at, $3::jsonb doc, $4::text[] tags, $5::bytea raw,
          $6::bytea[] raws, $7::date as day, $8::bool ok, $9::numeric price, $10::int8[] many,
          $11::timestamptz[] times, $12::jsonb[] docs`,
      Object.values(given),
    );
    assert.deepEqual(row, given);
  });

  test('times are read to the millisecond, in whatever zone they are shown', async () => {
    const { db } = database;
    const times = [
      '2024-02-29T23:59:59.999Z',
      '2024-12-31T00:00:00.100Z',
      '1970-01-01T00:00:00.000Z',
      '0050-06-01T00:00:00.010Z',
      '1969-07-20T20:17:40.001Z',
    ];
    const rows = await db.transaction(async (tx) => {
      const ask = 'select a as at from unnest($1::timestamptz[]) a';
      await tx.query(`set local timezone = 'Asia/Kathmandu'`);
      const far = await tx.query<{ at: Date }>(ask, [times]);
      await tx.query(`set local timezone = 'UTC'`);
      return [...far, ...(await tx.query<{ at: Date }>(ask, [times]))];
    });
    assert.deepEqual(
      rows.map(({ at }) => at.toISOString()),
      [...times, ...times],
    );
  });

  test('JSON that is a list, a text, a number or null is marked', async () => {
    const { db } = database;
    for (const value of [[1, [2]], [], 'text', 7, true, null]) {
      const [row] = await db.query('select $1::jsonb as doc, $1::jsonb is null as missing', [
        json(value),
      ]);
      assert.deepEqual(row, { doc: value, missing: false });
    }
  });

  test('undefined is refused, not turned into null', async () => {
    const { db } = database;
    await assert.rejects(db.query('select $1::text', [undefined as never]), TypeError);
    await assert.rejects(db.query('select $1::jsonb', [json(undefined)]), TypeError);
    const circle: { self?: object } = {};
    circle.self = circle;
    await assert.rejects(db.query('select $1::jsonb', [circle]), TypeError);
    assert.deepEqual(await db.query('select 1 as one'), [{ one: 1 }]);
  });
});
