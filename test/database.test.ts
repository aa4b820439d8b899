import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openTestDatabase, type TestDatabase } from './database.ts';

let mine: TestDatabase;
let other: TestDatabase;

before(async () => {
  [mine, other] = await Promise.all([openTestDatabase(), openTestDatabase()]);
});
after(async () => {
  await Promise.all([mine.drop(), other.drop()]);
});

test('each test database is its own', async () => {
  await mine.db.script('create table only_here (id int8 primary key)');
  const here = await mine.db.query(`select from pg_class where relname = 'only_here'`);
  const there = await other.db.query(`select from pg_class where relname = 'only_here'`);
  assert.deepEqual([here.length, there.length], [1, 0]);
});

test('it sorts by code points, keeps its time in UTC and knows letters beyond ASCII', async () => {
  await mine.db.script('create extension if not exists pg_trgm');
  const [row] = await mine.db.query<Record<string, string>>(
    `select current_setting('timezone') as zone, current_setting('server_encoding') as encoding,
            upper('été') as upper, 'Z' < 'a' as codepoints, array_length(show_trgm('żółć'), 1) as trigrams`,
  );
  assert.deepEqual(
    { ...row },
    { zone: 'UTC', encoding: 'UTF8', upper: 'ÉTÉ', codepoints: true, trigrams: 5 },
  );
});
