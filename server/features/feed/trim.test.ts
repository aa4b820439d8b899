import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { PersonId, PostId } from '../../../api/ids.ts';
import { openTestHouse, type TestHouse } from '../../../test/context.ts';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { NOTHING_COMPLETE } from './homes-store.ts';
import { insertEntries } from './store.ts';
import { markGrown, trimFeeds, trimSome } from './trim.ts';

const KEEPS = 10;
let house: TestHouse;
let ctx: Context;

before(async () => {
  house = await openTestHouse();
  ctx = { ...house.ctx, config: { ...house.ctx.config, feedEntries: KEEPS } };
});
after(() => house.close());

/** Somebody with so many entries, of whom everything from this place on counts as complete. */
async function feedOf(entries: number, from: 'all' | 'none' | 'no row' | number) {
  const person = ctx.ids.next<PersonId>();
  const posts = Array.from({ length: entries }, () => ctx.ids.next<PostId>()).reverse();
  await ctx.db.transaction(async (tx) => {
    const rest = { author_id: person, repost_of: null, repost_author_id: null };
    await insertEntries(
      tx,
      posts.map((post_id) => ({ person_id: person, post_id, ...rest })),
    );
    await markGrown(tx, [person]);
    if (from === 'no row') return;
    const complete =
      from === 'all' ? '0' : from === 'none' ? NOTHING_COMPLETE : (posts[from] as PostId);
    await tx.query('insert into feed_homes (person_id, complete_from) values ($1, $2)', [
      person,
      complete,
    ]);
  });
  return { person, posts };
}

async function stateOf(person: PersonId) {
  const entries = await ctx.db.query<{ post_id: PostId }>(
    'select post_id from feed_entries where person_id = $1 order by post_id desc',
    [person],
  );
  const [home] = await ctx.db.query<{ complete_from: string; noted: boolean }>(
    'select complete_from, last_read_on is not null as noted from feed_homes where person_id = $1',
    [person],
  );
  const grown = await ctx.db.query('select from feed_grown where person_id = $1', [person]);
  return { posts: entries.map(({ post_id }) => post_id), home, marked: grown.length > 0 };
}

/** The same transaction, as if it ran on Citus. */
const asOnCitus = (tx: Transaction): Transaction => ({
  inTransaction: true,
  query: tx.query.bind(tx),
  flavour: async () => 'citus',
  touch: tx.touch.bind(tx),
  touchLoosely: tx.touchLoosely.bind(tx),
  announce: tx.announce.bind(tx),
});

const WAYS = { postgres: (tx: Transaction) => tx, citus: asOnCitus };

for (const [name, way] of Object.entries(WAYS)) {
  test(`feeds are cut to what they keep, and what they claim moves with it (${name})`, async () => {
    const small = await feedOf(KEEPS - 1, 'all');
    const full = await feedOf(KEEPS, 'all');
    const over = await feedOf(KEEPS + 7, 'all');
    const shorter = await feedOf(KEEPS + 3, 4);
    const unread = await feedOf(KEEPS + 1, 'no row');
    const rebuilt = await feedOf(KEEPS + 5, 'none');
    const all = [small, full, over, shorter, unread, rebuilt];
    const people = all.map(({ person }) => person);
    assert.deepEqual(await ctx.db.transaction((tx) => trimSome(ctx, way(tx), people)), []);
    const expected = [
      { of: small, keeps: KEEPS - 1, home: { complete_from: '0', noted: false } },
      { of: full, keeps: KEEPS, home: { complete_from: full.posts[KEEPS - 1], noted: true } },
      { of: over, keeps: KEEPS, home: { complete_from: over.posts[KEEPS - 1], noted: true } },
      { of: shorter, keeps: 5, home: { complete_from: shorter.posts[4], noted: true } },
      { of: unread, keeps: KEEPS, home: { complete_from: unread.posts[KEEPS - 1], noted: true } },
      { of: rebuilt, keeps: KEEPS + 5, home: { complete_from: NOTHING_COMPLETE, noted: false } },
    ];
    for (const { of, keeps, home } of expected) {
      const posts = of.posts.slice(0, keeps);
      assert.deepEqual(await stateOf(of.person), { posts, home, marked: false });
    }
  });

  test(`a feed that is far too long is cut in steps (${name})`, async () => {
    const { person, posts } = await feedOf(KEEPS + 1100, 'all');
    const step = () => ctx.db.transaction((tx) => trimSome(ctx, way(tx), [person]));
    const lengths: number[] = [];
    for (let more = true; more; ) {
      more = (await step()).length > 0;
      lengths.push((await stateOf(person)).posts.length);
    }
    assert.deepEqual(lengths, [KEEPS + 600, KEEPS + 100, KEEPS]);
    assert.deepEqual((await stateOf(person)).posts, posts.slice(0, KEEPS));
  });
}

test('the job cuts all feeds that were noted', async () => {
  const feeds = [];
  for (let n = 0; n < 90; n += 1) feeds.push(await feedOf(KEEPS + (n % 3), 'all'));
  const long = await feedOf(KEEPS + 1001, 'all');
  await trimFeeds(ctx);
  for (const { person } of [...feeds, long]) {
    const { posts, marked } = await stateOf(person);
    assert.equal(posts.length, KEEPS);
    assert.equal(marked, false);
  }
});
