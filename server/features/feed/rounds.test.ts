import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { PersonId, PostId } from '../../../api/ids.ts';
import { openTestHouse, type TestHouse } from '../../../test/context.ts';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { isUniqueViolation } from '../../ports/db/errors.ts';
import type { JobPayload } from '../../ports/jobs/jobs.ts';
import { insertPost, publishPost } from '../posts/store.ts';
import { rebuildHome } from './away.ts';
import { daysAgo } from './days.ts';
import { runFanOut } from './fan-out-round.ts';
import { NOTHING_COMPLETE } from './homes-store.ts';
import { pushRound, type Round, type Turn } from './rounds-store.ts';
import { readSkeleton } from './skeleton.ts';
import { startFanOuts } from './start-fan-outs.ts';

let house: TestHouse;
let ctx: Context;

before(async () => {
  house = await openTestHouse();
  ctx = { ...house.ctx, config: { ...house.ctx.config, fanOutRound: 10 } };
});
after(() => house.close());

/** Followers by the days since their last read, and since they came back. */
const DAYS: readonly (readonly [read: number | null, back: number | null])[] = [
  [0, null],
  [1, 1],
  [2, 40],
  [3, null],
  [4, null],
  [10, 10],
  [29, null],
  [30, null],
  [31, null],
  [200, null],
  [null, null],
  [0, 0],
];

async function crowd(times = 1): Promise<{ author: PersonId; followers: PersonId[] }> {
  const author = ctx.ids.next<PersonId>();
  const followers: PersonId[] = [];
  await ctx.db.transaction(async (tx) => {
    for (const [read, back] of Array.from({ length: times }, () => DAYS).flat()) {
      const id = ctx.ids.next<PersonId>();
      followers.push(id);
      const at = ctx.clock.now();
      await tx.query(
        `insert into follows_by_followee (followee_id, follower_id, follow_id, created_at)
         values ($1, $2, $2, $3)`,
        [author, id, at],
      );
      await tx.query(
        `insert into follows_by_follower (followee_id, follower_id, follow_id, created_at)
         values ($1, $2, $2, $3)`,
        [author, id, at],
      );
      if (read === null) continue;
      const day = (ago: number | null) => (ago === null ? null : daysAgo(ctx, ago));
      await tx.query(
        'insert into feed_homes (person_id, last_read_on, returned_on) values ($1, $2, $3)',
        [id, day(read), day(back)],
      );
    }
  });
  return { author, followers };
}

async function publish(authorId: PersonId): Promise<PostId> {
  const postId = ctx.ids.next<PostId>();
  await ctx.db.transaction(async (tx) => {
    await insertPost(tx, { postId, authorId, caption: '', at: ctx.clock.now() });
    await publishPost(tx, postId);
    await tx.query('insert into posts_by_author (author_id, post_id) values ($1, $2)', [
      authorId,
      postId,
    ]);
  });
  return postId;
}

async function having(postId: PostId): Promise<PersonId[]> {
  const rows = await ctx.db.query<{ person_id: PersonId }>(
    'select person_id from feed_entries where post_id = $1 order by person_id',
    [postId],
  );
  return rows.map((row) => row.person_id);
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

test('a round does the same on PostgreSQL and by the way of Citus', async () => {
  const { author, followers } = await crowd();
  const WANTED: Readonly<Record<Turn, readonly number[]>> = {
    all: [0, 1, 2, 3, 4, 5, 6, 7, 10, 11],
    active: [0, 1, 2, 3, 11],
    rest: [1, 4, 5, 6, 7, 10, 11],
  };
  for (const turn of ['all', 'active', 'rest'] as const) {
    for (const take of [5, 100]) {
      const pushed = [];
      for (const place of [(tx: Transaction) => tx, asOnCitus]) {
        const post = { post_id: ctx.ids.next<PostId>(), author_id: author };
        const round: Round = {
          post: { ...post, repost_of: null, repost_author_id: null },
          source: '',
          turn,
          careful: false,
          activeSince: daysAgo(ctx, 3),
          awayBefore: daysAgo(ctx, 30),
          after: '0',
          take,
        };
        const answer = await ctx.db.transaction((tx) => pushRound(place(tx), round));
        const people = await having(post.post_id);
        assert.deepEqual(people, answer.people);
        pushed.push(answer);
        const wanted = WANTED[turn].filter((n) => n < take).map((n) => followers[n]);
        assert.deepEqual(people, wanted, turn);
      }
      assert.deepEqual(pushed[0], pushed[1]);
    }
  }
});

test('who is there already stops a plain round, and not a careful one', async () => {
  const { author, followers } = await crowd();
  const post_id = ctx.ids.next<PostId>();
  const [first] = followers;
  assert.ok(first);
  await ctx.db.query(
    'insert into feed_entries (person_id, post_id, author_id) values ($1, $2, $3)',
    [first, post_id, author],
  );
  const round = (careful: boolean): Round => ({
    post: { post_id, author_id: author, repost_of: null, repost_author_id: null },
    source: '',
    turn: 'active',
    careful,
    activeSince: daysAgo(ctx, 3),
    awayBefore: daysAgo(ctx, 30),
    after: '0',
    take: 100,
  });
  await assert.rejects(
    ctx.db.transaction((tx) => pushRound(tx, round(false))),
    (error) => isUniqueViolation(error),
  );
  await ctx.db.transaction((tx) => pushRound(tx, round(true)));
  assert.equal((await having(post_id)).length, 5);
});

const rounds = () =>
  ctx.db.query<{ author_id: string; post_id: string; source: string; rest: boolean }>(
    'select author_id, post_id, source, rest from feed_fan_outs',
  );

test('active readers come first, nobody away is served, and a follower in between stops nothing', async () => {
  const { author, followers } = await crowd(3);
  const post_id = await publish(author);
  const post = { post_id, author_id: author, repost_of: null, repost_author_id: null };
  const way = { source: '', told: true, careful: false, followers: followers.length };
  await ctx.db.transaction((tx) => startFanOuts(ctx, tx, [{ post, ...way }]));
  // Somebody followed in this moment, and has it already.
  await ctx.db.query(
    'insert into feed_entries (person_id, post_id, author_id) values ($1, $2, $3)',
    [followers[0] as PersonId, post_id, author],
  );
  let firsts = 0;
  for (let rest = false; ; ) {
    const [row] = await rounds();
    if (!row) break;
    if (row.rest && !rest) firsts = (await having(post_id)).length;
    rest = row.rest;
    await runFanOut(ctx, row as unknown as JobPayload);
  }
  assert.equal(firsts, 5 * 3, 'all who are active, before the first of the others');
  assert.equal((await having(post_id)).length, 10 * 3);
});

test('a post that is taken away stops on its way', async () => {
  const { author, followers } = await crowd(3);
  const post_id = await publish(author);
  const post = { post_id, author_id: author, repost_of: null, repost_author_id: null };
  const way = { source: '', told: true, careful: false, followers: followers.length };
  await ctx.db.transaction((tx) => startFanOuts(ctx, tx, [{ post, ...way }]));
  await runFanOut(ctx, { author_id: author, post_id, source: '' });
  const so_far = (await having(post_id)).length;
  assert.ok(so_far > 0);
  await ctx.db.query('update posts set deleted_at = $2 where post_id = $1', [
    post_id,
    ctx.clock.now(),
  ]);
  await runFanOut(ctx, { author_id: author, post_id, source: '' });
  assert.deepEqual(await rounds(), []);
  assert.equal((await having(post_id)).length, so_far);
});

test('who comes back after a month finds everything, before and after their feed was made anew', async () => {
  const { author, followers } = await crowd();
  const reader = followers[9] as PersonId;
  const posts: PostId[] = [];
  for (let n = 0; n < 25; n += 1) posts.unshift(await publish(author));
  const page = async () => (await readSkeleton(ctx, reader, 20, null)).map((one) => one.post_id);
  assert.deepEqual(await page(), posts.slice(0, 20), 'pulled');
  const home = async () => {
    const [row] = await ctx.db.query<{ complete_from: string; last_read_on: string }>(
      'select complete_from, last_read_on from feed_homes where person_id = $1',
      [reader],
    );
    return row;
  };
  assert.deepEqual(await home(), {
    complete_from: NOTHING_COMPLETE,
    last_read_on: daysAgo(ctx, 0),
  });
  await rebuildHome(ctx, reader);
  assert.equal((await home())?.complete_from, '0');
  const entries = await ctx.db.query('select from feed_entries where person_id = $1', [reader]);
  assert.equal(entries.length, 25);
  assert.deepEqual(await page(), posts.slice(0, 20), 'pushed');
});
