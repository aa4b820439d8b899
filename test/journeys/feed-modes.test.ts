import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { PersonId, PostId } from '../../api/ids.ts';
import type { Context } from '../../server/context.ts';
import { REBUILD_HOME } from '../../server/features/feed/away.ts';
import { FAN_OUT } from '../../server/features/feed/fan-out-round.ts';
import { feedConsumers, feedTasks } from '../../server/features/feed/jobs.ts';
import { PUSH_AGAIN } from '../../server/features/feed/modes.ts';
import { peekSkeleton, readSkeleton } from '../../server/features/feed/skeleton.ts';
import { TRIM } from '../../server/features/feed/trim.ts';
import { follow, unfollow } from '../../server/features/graph/follow.ts';
import { insertPerson } from '../../server/features/people/store.ts';
import { deletePost, restorePost } from '../../server/features/posts/delete.ts';
import { PUBLISHED } from '../../server/features/posts/events.ts';
import { putOnGrids, recordChange } from '../../server/features/posts/grid.ts';
import { insertPost, publishPost } from '../../server/features/posts/store.ts';
import { deliverEvents } from '../../server/kernel/deliver-events.ts';
import { compareIds } from '../../server/kernel/ids.ts';
import { ofHome } from '../../server/kernel/touch-keys.ts';
import type { JobPayload } from '../../server/ports/jobs/jobs.ts';
import { openTestHouse, type TestHouse } from '../context.ts';

/**
 * The feed as a machine: posts, follows, deletions, absences, and each single transaction of the jobs
 * behind them in any order, many cut off before they commit. No worker runs: the test takes the steps.
 */

let house: TestHouse;
/** So small that a few people and posts cross every bound. */
const SMALL = { feedEntries: 6, fanOutPullFrom: 3, fanOutPushBelow: 3, fanOutRound: 5 };
let ctx: Context;

before(async () => {
  house = await openTestHouse();
  ctx = { ...house.ctx, config: { ...house.ctx.config, ...SMALL } };
});
after(() => house.close());

const PEOPLE = 6;

/** What is true, kept plainly. */
interface World {
  readonly people: readonly PersonId[];
  readonly follows: Set<string>;
  readonly posts: { id: PostId; author: PersonId; gone: boolean }[];
  /** Events that nobody was told of yet. */
  readonly events: { group: 'people' | 'posts'; key: string }[];
  /** By reader: what they have seen and must go on seeing. */
  readonly seen: Map<PersonId, Set<PostId>>;
}

const edge = (follower: PersonId, followee: PersonId) => `${follower}>${followee}`;

async function newWorld(): Promise<World> {
  const people = Array.from({ length: PEOPLE }, () => ctx.ids.next<PersonId>());
  await ctx.db.transaction(async (tx) => {
    for (const personId of people) {
      const username = `p${personId}`;
      const at = ctx.clock.now();
      await insertPerson(tx, { personId, username, fullName: '', role: 'member', at });
    }
  });
  const seen = new Map(people.map((id) => [id, new Set<PostId>()]));
  const world: World = { people, follows: new Set(), posts: [], events: [], seen };
  // Two are near the threshold from the start.
  for (const [a, b] of [
    [2, 0],
    [3, 0],
    [4, 0],
    [3, 1],
    [5, 1],
  ] as const) {
    await make(world, { kind: 'follow', a, b, killed: null });
  }
  return world;
}

async function publish(world: World, authorId: PersonId): Promise<void> {
  const postId = ctx.ids.next<PostId>();
  await ctx.db.transaction(async (tx) => {
    await insertPost(tx, { postId, authorId, caption: '', at: ctx.clock.now() });
    const post = await publishPost(tx, postId);
    assert.ok(post);
    await putOnGrids(tx, post);
    await recordChange(ctx, tx, post, PUBLISHED, { seq: post.event_seq });
  });
  world.posts.push({ id: postId, author: authorId, gone: false });
  world.events.push({ group: 'posts', key: postId });
}

/** The newest first: all posts of whom they follow, and their own. */
function naive(world: World, reader: PersonId): PostId[] {
  return world.posts
    .filter(
      ({ author, gone }) => !gone && (author === reader || world.follows.has(edge(reader, author))),
    )
    .map(({ id }) => id)
    .sort((a, b) => compareIds(b, a));
}

/** Everything that a reader finds from top to bottom, in pages; what does not belong left out, as a read does. */
async function scroll(world: World, reader: PersonId, take: number): Promise<PostId[]> {
  const due = new Set(naive(world, reader));
  const found: PostId[] = [];
  for (let last: PostId | null = null; ; ) {
    const near = peekSkeleton(ctx, reader, take, last);
    const page = await readSkeleton(ctx, reader, take, last);
    if (near) assert.deepEqual(near, page, 'memory says the same');
    assert.ok(page.length <= take);
    for (const { post_id } of page) {
      if (last !== null) assert.ok(compareIds(post_id, last) < 0, 'in order, each once');
      last = post_id;
      if (due.has(post_id)) found.push(post_id);
    }
    if (page.length < take) return found;
  }
}

async function look(world: World, reader: PersonId, take: number): Promise<void> {
  const due = new Set(naive(world, reader));
  const found = new Set(await scroll(world, reader, take));
  const seen = world.seen.get(reader) as Set<PostId>;
  for (const id of seen) {
    if (due.has(id)) assert.ok(found.has(id), `${id} was there and is lost`);
    else seen.delete(id);
  }
  for (const id of found) seen.add(id);
}

/** The jobs that wait, found where their state is. */
async function waiting(world: World): Promise<{ task: string; payload: JobPayload }[]> {
  const { people } = world;
  const rounds = await ctx.db.query<{ author_id: string; post_id: string; source: string }>(
    `select author_id, post_id, source from feed_fan_outs where author_id = any($1::bigint[])`,
    [people],
  );
  const both = await ctx.db.query<{ author_id: string; version: string }>(
    `select author_id, version from feed_authors where mode = 'both' and author_id = any($1::bigint[])`,
    [people],
  );
  const empty = await ctx.db.query<{ person_id: string }>(
    `select person_id from feed_homes
     where complete_from = 9223372036854775807 and person_id = any($1::bigint[])`,
    [people],
  );
  const grown = await ctx.db.query('select from feed_grown where person_id = any($1::bigint[])', [
    people,
  ]);
  return [
    ...rounds.map((payload) => ({ task: FAN_OUT, payload })),
    ...both.map((payload) => ({ task: PUSH_AGAIN, payload })),
    ...empty.map((payload) => ({ task: REBUILD_HOME, payload })),
    ...grown.map(() => ({ task: TRIM, payload: {} })),
  ];
}

/** A house whose process ends before the nth transaction from now commits. */
function dying(nth: number): Context {
  let left = nth;
  const db = new Proxy(ctx.db, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name !== 'transaction') return typeof value === 'function' ? value.bind(target) : value;
      return (work: (tx: unknown) => Promise<unknown>) =>
        ctx.db.transaction(async (tx) => {
          const result = await work(tx);
          left -= 1;
          if (left < 0) throw new Error('killed');
          return result;
        });
    },
  });
  return { ...ctx, db };
}

async function orKilled(work: Promise<unknown>): Promise<void> {
  await work.catch((error) => assert.match(String(error), /killed/));
}

interface Move {
  readonly kind:
    | 'post'
    | 'follow'
    | 'unfollow'
    | 'deliver'
    | 'step'
    | 'look'
    | 'delete'
    | 'restore'
    | 'leave';
  readonly a: number;
  readonly b: number;
  /** It is about the first person alone. */
  readonly one?: boolean;
  /** Cut off before so many transactions have committed; null: not at all. */
  readonly killed: number | null;
}

const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % list.length];

async function deliver(world: World, place: number, killed: number | null): Promise<void> {
  const [event] = world.events.splice(place % world.events.length, 1);
  if (!event) return;
  const here = killed === null ? ctx : dying(killed);
  const quiet = { ...here, log: { ...here.log, warn() {} } as unknown as Context['log'] };
  if (killed !== null) world.events.push(event);
  await orKilled(deliverEvents(quiet, feedConsumers, event));
}

async function step(world: World, place: number, killed: number | null): Promise<void> {
  const job = pick(await waiting(world), place);
  if (!job) return;
  const tasks = feedTasks(killed === null ? ctx : dying(killed));
  await orKilled(
    (tasks[job.task] as (payload: JobPayload, signal: AbortSignal) => Promise<void>)(
      job.payload,
      new AbortController().signal,
    ),
  );
}

async function make(world: World, { kind, a, b, killed, one }: Move): Promise<void> {
  const person = pick(world.people, a) as PersonId;
  const other = pick(world.people, one ? 0 : b) as PersonId;
  const post = pick(world.posts, a);
  switch (kind) {
    case 'post':
      return publish(world, other);
    case 'follow':
      if (person === other) return;
      await follow(ctx, person, other);
      world.follows.add(edge(person, other));
      world.events.push({ group: 'people', key: person });
      return;
    case 'unfollow':
      await unfollow(ctx, person, other);
      world.follows.delete(edge(person, other));
      world.events.push({ group: 'people', key: person });
      return;
    case 'deliver':
      for (let n = 0; n <= b % 3; n += 1) await deliver(world, a, killed);
      return;
    case 'step':
      for (let n = 0; n <= b % 6; n += 1) await step(world, a + n, killed);
      return;
    case 'look':
      return look(world, person, 1 + (a % 4));
    case 'delete':
    case 'restore':
      if (!post || post.gone === (kind === 'delete')) return;
      await (kind === 'delete' ? deletePost : restorePost)(ctx, post.id, post.author);
      post.gone = kind === 'delete';
      world.events.push({ group: 'posts', key: post.id });
      return;
    case 'leave':
      // Away for very long: what is pushed from now on passes them by.
      await ctx.db.query(`update feed_homes set last_read_on = '2025-01-01' where person_id = $1`, [
        person,
      ]);
      ctx.db.touchLoosely(ofHome(person));
  }
}

const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant('post' as const) },
    { weight: 5, arbitrary: fc.constant('follow' as const) },
    { weight: 4, arbitrary: fc.constant('unfollow' as const) },
    { weight: 9, arbitrary: fc.constant('deliver' as const) },
    { weight: 9, arbitrary: fc.constant('step' as const) },
    { weight: 6, arbitrary: fc.constant('look' as const) },
    { weight: 1, arbitrary: fc.constantFrom('delete' as const, 'restore' as const) },
    { weight: 1, arbitrary: fc.constant('leave' as const) },
  ),
  a: fc.nat(1000),
  // A few authors have most of the followers.
  b: fc.oneof({ weight: 3, arbitrary: fc.nat(1) }, { weight: 1, arbitrary: fc.nat(1000) }),
  killed: fc.option(fc.nat(2), { freq: 4 }),
});

/** One author whose followers come and go about the thresholds, so that they cross them all the time. */
const crossing: fc.Arbitrary<Move> = fc.record({
  kind: fc.oneof(
    { weight: 5, arbitrary: fc.constant('post' as const) },
    { weight: 4, arbitrary: fc.constant('follow' as const) },
    { weight: 4, arbitrary: fc.constant('unfollow' as const) },
    { weight: 11, arbitrary: fc.constant('deliver' as const) },
    { weight: 14, arbitrary: fc.constant('step' as const) },
    { weight: 10, arbitrary: fc.constant('look' as const) },
  ),
  a: fc.nat(1000),
  b: fc.nat(5),
  one: fc.constant(true),
  killed: fc.option(fc.nat(2), { freq: 8 }),
});

/** Until nothing waits. */
async function settle(world: World): Promise<void> {
  for (let turns = 0; turns < 500; turns += 1) {
    if (world.events.length > 0) await deliver(world, 0, null);
    else if ((await waiting(world)).length > 0) await step(world, turns, null);
    else return;
  }
  assert.fail(`never at rest: ${JSON.stringify(await waiting(world))}`);
}

const lists = (of: fc.Arbitrary<Move>) =>
  fc.array(of, { minLength: 40, maxLength: 90, size: 'max' });

test('whatever happens in whatever order, nobody loses or doubles a post, and in the end all is there', async () => {
  const tally = { moves: 0, pull: 0, both: 0, back: 0 };
  const modeNow = async (world: World) => {
    const [row] = await ctx.db.query<{ mode: 'pull' | 'both' }>(
      'select mode from feed_authors where author_id = $1',
      [world.people[0] as PersonId],
    );
    return row?.mode ?? 'push';
  };
  await fc.assert(
    fc.asyncProperty(fc.oneof(lists(move), lists(crossing)), async (moves) => {
      const world = await newWorld();
      let before = 'push';
      for (const one of moves) {
        tally.moves += 1;
        await make(world, one);
        const now = await modeNow(world);
        if (now === 'push' && before === 'both') tally.back += 1;
        else if (now !== 'push' && now !== before) tally[now] += 1;
        before = now;
      }
      await settle(world);
      for (const reader of world.people) {
        await look(world, reader, 3);
        for (const take of [1, 2, 5, 50]) {
          assert.deepEqual(await scroll(world, reader, take), naive(world, reader));
        }
      }
    }),
    // Each run takes a second: what failed is told as it is.
    { numRuns: 30, endOnFailure: true },
  );
  const { moves, pull, both, back } = tally;
  assert.ok(moves > 1000 && pull > 5 && both > 0, JSON.stringify({ ...tally, back }));
});

test('an author is merged until all is where it belongs, whatever was under way', async () => {
  const world = await newWorld();
  const [author, , , , , late] = world.people as [PersonId, ...PersonId[]];
  const readers = world.people.slice(2);
  const nothing = { a: 0, b: 0, killed: null };
  const settled = async (...groups: string[]) => {
    for (const event of world.events.filter(({ group }) => groups.includes(group))) {
      world.events.splice(world.events.indexOf(event), 1);
      await deliverEvents(ctx, feedConsumers, event);
      await all();
    }
  };
  const all = async () => {
    for (const reader of readers) await look(world, reader, 4);
  };
  const steps = async (task: string) => {
    for (let n = 0; n < 12; n += 1) {
      const jobs = (await waiting(world)).filter((job) => job.task === task);
      for (const { payload } of jobs) {
        await feedTasks(ctx)[task]?.(payload, new AbortController().signal);
        await all();
      }
    }
  };
  const mode = async () => {
    const [row] = await ctx.db.query<{ mode: string }>(
      'select mode from feed_authors where author_id = $1',
      [author],
    );
    return row?.mode ?? 'push';
  };
  await settled('people');
  await publish(world, author);
  await settled('posts');
  await publish(world, author);
  await settled('posts');
  assert.equal(await mode(), 'pull');
  await make(world, { ...nothing, kind: 'unfollow', a: 2 });
  await settled('people');
  assert.equal(await mode(), 'both');

  await publish(world, author);
  await all();
  await steps(PUSH_AGAIN);
  assert.equal(await mode(), 'both', 'a post that nobody has heard of');
  await settled('posts');
  assert.ok((await waiting(world)).some(({ task }) => task === FAN_OUT));
  await steps(PUSH_AGAIN);
  assert.equal(await mode(), 'both', 'a post that is on its way');
  await steps(FAN_OUT);

  await unfollow(ctx, world.people[4] as PersonId, author);
  world.follows.delete(edge(world.people[4] as PersonId, author));
  world.events.push({ group: 'people', key: world.people[4] as PersonId });
  await settled('people');
  await follow(ctx, late as PersonId, author);
  world.follows.add(edge(late as PersonId, author));
  world.events.push({ group: 'people', key: late as PersonId });
  await all();
  await steps(PUSH_AGAIN);
  assert.equal(await mode(), 'both', 'a follow that nobody has heard of');
  await settled('people');
  await steps(PUSH_AGAIN);
  assert.equal(await mode(), 'push');
  for (const reader of world.people) {
    assert.deepEqual(await scroll(world, reader, 4), naive(world, reader));
  }
});
