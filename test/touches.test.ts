import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

/**
 * What memory holds is true only while everyone who writes it says so: every function of a store that
 * writes one of these tables touches the key (kernel/touch-keys.ts) that reads keep its rows under, in
 * the same transaction. Functions are read as text, as in house.test.ts.
 */
const ROOT = resolve(import.meta.dirname, '..');

const KEYS: Readonly<Record<string, string>> = {
  posts: 'ofPost',
  media: 'ofPost',
  post_counts: 'ofCounts',
  people: 'ofPerson',
  usernames: 'ofUsername',
  follows_by_follower: 'ofTies',
  follows_by_followee: 'ofTies',
  requests_by_requester: 'ofTies',
  requests_by_target: 'ofTies',
  blocks_by_blocker: 'ofTies',
  blocks_by_blocked: 'ofTies',
  mutes: 'ofTies',
  restrictions: 'ofTies',
  close_friends_by_owner: 'ofTies',
  close_friends_by_friend: 'ofTies',
  likes_by_person: 'ofMarks',
  saves_by_person: 'ofMarks',
  reposts_by_person: 'ofMarks',
  hashtag_follows_by_person: 'ofFollowedTags',
  posts_by_author: 'ofPostsBy',
  pinned_posts: 'ofPostsBy',
};

/** Writes that change nothing that is kept, each with its reason. */
const EXEMPT: Readonly<Record<string, string>> = {
  insertPost: 'nobody can have read it before: that something is missing is not remembered',
  insertRepostedPost: 'as insertPost',
  insertMedia: 'written with its post',
  insertCounts: 'written with its post',
  foldSlots: 'the sums stay as they are',
  insertPerson: 'as insertPost; the name is touched',
  nextPostSeq: 'the number of an event is not kept',
  nextPersonSeq: 'the number of an event is not kept',
};

interface Written {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

const stores = globSync('server/features/**/{*-,}store.ts', { cwd: ROOT });
const functions = stores.flatMap((path): Written[] => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return text
    .split(/^(?=(?:export )?(?:async )?function )/m)
    .slice(1)
    .map((one) => one.slice(0, one.indexOf('\n}\n')))
    .map((one) => ({ path, text: one, name: /function (\w+)/.exec(one)?.[1] ?? '' }));
});

/** The cached tables that a function writes: named in its SQL, or put into it by name. */
function tablesIn({ text }: Written): string[] {
  const named = [...text.matchAll(/\b(?:insert into|update|delete from)\s+([a-z_]+)/g)];
  const bulk = [...text.matchAll(/\btable: '([a-z_]+)'/g)];
  const isBuilt = /\b(?:insert into|update|delete from)\s+\$\{/.test(text);
  const built = isBuilt ? [...text.matchAll(/'([a-z_]+)'/g)] : [];
  const all = [...named, ...bulk, ...built].map((match) => match[1] ?? '');
  return [...new Set(all)].filter((table) => table in KEYS);
}

const writers = functions.filter((one) => tablesIn(one).length > 0);

test('whoever writes what memory holds touches its key', () => {
  assert.ok(writers.length > 30, `${writers.length} functions write it`);
  const forgetful = writers
    .filter(({ name }) => !(name in EXEMPT))
    .flatMap((one) =>
      tablesIn(one)
        .filter(
          (table) =>
            !one.text.includes(`${KEYS[table]}`) ||
            !/\b(touch(Loosely)?|announce)\(/.test(one.text),
        )
        .map((table) => `${one.path} ${one.name} writes ${table} without ${KEYS[table]}`),
    );
  assert.deepEqual(forgetful, []);
});

test('and does so inside a transaction', () => {
  const outside = writers.filter(({ text }) => !/\btx: Transaction\b/.test(text));
  assert.deepEqual(
    outside.map(({ path, name }) => `${path} ${name}`),
    [],
  );
});

test('every key and every exemption is still meant', () => {
  const written = new Set(writers.flatMap(tablesIn));
  assert.deepEqual(
    Object.keys(KEYS).filter((table) => !written.has(table)),
    [],
  );
  const names = new Set(writers.map(({ name }) => name));
  assert.deepEqual(
    Object.keys(EXEMPT).filter((name) => !names.has(name)),
    [],
  );
});
