import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { PersonId, PostId } from '../../api/ids.ts';
import type { Context } from '../../server/context.ts';
import { switchToPull } from '../../server/features/feed/authors-store.ts';
import { rebuildHome } from '../../server/features/feed/away.ts';
import { followBackfill } from '../../server/features/feed/follow-backfill.ts';
import { NOTHING_COMPLETE } from '../../server/features/feed/homes-store.ts';
import { pushRound } from '../../server/features/feed/rounds-store.ts';
import { peekSkeleton, readSkeleton } from '../../server/features/feed/skeleton.ts';
import { insertEntries, removeFromFeeds } from '../../server/features/feed/store.ts';
import { markGrown, trimFeeds } from '../../server/features/feed/trim.ts';
import { FOLLOWED, follow, unfollow } from '../../server/features/graph/follow.ts';
import {
  addToProfile,
  type PostInList,
  removeFromProfile,
} from '../../server/features/posts/store.ts';
import { composeId } from '../../server/kernel/ids.ts';
import { ofHome, PULLED_AUTHORS } from '../../server/kernel/touch-keys.ts';
import type { Db, Transaction } from '../../server/ports/db/db.ts';
import { isUniqueViolation } from '../../server/ports/db/errors.ts';
import { openTestHouse, type TestHouse } from '../context.ts';
import { addCrowd } from '../crowd.ts';
import { countStatements, holdClock } from '../server.ts';

/*
 * Two processes' worth of memory on one database, with feeds of few entries, so that they are cut all the
 * time. The clock stands still, so that nothing is read again because it is old.
 */
const FEED_ENTRIES = 12;
const clock = holdClock();
const settings = { BUS_URL: 'postgres:', FEED_ENTRIES: String(FEED_ENTRIES) };
const first = await openTestHouse(clock, settings);
const second = await openTestHouse(clock, { ...settings, DATABASE_URL: first.url });
after(async () => {
  await second.close();
  await first.close();
});

/** Keeps what a read of fronts found from whoever waits for it, until it is let go. */
class Gate {
  #open: Promise<void> = Promise.resolve();
  #letGo = () => {};
  #found = () => {};

  constructor(db: Db) {
    const query = db.query.bind(db);
    db.query = async <Row extends object>(...[text, ...rest]: Parameters<Db['query']>) => {
      const rows = await query<Row>(text, ...rest);
      if (/from (feed_homes h|posts_by_author)/.test(text)) {
        this.#found();
        await this.#open;
      }
      return rows;
    };
  }

  /** Begins a read, and resolves when it has found what is kept back, or when it needs nothing of that kind. */
  async hold(begin: () => Promise<unknown>): Promise<{ readonly answer: Promise<unknown> }> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#open = promise;
    this.#letGo = resolve;
    const found = new Promise<void>((done) => {
      this.#found = done;
    });
    const answer = begin();
    await Promise.race([found, answer]);
    return { answer };
  }

  letGo(): void {
    this.#letGo();
  }
}

interface Side {
  readonly ctx: Context;
  readonly gate: Gate;
}
const sideOf = ({ ctx }: TestHouse): Side => ({ ctx, gate: new Gate(ctx.db) });
const here = sideOf(first);
const there = sideOf(second);
const { db, ids } = here.ctx;

let markers = 0;

/** Resolves when `to` has heard all that was touched and announced through `from` until now. */
async function heard(from: Side, to: Side): Promise<void> {
  markers += 1;
  const awaited = new Set([`marker:${markers}`, `loose-marker:${markers}`]);
  const arrived = new EventTarget();
  const stop = to.ctx.db.onTouch((keys) => {
    for (const key of keys ?? []) awaited.delete(key);
    if (awaited.size > 0) return;
    stop();
    arrived.dispatchEvent(new Event('all'));
  });
  const all = once(arrived, 'all');
  const marker = `marker:${markers}`;
  from.ctx.db.touchLoosely(`loose-${marker}`);
  await from.ctx.db.transaction(async (tx) => tx.touch(marker));
  await all;
}

const day = (ago: number) => new Date(clock.millis() - ago * 86_400_000).toISOString().slice(0, 10);

/** Some who read, and whom they may follow; the last of those is pulled. */
interface World {
  readonly readers: readonly PersonId[];
  readonly authors: readonly PersonId[];
  readonly posts: PostInList[];
}

let worlds = 0;

async function openWorld(): Promise<World> {
  worlds += 1;
  const crowd = await addCrowd(here.ctx, `homes_${worlds}`, 5);
  const [ada, bob, cleo, dan, eve] = crowd.map(({ id }) => id) as [
    PersonId,
    PersonId,
    PersonId,
    PersonId,
    PersonId,
  ];
  const world: World = { readers: [ada, bob], authors: [cleo, dan, eve], posts: [] };
  await db.transaction((tx) => switchToPull(tx, eve, ids.next()));
  for (const reader of world.readers) {
    for (const author of world.authors) await follow(here.ctx, reader, author);
  }
  // The first read of a day is noted, and what it found read again.
  await Promise.all(world.readers.map((reader) => readSkeleton(here.ctx, reader, 5, null)));
  await heard(here, there);
  return world;
}

const isPulled = (world: World, author: PersonId) => author === world.authors.at(-1);

/** What the author of a post does first, in a transaction of its own: from then on it stands in their list. */
const list = (ctx: Context, { author_id, post_id }: PostInList) =>
  ctx.db.transaction((tx) => addToProfile(tx, author_id, post_id));

async function push(tx: Transaction, post: PostInList, inRounds: boolean): Promise<void> {
  if (inRounds) {
    await pushRound(tx, {
      post,
      source: '',
      turn: 'all',
      careful: true,
      activeSince: day(3),
      awayBefore: day(30),
      after: '0',
      take: 100,
    });
    return;
  }
  const followers = await tx.query<{ person_id: PersonId }>(
    'select follower_id as person_id from follows_by_followee where followee_id = $1 order by 1',
    [post.author_id],
  );
  await insertEntries(
    tx,
    followers.map(({ person_id }) => ({ person_id, ...post })),
  );
}

interface Step {
  readonly kind:
    | 'publish'
    | 'publish late'
    | 'fail'
    | 'delete'
    | 'restore'
    | 'follow'
    | 'unfollow'
    | 'trim'
    | 'leave'
    | 'rebuild';
  readonly a: number;
  readonly b: number;
  readonly inRounds: boolean;
}

const at = <Item>(items: readonly Item[], n: number) => items[n % items.length] as Item;

async function take(world: World, { ctx }: Side, { kind, a, b, inRounds }: Step): Promise<void> {
  const reader = at(world.readers, a);
  const author = at(world.authors, b);
  const pushes = !isPulled(world, author);
  switch (kind) {
    case 'publish':
    case 'publish late': {
      const post_id = kind === 'publish' ? ids.next<PostId>() : lateId();
      const post = { post_id, author_id: author, repost_of: null, repost_author_id: null };
      await list(ctx, post);
      world.posts.push(post);
      if (pushes) await ctx.db.transaction((tx) => push(tx, post, inRounds));
      return;
    }
    case 'fail': {
      const post = at(world.posts, a);
      const never = { ...post, post_id: ids.next<PostId>(), author_id: author };
      const failing = ctx.db.transaction(async (tx) => {
        await addToProfile(tx, author, never.post_id);
        if (pushes) await push(tx, never, inRounds);
        world.posts.push(never);
        throw new Error('taken back');
      });
      return assert.rejects(failing, /taken back/);
    }
    case 'delete':
    case 'restore':
      return world.posts.length === 0 ? undefined : putAway(world, ctx, kind, a);
    case 'follow':
      await follow(ctx, reader, author);
      await ctx.db.transaction((tx) => hearOfFollow(ctx, tx, reader, author));
      return;
    case 'unfollow':
      await unfollow(ctx, reader, author);
      await ctx.db.transaction((tx) => hearOfFollow(ctx, tx, reader, author));
      return;
    case 'trim':
      await ctx.db.transaction((tx) => markGrown(tx, world.readers));
      return trimFeeds(ctx);
    case 'leave':
      return ctx.db.transaction(async (tx) => {
        tx.touchLoosely(ofHome(reader));
        await tx.query('update feed_homes set complete_from = $2 where person_id = $1', [
          reader,
          NOTHING_COMPLETE,
        ]);
      });
    case 'rebuild':
      return rebuildHome(ctx, reader);
  }
}

let late = 0;

/** Of a post that took an hour until it was published. */
function lateId(): PostId {
  late += 1;
  return composeId(clock.millis() - 3_600_000, 0, late % 4000) as PostId;
}

async function putAway(world: World, ctx: Context, kind: 'delete' | 'restore', a: number) {
  const post = at(world.posts, a);
  if (kind === 'delete') {
    await ctx.db.transaction((tx) => removeFromProfile(tx, post.author_id, post.post_id));
    await ctx.db.transaction((tx) => removeFromFeeds(tx, world.readers, post.post_id));
    return;
  }
  // A gate that is held must not hold this up.
  const rows = await ctx.db.transaction((tx) =>
    tx.query('select from posts_by_author where author_id = $1 and post_id = $2', [
      post.author_id,
      post.post_id,
    ]),
  );
  if (rows.length > 0) return;
  await list(ctx, post).catch((error) => {
    if (!isUniqueViolation(error)) throw error;
  });
  if (isPulled(world, post.author_id)) return;
  await ctx.db.transaction((tx) => push(tx, post, false));
}

async function hearOfFollow(ctx: Context, tx: Transaction, reader: PersonId, author: PersonId) {
  await followBackfill.handle(ctx, tx, {
    group: 'people',
    key: reader,
    seq: '0',
    type: FOLLOWED,
    payload: { followee_id: author },
    createdAt: clock.now(),
  });
}

/** All that somebody is to be shown: the posts that stand in the lists of whom they follow, newest first. */
async function due(reader: PersonId): Promise<PostId[]> {
  const rows = await db.transaction((tx) =>
    tx.query<{ post_id: PostId }>(
      `select p.post_id from follows_by_follower f
       join posts_by_author p on p.author_id = f.followee_id
       where f.follower_id = $1 order by p.post_id desc`,
      [reader],
    ),
  );
  return rows.map(({ post_id }) => post_id);
}

/** What a read finds, page for page; what is gone, or not followed any more, it judges. */
async function found(ctx: Context, reader: PersonId, wanted: readonly PostId[]): Promise<PostId[]> {
  const all: PostId[] = [];
  for (let before: PostId | null = null; ; ) {
    const page: PostInList[] = await readSkeleton(ctx, reader, 5, before);
    all.push(...page.map(({ post_id }) => post_id));
    if (page.length < 5) return all.filter((id) => wanted.includes(id));
    before = (page.at(-1) as PostInList).post_id;
  }
}

async function demandRight(world: World, { ctx }: Side, after: unknown): Promise<void> {
  for (const reader of world.readers) {
    const wanted = await due(reader);
    const peeked = peekSkeleton(ctx, reader, 5, null)?.map(({ post_id }) => post_id);
    const shown = peeked?.filter((id) => wanted.includes(id));
    if (shown) assert.deepEqual(shown, wanted.slice(0, shown.length), JSON.stringify(after));
    assert.deepEqual(await found(ctx, reader, wanted), wanted, JSON.stringify(after));
  }
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom('publish' as const, 'publish late' as const) },
    { weight: 2, arbitrary: fc.constantFrom('follow' as const, 'unfollow' as const) },
    { weight: 2, arbitrary: fc.constantFrom('delete' as const, 'restore' as const) },
    { weight: 2, arbitrary: fc.constantFrom('leave' as const, 'rebuild' as const) },
    { weight: 1, arbitrary: fc.constantFrom('trim' as const, 'fail' as const) },
  ),
  a: fc.nat(50),
  b: fc.nat(2),
  inRounds: fc.boolean(),
});

const turn = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 3 }),
  inFirst: fc.boolean(),
  /** Done in the other process at the same time. */
  beside: fc.option(step),
  /** Who reads when it begins, and whether what they find is kept from them until all have heard. */
  reads: fc.constantFrom('nobody', 'doer', 'other', 'doer, late', 'other, late'),
  /** They have nothing near. */
  anew: fc.boolean(),
});
type Turn = typeof turn extends fc.Arbitrary<infer One> ? One : never;

async function play(world: World, one: Turn): Promise<void> {
  const [doer, other] = one.inFirst ? [here, there] : [there, here];
  const side = one.reads.startsWith('doer') ? doer : other;
  if (one.anew) side.ctx.db.touchLoosely(...world.readers.map(ofHome));
  const read = () =>
    Promise.all(world.readers.map((reader) => readSkeleton(side.ctx, reader, 5, null)));
  const isLate = one.reads.endsWith('late');
  const held = isLate ? await side.gate.hold(read) : null;
  const reading = isLate || one.reads === 'nobody' ? undefined : read();
  const work = async () => {
    for (const each of one.steps) await take(world, doer, each);
  };
  try {
    await Promise.all([work(), one.beside && take(world, other, one.beside)]);
    if (held === null && !one.beside) await demandRight(world, doer, one);
    await Promise.all([heard(doer, other), heard(other, doer)]);
  } finally {
    side.gate.letGo();
    await Promise.all([held?.answer, reading]);
  }
  await demandRight(world, doer, one);
  await demandRight(world, other, one);
}

test('whatever is pushed, taken out and cut where, a feed in memory is that of the database', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 4, maxLength: 10 }), async (turns) => {
      const world = await openWorld();
      await take(world, here, { kind: 'publish', a: 0, b: 0, inRounds: false });
      await heard(here, there);
      for (const one of turns) await play(world, one);
      await db.transaction(async (tx) => {
        tx.touch(PULLED_AUTHORS);
        await tx.query('delete from feed_authors where author_id = any($1::bigint[])', [
          world.authors,
        ]);
      });
      await heard(here, there);
    }),
    { numRuns: 25 },
  );
});

test('a new post is in the feeds and lists that are near without a statement, in another process too', async () => {
  const world = await openWorld();
  const newest = (side: Side, reader: PersonId) =>
    peekSkeleton(side.ctx, reader, 5, null)?.[0]?.post_id;
  for (const [author, inRounds] of [
    [0, true],
    [1, false],
    [2, true],
  ] as const) {
    for (const reader of world.readers) {
      for (const { ctx } of [here, there]) await readSkeleton(ctx, reader, 5, null);
    }
    await take(world, here, { kind: 'publish', a: 0, b: author, inRounds });
    const post = world.posts.at(-1)?.post_id;
    for (const reader of world.readers) assert.equal(newest(here, reader), post);
    await heard(here, there);
    for (const reader of world.readers) assert.equal(newest(there, reader), post);
    const reads = () => readSkeleton(there.ctx, world.readers[0] as PersonId, 5, null);
    assert.equal(await countStatements(there.ctx, reads), 0);
  }
});
