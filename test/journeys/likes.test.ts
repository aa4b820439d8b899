import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { pino } from 'pino';
import type { PersonId, PostId } from '../../api/ids.ts';
import { readConfig } from '../../server/config.ts';
import type { Context } from '../../server/context.ts';
import { marksAmong } from '../../server/features/marks/store.ts';
import {
  readCounts,
  readPostCounts,
  resonanceOf,
  velocityOf,
} from '../../server/features/posts/counts-store.ts';
import { foldCounts, IDLE_MS } from '../../server/features/posts/fold-counts.ts';
import { HALF_LIFE_MS, likesPerHour, weightAt } from '../../server/features/posts/heat.ts';
import { GROUP_MAX, LikeGroups, WAITING_MAX } from '../../server/features/posts/like-groups.ts';
import { CountsTeller, HINTS_APART_MS } from '../../server/features/posts/tell-counts.ts';
import { hear } from '../../server/kernel/hints.ts';
import { Problem } from '../../server/kernel/problem.ts';
import { openHouse } from '../../server/open.ts';
import { openTestHouse, type TestHouse } from '../context.ts';
import { addCrowd, type Extra } from '../crowd.ts';
import { publishSaid } from '../said-posts.ts';
import { holdClock } from '../server.ts';
import { until } from '../within.ts';

/** Time as the counts know it; ids go with the real one, which their leases need. */
const clock = holdClock();
let house: TestHouse;
let other: Awaited<ReturnType<typeof openHouse>>;
let ctx: Context;
/** Of another process on the same database: its likes go into another slot. */
let otherCtx: Context;
let author: Extra;
/** Who likes posts: for their likes nothing is asked of them. */
let crowd: { readonly id: PersonId }[];

before(async () => {
  house = await openTestHouse();
  const { dataDir } = house.ctx.config;
  const settings = {
    DATA_DIR: dataDir,
    DATABASE_URL: house.url,
    BUS_URL: 'memory:',
    LIMITS: 'off',
  };
  other = await openHouse(readConfig(settings, dataDir), pino({ level: 'silent' }));
  ctx = { ...house.ctx, clock };
  otherCtx = { ...other.ctx, clock };
  [author] = (await addCrowd(ctx, 'author', 1)) as [Extra];
  crowd = Array.from({ length: 1_200 }, () => ({ id: ctx.ids.next<PersonId>() }));
});
after(async () => {
  await other.close();
  await house.close();
});

const one = (n: number) => crowd[n] as { readonly id: PersonId };
const newPost = () => publishSaid(ctx, author.id, {});

/** The rows of a post's likes, from both ends. */
async function likers(postId: PostId): Promise<Set<PersonId>> {
  const read = (table: string) =>
    ctx.db.query<{ person_id: PersonId; like_id: string }>(
      `select person_id, like_id from ${table} where post_id = $1 order by person_id`,
      [postId],
    );
  const [byPost, byPerson] = await Promise.all([read('likes_by_post'), read('likes_by_person')]);
  assert.deepEqual(byPost, byPerson);
  return new Set(byPost.map((row) => row.person_id));
}

/** Counts, rows, and the rate that the rows say by themselves agree. */
async function demandExact(postId: PostId): Promise<Set<PersonId>> {
  const { db } = ctx;
  const people = await likers(postId);
  assert.equal((await readPostCounts(db, postId)).likes, people.size);
  assert.equal((await readCounts(db, [postId])).get(postId)?.likes, people.size);
  const rows = await db.query<{ created_at: Date }>(
    'select created_at from likes_by_post where post_id = $1 order by person_id',
    [postId],
  );
  const now = clock.now();
  const heat = rows.reduce((sum, { created_at }) => sum + weightAt(created_at, now), 0);
  const velocity = (await velocityOf(db, [postId], now)).get(postId) ?? Number.NaN;
  assert.ok(Math.abs(velocity - heat * Math.LN2) < 1e-4, `${velocity} of ${heat}`);
  return people;
}

const slotsOf = (postId: PostId) =>
  ctx.db.query<{ slot: number; likes: number }>(
    'select slot, likes from post_counts where post_id = $1 order by slot',
    [postId],
  );

/** The same context, in which transactions are counted. */
function counting(of: Context): { ctx: Context; transactions(): number } {
  let count = 0;
  const transaction: Context['db']['transaction'] = (work) => {
    count += 1;
    return of.db.transaction(work);
  };
  const db = Object.create(of.db, {
    transaction: { value: transaction },
    query: { value: of.db.query.bind(of.db) },
  });
  return { ctx: { ...of, db }, transactions: () => count };
}

interface Wish {
  readonly who: number;
  readonly liked: boolean;
  readonly pause: number | null;
  readonly process: number;
}

const wishes: fc.Arbitrary<Wish[]> = fc.array(
  fc.record({
    who: fc.nat(9),
    liked: fc.boolean(),
    /** Before this one all the others are answered, and so much time goes by. */
    pause: fc.option(fc.nat(3 * HALF_LIFE_MS), { freq: 12 }),
    /** Which process takes it; between two pauses a person stays with one. */
    process: fc.nat(1),
  }),
  { minLength: 1, maxLength: 120 },
);

test('whatever many people wish at once through two processes, what they wished last holds', async () => {
  const run = async (list: readonly Wish[]) => {
    const postId = await newPost();
    const groups = [new LikeGroups(ctx), new LikeGroups(otherCtx)];
    const model = new Set<PersonId>();
    let underWay: Promise<unknown>[] = [];
    let seated = new Map<number, number>();
    for (const { who, liked, pause, process } of list) {
      if (pause !== null) {
        await Promise.all(underWay);
        underWay = [];
        seated = new Map();
        assert.deepEqual(await demandExact(postId), model);
        clock.advance(pause);
      }
      const seat = seated.get(who) ?? process;
      seated.set(who, seat);
      underWay.push(groups[seat]?.wish(postId, one(who).id, liked) ?? Promise.reject());
      if (liked) model.add(one(who).id);
      else model.delete(one(who).id);
    }
    await Promise.all(underWay);
    assert.deepEqual(await demandExact(postId), model);
  };
  await fc.assert(fc.asyncProperty(wishes, run), { numRuns: 30 });
});

test('a storm is a few transactions, in a slot of each process, and all are answered after the commit', async () => {
  const postId = await newPost();
  const here = counting(ctx);
  const there = counting(otherCtx);
  const sides = [new LikeGroups(here.ctx), new LikeGroups(there.ctx)];
  const answers = await Promise.all(
    crowd.map(async ({ id }, n) => {
      const outcome = await sides[n % 2]?.wish(postId, id, true);
      // What a person is told holds for them at once, whatever becomes of the rest.
      if (n % 100 === 0) assert.ok((await marksAmong(ctx.db, id, [postId])).get(postId)?.liked);
      return outcome?.counts.likes ?? 0;
    }),
  );
  const each = 1 + Math.ceil((crowd.length / 2 - 1) / GROUP_MAX);
  assert.deepEqual([here.transactions(), there.transactions()], [each, each]);
  assert.equal(Math.max(...answers), crowd.length);
  const slots = await slotsOf(postId);
  assert.deepEqual(
    slots.map(({ likes }) => likes),
    [600, 600],
  );
  assert.equal((await demandExact(postId)).size, crowd.length);
});

test('idle slots are folded, and no count, no rate changes by it', async () => {
  const postId = await newPost();
  const there = new LikeGroups(otherCtx);
  const here = new LikeGroups(ctx);
  await Promise.all(crowd.slice(0, 20).map(({ id }) => there.wish(postId, id, true)));
  clock.advance(HALF_LIFE_MS / 2);
  await Promise.all(crowd.slice(15, 30).map(({ id }) => here.wish(postId, id, id < one(20).id)));
  await demandExact(postId);
  assert.equal((await slotsOf(postId)).length, 2);
  await foldCounts(ctx);
  assert.equal((await slotsOf(postId)).length, 2, 'too early');
  clock.advance(IDLE_MS);
  await here.wish(postId, one(40).id, true);
  await Promise.all([foldCounts(ctx), foldCounts(otherCtx)]);
  assert.equal((await slotsOf(postId)).length, 1);
  await demandExact(postId);
  // While it is written again it is folded again.
  const soon = new Date(clock.millis() + 2 * IDLE_MS);
  const late: Context = { ...ctx, clock: { now: () => soon, millis: () => soon.getTime() } };
  await Promise.all(
    crowd.slice(50, 90).flatMap(({ id }) => [there.wish(postId, id, true), foldCounts(late)]),
  );
  await demandExact(postId);
});

test('a rate halves in an hour, and a like that is taken back takes its weight along', async () => {
  const postId = await newPost();
  const groups = new LikeGroups(ctx);
  const rate = async () => (await resonanceOf(ctx.db, [postId], clock.now()))[0];
  await Promise.all(crowd.slice(0, 64).map(({ id }) => groups.wish(postId, id, true)));
  const [atFirst] = [await rate()];
  clock.advance(HALF_LIFE_MS);
  const later = await rate();
  assert.ok(atFirst && later);
  assert.ok(Math.abs(atFirst.likes_per_hour - 64 * Math.LN2) < 1e-6);
  assert.ok(Math.abs(later.likes_per_hour * 2 - atFirst.likes_per_hour) < 1e-6);
  await Promise.all(crowd.slice(0, 32).map(({ id }) => groups.wish(postId, id, false)));
  assert.ok(Math.abs(((await rate())?.likes_per_hour ?? 0) * 4 - atFirst.likes_per_hour) < 1e-6);
  // Longer than numbers reach: 2⁻¹⁰⁰⁰⁰ is none.
  clock.advance(10_000 * HALF_LIFE_MS);
  assert.equal((await rate())?.likes_per_hour, 0);
  await groups.wish(postId, one(0).id, false);
  await groups.wish(postId, one(32).id, false);
  await groups.wish(postId, one(70).id, true);
  await demandExact(postId);
  assert.equal(likesPerHour({ heat: -1e-9, heat_at: clock.now() }, clock.now()), 0);
});

test('likes of a post that is gone for good are refused, and the next post is served', async () => {
  const postId = await newPost();
  const groups = new LikeGroups(ctx);
  await groups.wish(postId, one(1).id, true);
  for (const table of ['likes_by_post', 'likes_by_person', 'post_counts', 'posts']) {
    await ctx.db.query(`delete from ${table} where post_id = $1`, [postId]);
  }
  const wishes = [1, 2, 3].map((n) => groups.wish(postId, one(n).id, true));
  for (const wish of wishes) await assert.rejects(wish, { code: 'post_not_found' });
  assert.equal((await likers(postId)).size, 0);
  assert.deepEqual(await slotsOf(postId), []);
  const next = await newPost();
  assert.equal((await groups.wish(next, one(1).id, true)).counts.likes, 1);
});

test('no more wait than can be served soon', async () => {
  const postId = await newPost();
  const groups = new LikeGroups(ctx);
  let refused = 0;
  const all = Array.from({ length: WAITING_MAX + 10 }, async (_, n) => {
    try {
      groups.wish(postId, one(n % crowd.length).id, true).catch(() => {});
    } catch (error) {
      assert.ok(error instanceof Problem && error.code === 'overloaded');
      refused += 1;
    }
  });
  await Promise.all(all);
  assert.equal(refused, 9);
  await until(async () => {
    const [row] = await slotsOf(postId);
    return row?.likes === crowd.length;
  }, 'all are served');
  await groups.wish(postId, one(0).id, false);
  assert.equal((await demandExact(postId)).size, crowd.length - 1);
});

test('those who watch are told a few times a second, and the last time what is true', async () => {
  const postId = await newPost();
  const told: number[] = [];
  const stop = hear(ctx, 'post.counts', (hint) => {
    if (hint.post_id === postId) told.push(hint.likes_count);
  });
  const waits: (() => void)[] = [];
  const teller = new CountsTeller(ctx, (ms, then) => {
    assert.equal(ms, HINTS_APART_MS);
    waits.push(then);
  });
  const sides = [new LikeGroups(ctx), new LikeGroups(otherCtx)];
  const like = async (n: number, side = 0) => {
    const outcome = await sides[side]?.wish(postId, one(n).id, true);
    if (side === 0 && outcome) teller.tell(postId, outcome.counts);
  };
  const demand = async (expected: readonly number[], armed: number) => {
    await until(async () => {
      await readPostCounts(ctx.db, postId);
      return told.length === expected.length && waits.length === armed;
    }, `${expected} hints, ${armed} waits`);
    assert.deepEqual(told, expected);
  };
  /** Lets the time go by that the teller waits for. */
  const pass = () => {
    for (const then of waits.splice(0)) then();
  };
  await like(1);
  for (let n = 2; n < 30; n += 1) await like(n);
  await demand([1], 1);
  pass();
  await demand([1, 29], 1);
  pass();
  await demand([1, 29], 0);
  await like(30);
  await demand([1, 29, 30], 1);
  pass();
  await demand([1, 29, 30], 0);
  // Another process counts too: its commit may come between our reading and our telling.
  await like(31, 1);
  await like(32);
  await like(33, 1);
  await demand([1, 29, 30, 32], 1);
  pass();
  await demand([1, 29, 30, 32, 33], 1);
  pass();
  await demand([1, 29, 30, 32, 33], 0);
  stop();
});
