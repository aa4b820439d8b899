import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { MediaId, PersonId, PlaceId, PostId } from '../../api/ids.ts';
import type { Context } from '../../server/context.ts';
import { hashtagFanOut } from '../../server/features/feed/by-hashtag.ts';
import { daysAgo } from '../../server/features/feed/days.ts';
import { fanOut } from '../../server/features/feed/fan-out.ts';
import { runFanOut } from '../../server/features/feed/fan-out-round.ts';
import { insertTagFollow } from '../../server/features/hashtags/store.ts';
import { insertMedia } from '../../server/features/media/store.ts';
import { findNearDuplicates } from '../../server/features/near-duplicates/find.ts';
import { insertPerson } from '../../server/features/people/store.ts';
import {
  ARCHIVED,
  DELETED,
  EDITED,
  PUBLISHED,
  RESTORED,
  UNARCHIVED,
} from '../../server/features/posts/events.ts';
import { insertPost } from '../../server/features/posts/store.ts';
import { indexPosts } from '../../server/features/topics/index-post.ts';
import type { Consumer, StoredEvent } from '../../server/kernel/events.ts';
import type { Param, Transaction } from '../../server/ports/db/db.ts';
import { isUniqueViolation } from '../../server/ports/db/errors.ts';
import type { JobPayload } from '../../server/ports/jobs/jobs.ts';
import { openTestHouse, type TestHouse } from '../context.ts';

/**
 * What follows from the same posts in three worlds that begin alike: events are handled one by one, those of
 * several posts together, and together as on Citus, some cut off at any statement. In the end the worlds
 * are alike.
 */

let house: TestHouse;
let ctx: Context;

before(async () => {
  house = await openTestHouse();
  // So small that a few people cross every bound: three are few, five are merged.
  const SMALL = { feedEntries: 6, fanOutPullFrom: 5, fanOutPushBelow: 4, fanOutRound: 15 };
  ctx = { ...house.ctx, config: { ...house.ctx.config, ...SMALL } };
});
after(() => house.close());

const CONSUMERS: readonly Consumer[] = [fanOut, hashtagFanOut, indexPosts, findNearDuplicates];
const PEOPLE = 7;
const READ_DAYS_AGO = [0, 2, 10, 40, null, 0, 1];
const LOOK = 0x0f0f_1234_5678_9abcn;

type Way = 'one by one' | 'together' | 'as on Citus';

interface MadePost {
  readonly author: number;
  /** Its hashtags, of three. */
  readonly tags: readonly number[];
  readonly place: boolean;
  readonly repost: boolean;
  /** Bits by which each picture differs from the look of all; null: nobody knows what it looks like. */
  readonly pictures: readonly (number | null)[];
  readonly open: boolean;
  /** Who has it already. */
  readonly had: number | null;
  /** Written before events said whether a post has topics. */
  readonly old: boolean;
}

/** What becomes of a post later. */
interface Turn {
  readonly post: number;
  readonly to: 'edited' | 'deleted' | 'restored' | 'archived' | 'unarchived';
  readonly tags: readonly number[];
}

interface Plan {
  readonly follows: readonly (readonly [number, number])[];
  readonly tagFollows: readonly (readonly [number, number])[];
  readonly private: readonly number[];
  /** In each phase posts and changes, whose events are handled in parts of so many. */
  readonly phases: readonly {
    readonly posts: readonly MadePost[];
    readonly turns: readonly Turn[];
    readonly part: number;
    /** Cut off before this statement; null: not at all. */
    readonly killed: number | null;
    readonly opened: number | null;
  }[];
}

interface World {
  readonly way: Way;
  readonly people: readonly PersonId[];
  readonly posts: { id: PostId; made: MadePost; media: MediaId[]; seq: number }[];
  readonly place: PlaceId;
}

const tagOf = (world: World, n: number) => `tag${world.people[0]}${'abc'[n]}`;

async function newWorld(way: Way, plan: Plan): Promise<World> {
  const people = Array.from({ length: PEOPLE }, () => ctx.ids.next<PersonId>());
  const world: World = { way, people, posts: [], place: ctx.ids.next<PlaceId>() };
  const at = ctx.clock.now();
  await ctx.db.transaction(async (tx) => {
    for (const [n, personId] of people.entries()) {
      await insertPerson(tx, {
        personId,
        username: `p${personId}`,
        fullName: '',
        role: 'member',
        at,
      });
      const ago = READ_DAYS_AGO[n];
      if (typeof ago === 'number') {
        await tx.query('insert into feed_homes (person_id, last_read_on) values ($1, $2)', [
          personId,
          daysAgo(ctx, ago),
        ]);
      }
    }
    for (const [a, b] of plan.follows) {
      if (a === b) continue;
      for (const table of ['follows_by_follower', 'follows_by_followee']) {
        await tx.query(
          `insert into ${table} (follower_id, followee_id, follow_id, created_at)
           values ($1, $2, $3, $4) on conflict do nothing`,
          [people[a] as string, people[b] as string, ctx.ids.next<string>(), at],
        );
      }
    }
    await countFollowers(tx, world);
    for (const [a, b] of plan.tagFollows) {
      const follow = { personId: people[a] as PersonId, tag: tagOf(world, b), at };
      await insertTagFollow(tx, { ...follow, followId: ctx.ids.next() });
    }
    const closed = plan.private.map((n) => people[n] as PersonId);
    await tx.query(
      `update people set privacy_level = 'private' where person_id = any($1::bigint[])`,
      [closed],
    );
  });
  return world;
}

const countFollowers = (tx: Transaction, { people }: World) =>
  tx.query(
    `update person_counts c set followers =
       (select count(*) from follows_by_followee f where f.followee_id = c.person_id)
     where c.person_id = any($1::bigint[])`,
    [people],
  );

async function publish(tx: Transaction, world: World, made: MadePost): Promise<StoredEvent> {
  const id = ctx.ids.next<PostId>();
  const authorId = world.people[made.author] as PersonId;
  const at = ctx.clock.now();
  const media = made.repost ? [] : made.pictures.map(() => ctx.ids.next<MediaId>());
  await insertPost(tx, {
    postId: id,
    authorId,
    caption: '',
    at,
    hashtags: made.tags.map((tag) => tagOf(world, tag)),
    place: made.place ? { place_id: world.place, name: '', latitude: null, longitude: null } : null,
    audience: made.open ? 'everyone' : 'followers',
  });
  await tx.query(`update posts set status = 'published', repost_of = $2 where post_id = $1`, [
    id,
    made.repost ? '1' : null,
  ]);
  await insertMedia(
    tx,
    media.map((mediaId, position) => ({
      postId: id,
      mediaId,
      position,
      upload: { originalKey: `media/${mediaId}`, width: 9, height: 9 },
      alt: '',
      crop: null,
      at,
    })),
  );
  for (const [n, mediaId] of media.entries()) {
    const bits = made.pictures[n];
    const phash = typeof bits === 'number' ? String(LOOK ^ (2n ** BigInt(bits) - 1n)) : null;
    await tx.query('update media set phash = $3 where post_id = $1 and media_id = $2', [
      id,
      mediaId,
      phash,
    ]);
  }
  if (made.had !== null) {
    await tx.query('insert into feed_entries (person_id, post_id, author_id) values ($1, $2, $3)', [
      world.people[made.had] as PersonId,
      id,
      authorId,
    ]);
  }
  world.posts.push({ id, made, media, seq: 0 });
  return eventOf(tx, world, world.posts.length - 1, PUBLISHED);
}

const BECOMES = {
  edited: { type: EDITED, set: 'hashtags = $2::text[]' },
  deleted: { type: DELETED, set: 'deleted_at = created_at' },
  restored: { type: RESTORED, set: 'deleted_at = null' },
  archived: { type: ARCHIVED, set: 'archived_at = created_at' },
  unarchived: { type: UNARCHIVED, set: 'archived_at = null' },
} as const;

async function turn(tx: Transaction, world: World, { post, to, tags }: Turn) {
  const at = post % world.posts.length;
  const id = world.posts[at]?.id as PostId;
  const { type, set } = BECOMES[to];
  const named = tags.map((tag) => tagOf(world, tag));
  const params: Param[] = to === 'edited' ? [id, named] : [id];
  await tx.query(`update posts set ${set} where post_id = $1`, params);
  return eventOf(tx, world, at, type);
}

async function eventOf(
  tx: Transaction,
  world: World,
  at: number,
  type: string,
): Promise<StoredEvent> {
  const post = world.posts[at];
  assert.ok(post);
  post.seq += 1;
  const [row] = await tx.query<{ shown: boolean; repost_of: string | null; topics: boolean }>(
    `select deleted_at is null and archived_at is null as shown, repost_of,
       hashtags <> '{}' or place is not null as topics
     from posts where post_id = $1`,
    [post.id],
  );
  assert.ok(row);
  const { shown, repost_of, topics } = row;
  return {
    group: 'posts',
    key: post.id,
    seq: String(post.seq),
    type,
    createdAt: ctx.clock.now(),
    payload: {
      author_id: world.people[post.made.author] as PersonId,
      shown,
      repost_of,
      repost_author_id: null,
      ...(!post.made.old && { topics }),
    },
  };
}

interface Wrapped {
  readonly way: Way;
  /** Dies before this statement. */
  readonly killed?: number | null;
}

function wrap(tx: Transaction, { way, killed = null }: Wrapped): Transaction {
  let left = killed ?? Number.POSITIVE_INFINITY;
  return {
    inTransaction: true,
    async query<Row extends object>(text: string, params?: readonly Param[]): Promise<Row[]> {
      left -= 1;
      if (left < 0) throw new Error('killed');
      return tx.query<Row>(text, params);
    },
    flavour: async () => (way === 'as on Citus' ? 'citus' : tx.flavour()),
    touch: tx.touch.bind(tx),
    touchLoosely: tx.touchLoosely.bind(tx),
    announce: tx.announce.bind(tx),
  };
}

const oneByOne = (events: readonly StoredEvent[], how: Wrapped) =>
  ctx.db.transaction(async (tx) => {
    for (const event of events) {
      for (const consumer of CONSUMERS) {
        if (!consumer.types.includes(event.type)) continue;
        await consumer.handle(ctx, wrap(tx, how), event);
      }
    }
  });

const together = (events: readonly StoredEvent[], how: Wrapped) =>
  ctx.db.transaction(async (tx) => {
    const wrapped = wrap(tx, how);
    for (const consumer of CONSUMERS) {
      const wanted = events.filter((event) => consumer.types.includes(event.type));
      if (wanted.length > 0) await consumer.handleMany?.(ctx, wrapped, wanted);
    }
  });

const tally = { killed: 0, alone: 0, together: 0, rounds: 0, pairs: 0, pulled: 0 };

async function deliver(world: World, events: readonly StoredEvent[], killed: number | null) {
  const { way } = world;
  if (way === 'one by one') return oneByOne(events, { way });
  if (killed !== null) {
    const before = await rowsOf(world);
    const died = await together(events, { way, killed }).then(
      () => false,
      (error) => /killed/.test(String(error)) || isUniqueViolation(error),
    );
    if (!died) return;
    tally.killed += 1;
    assert.deepEqual(await rowsOf(world), before, 'nothing is left of what was cut off');
  }
  try {
    await together(events, { way });
    tally.together += 1;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    tally.alone += 1;
    await oneByOne(events, { way });
  }
}

async function runRounds({ people }: World) {
  for (;;) {
    const rows = await ctx.db.query<{ [key: string]: string }>(
      `select author_id, post_id, source from feed_fan_outs where author_id = any($1::bigint[])`,
      [people],
    );
    if (rows.length === 0) return;
    tally.rounds += rows.length;
    for (const row of rows) await runFanOut(ctx, row as JobPayload);
  }
}

/** Everything that the consumers write of this world, by numbers instead of ids. */
async function rowsOf(world: World): Promise<Record<string, string[]>> {
  const names = new Map<string, string>([[world.place, 'place']]);
  for (const [n, id] of world.people.entries()) names.set(id, `person ${n}`);
  for (const [n, { id, media }] of world.posts.entries()) {
    names.set(id, `post ${n}`);
    for (const [m, mediaId] of media.entries()) names.set(mediaId, `picture ${n}.${m}`);
  }
  const tags = [0, 1, 2].map((n) => tagOf(world, n));
  for (const [n, tag] of tags.entries()) names.set(tag, `tag ${n}`);
  const posts = world.posts.map(({ id }) => id);
  const found: Record<string, string[]> = {};
  const read = async (text: string, wanted: readonly string[]) => {
    const rows = await ctx.db.query<Record<string, unknown>>(text, [wanted]);
    const named = (value: unknown): unknown =>
      Array.isArray(value) ? value.map(named) : (names.get(String(value)) ?? value);
    found[/from (\w+)/.exec(text)?.[1] ?? ''] = rows
      .map((row) => JSON.stringify(Object.values(row).map(named)))
      .sort();
  };
  await read('select * from feed_entries where person_id = any($1)', world.people);
  await read(
    'select author_id, post_id, source from feed_fan_outs where author_id = any($1)',
    world.people,
  );
  await read('select author_id, mode from feed_authors where author_id = any($1)', world.people);
  await read('select * from post_topics where post_id = any($1)', posts);
  await read('select * from posts_by_hashtag where post_id = any($1)', posts);
  await read('select * from posts_by_place where post_id = any($1)', posts);
  await read('select * from hashtags where tag = any($1)', tags);
  await read('select tag, weight from hashtags_by_prefix where tag = any($1)', tags);
  await read('select * from picture_hashes where person_id = any($1)', world.people);
  await read(
    `select media_id, other_media_id, post_id, other_post_id, distance, exact
     from near_duplicates where person_id = any($1)`,
    world.people,
  );
  return found;
}

async function live(way: Way, plan: Plan) {
  const world = await newWorld(way, plan);
  for (const phase of plan.phases) {
    const events = await ctx.db.transaction(async (tx) => {
      const opened = world.people[phase.opened ?? -1];
      if (opened) {
        await tx.query(`update people set privacy_level = 'public' where person_id = $1`, [opened]);
      }
      const told: StoredEvent[] = [];
      for (const made of phase.posts) told.push(await publish(tx, world, made));
      for (const one of phase.turns) {
        if (world.posts.length > 0) told.push(await turn(tx, world, one));
      }
      return told;
    });
    for (let from = 0; from < events.length; from += phase.part) {
      await deliver(world, events.slice(from, from + phase.part), phase.killed);
    }
    await runRounds(world);
  }
  return rowsOf(world);
}

const person = fc.nat(PEOPLE - 1);
const tags = fc.uniqueArray(fc.nat(2), { maxLength: 3 });
const made: fc.Arbitrary<MadePost> = fc.record({
  author: fc.oneof({ weight: 2, arbitrary: fc.nat(1) }, { weight: 3, arbitrary: person }),
  tags,
  place: fc.boolean(),
  repost: fc.nat(3).map((n) => n === 0),
  pictures: fc.array(fc.option(fc.nat(12), { freq: 6 }), { minLength: 1, maxLength: 2 }),
  open: fc.nat(4).map((n) => n > 0),
  had: fc.option(person, { freq: 2 }),
  old: fc.nat(3).map((n) => n === 0),
});
const plans: fc.Arbitrary<Plan> = fc.record({
  follows: fc.uniqueArray(fc.tuple(person, person), {
    minLength: 8,
    maxLength: 30,
    selector: ([a, b]) => a * PEOPLE + b,
  }),
  tagFollows: fc.uniqueArray(fc.tuple(person, fc.nat(2)), {
    maxLength: 14,
    selector: ([a, b]) => a * PEOPLE + b,
  }),
  private: fc.uniqueArray(person, { maxLength: 2 }),
  phases: fc.array(
    fc.record({
      posts: fc.array(made, { maxLength: 6 }),
      turns: fc.array(
        fc.record({
          post: fc.nat(20),
          to: fc.constantFrom('edited', 'deleted', 'restored', 'archived', 'unarchived'),
          tags,
        }),
        { maxLength: 4 },
      ),
      part: fc.integer({ min: 1, max: 8 }),
      killed: fc.option(fc.nat(16), { freq: 2 }),
      opened: fc.option(person, { freq: 2 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

test('events of several posts together leave what each of them leaves alone', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const alone = await live('one by one', plan);
      assert.deepEqual(await live('together', plan), alone, 'together');
      assert.deepEqual(await live('as on Citus', plan), alone, 'as on Citus');
      tally.pairs += alone.near_duplicates?.length ?? 0;
      tally.pulled += alone.feed_authors?.length ?? 0;
    }),
    { numRuns: 40 },
  );
  for (const [what, times] of Object.entries(tally)) assert.ok(times > 0, `never ${what}`);
});
