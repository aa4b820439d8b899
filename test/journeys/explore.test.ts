import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { exploreFeed } from '../../api/feed.ts';
import { followHashtag } from '../../api/hashtags.ts';
import type { PersonId, PostId } from '../../api/ids.ts';
import type { Context } from '../../server/context.ts';
import { exploreFeed as readFeed } from '../../server/features/explore/feed.ts';
import { makeExplore } from '../../server/features/explore/make.ts';
import { findPopularPosts } from '../../server/features/explore/popular.ts';
import { sweepExplore } from '../../server/features/explore/sweep.ts';
import { block } from '../../server/features/graph/block.ts';
import { addCloseFriend } from '../../server/features/graph/close-friends.ts';
import { follow, unfollow } from '../../server/features/graph/follow.ts';
import { mute } from '../../server/features/graph/quiet.ts';
import { likePost, unlikePost } from '../../server/features/posts/like.ts';
import { reportSeen } from '../../server/features/ranking/seen.ts';
import { savePost } from '../../server/features/saves/save.ts';
import { cast, join, type Person, refusal } from '../cast.ts';
import { addCrowd, type Extra, setStanding } from '../crowd.ts';
import { publishSaid, type Said, say } from '../said-posts.ts';
import { openTestServer, type TestServer } from '../server.ts';

const HOUR_MS = 3600 * 1000;
let server: TestServer;
let ctx: Context;
let people: Person[] = [];
let crowds = 0;

before(async () => {
  server = await openTestServer();
  ctx = server.ctx;
});
after(async () => {
  for (const person of people) person.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

/** Somebody new, who sees nothing of what other tests have put up: all of that is seen. */
async function newcomer(name: string): Promise<Person> {
  const person = await join(server.url, name);
  people.push(person);
  return person;
}
const strangers = (count: number) => addCrowd(ctx, `stranger_${++crowds}`, count);
const publish = (author: { id: PersonId }, said: Said = {}) => publishSaid(ctx, author.id, said);
const like = (person: { id: PersonId }, postId: PostId) => likePost(ctx, postId, person.id);
/** The context at another time. */
const later = (ms: number): Context => ({
  ...ctx,
  clock: { now: () => new Date(Date.now() + ms), millis: () => Date.now() + ms },
});

/** A new version, read over HTTP to its end; `among` leaves out what other tests have put up. */
async function explore(viewer: Person, among: readonly PostId[], limit = 100) {
  await findPopularPosts(ctx);
  await makeExplore(ctx, viewer.id);
  return readAll(viewer, among, limit);
}

async function readAll(viewer: Person, among: readonly PostId[], limit = 100) {
  const found: Map<PostId, string> = new Map();
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = cursor ? { cursor, limit } : { limit };
    const { data, pagination } = await viewer.ask(exploreFeed, { query });
    for (const { post_id, reason } of data) {
      assert.ok(!found.has(post_id), 'nothing comes twice');
      if (among.includes(post_id)) {
        found.set(post_id, reason.label === null ? reason.kind : `${reason.kind} ${reason.label}`);
      }
    }
    cursor = pagination?.next_cursor ?? null;
  }
  return found;
}

test('who is new gets what is popular; nothing of their own, of those they follow, of what they like', async () => {
  const alice = await newcomer('alice');
  const empty = await alice.ask(exploreFeed, { query: {} });
  assert.deepEqual(empty.data, []);
  assert.deepEqual(empty.pagination, { next_cursor: null, has_more: false });

  const [bob, carol, dan] = (await strangers(3)) as [Extra, Extra, Extra];
  const posts: PostId[] = [];
  for (const author of [bob, carol, dan, alice]) posts.push(await publish(author));
  const [ofBob, ofCarol, ofDan] = posts as [PostId, PostId, PostId];
  const first = await explore(alice, posts);
  assert.deepEqual(
    first,
    new Map([ofDan, ofCarol, ofBob].map((postId) => [postId, 'popular'])),
    'equally popular, so the newest first',
  );

  for (const fan of await strangers(3)) await like(fan, ofBob);
  assert.equal([...(await explore(alice, posts)).keys()][0], ofBob);
  await follow(ctx, alice.id, carol.id);
  await like(alice, ofBob);
  // Both at once, in the version that was made before.
  assert.deepEqual([...(await readAll(alice, posts)).keys()], [ofDan]);
  assert.deepEqual([...(await explore(alice, posts)).keys()], [ofDan]);
  await savePost(ctx, ofDan, alice.id, null);
  assert.deepEqual(await explore(alice, posts), new Map());
});

test('what those liked who like the same comes with its reason, and so does what friends like', async () => {
  const alice = await newcomer('anna');
  const [erin, frank, grace, author, other, third] = (await strangers(6)) as [
    Extra,
    Extra,
    Extra,
    Extra,
    Extra,
    Extra,
  ];
  const seed = await publish(author);
  const close = await publish(other);
  const far = await publish(third);
  const named = await publish(author);
  for (const fan of [alice, erin, frank]) await like(fan, seed);
  for (const fan of [erin, frank]) await like(fan, close);
  await like(grace, far);
  await follow(ctx, alice.id, grace.id);
  await like(grace, named);
  const all = [seed, close, far, named];
  const found = await explore(alice, all);
  assert.equal(found.get(close), 'liked_together');
  assert.equal(found.get(far), `liked_by_followed ${grace.username}`);
  assert.equal(found.get(named), `liked_by_followed ${grace.username}`);
  assert.ok(!found.has(seed));

  // Nobody is named for what they do not like any more; nor after they are followed no more; nor when blocked.
  await unlikePost(ctx, far, grace.id);
  assert.deepEqual([...(await readAll(alice, all)).keys()].toSorted(), [close, named].toSorted());
  await unfollow(ctx, alice.id, grace.id);
  assert.deepEqual([...(await readAll(alice, all)).keys()], [close]);
  await follow(ctx, alice.id, grace.id);
  assert.ok((await readAll(alice, all)).has(named));
  await say(ctx, named, { caption: 'likes are hidden' });
  await ctx.db.transaction(async (tx) => {
    await tx.query('update posts set likes_hidden = true where post_id = $1', [named]);
    tx.touch(`post:${named}`);
  });
  assert.ok(!(await readAll(alice, all)).has(named), 'of hidden likes none is told');
});

test('hashtags that one follows or likes bring posts, and the reason goes with the hashtag', async () => {
  const alice = await newcomer('agnes');
  const [author, other] = (await strangers(2)) as [Extra, Extra];
  // Old, so that it is not popular: it is found by its hashtag alone.
  await publish(author, { caption: '#tulips' });
  const liked = await publish(other, { caption: '#windmills #canals' });
  const mill = await publish(author, { caption: 'another #canals' });
  const tulip = await publish(other, { caption: 'a #tulips too' });
  await alice.api(followHashtag, { params: { tag: 'tulips' } });
  await like(alice, liked);
  const hunches = await explore(alice, [mill, tulip]);
  assert.equal(hunches.size, 2);
  const { gather } = await import('../../server/features/explore/sources.ts');
  const reasons = (await gather(ctx, alice.id)).flatMap(({ postId, why }) =>
    why.kind === 'hashtag' ? [`${postId} ${why.cause}`] : [],
  );
  assert.ok(reasons.includes(`${mill} canals`) && reasons.includes(`${tulip} tulips`));
});

test('pages of one version are stable while others write, and end where nothing is left', async () => {
  const alice = await newcomer('alma');
  const authors = await strangers(30);
  const posts: PostId[] = [];
  for (const author of authors) posts.push(await publish(author));
  await findPopularPosts(ctx);
  const version = await makeExplore(ctx, alice.id);
  const expected = version.posts.map((post) => post.post_id);
  assert.ok(posts.every((postId) => expected.includes(postId)));
  const seen: PostId[] = [];
  let cursor: string | null | undefined;
  for (let n = 0; cursor !== null; n += 1) {
    const query = cursor ? { cursor, limit: 7 } : { limit: 7 };
    const { data, pagination } = await alice.ask(exploreFeed, { query });
    seen.push(...data.map((post) => post.post_id));
    cursor = pagination?.next_cursor ?? null;
    // What happens meanwhile moves nothing: a new post, a new order, a new version.
    const author = authors[n] as Extra;
    await publish(author);
    await like(author, posts[29 - n] as PostId);
    await findPopularPosts(ctx);
    await makeExplore(ctx, alice.id);
  }
  assert.deepEqual(seen, expected);

  const old = await alice.ask(exploreFeed, { query: { limit: 1 } });
  assert.ok(old.pagination?.next_cursor);
  await sweepExplore(later(3 * HOUR_MS));
  const query = { cursor: old.pagination.next_cursor };
  assert.equal((await refusal(alice.ask(exploreFeed, { query }))).code, 'invalid_cursor');
  assert.ok((await alice.ask(exploreFeed, { query: {} })).data.length > 0);
});

test('a version is made anew when it is old, and when all of it was seen', async () => {
  const alice = await newcomer('ada');
  const [author] = (await strangers(1)) as [Extra];
  const newest = async () =>
    (
      await ctx.db.query<{ version: string }>(
        'select version from explore_feeds where person_id = $1 order by version desc limit 1',
        [alice.id],
      )
    )[0]?.version;
  const read = (ms: number) => readFeed(later(ms), alice.id, { limit: 20, cursor: null });
  await read(0);
  const first = await newest();
  await read(1_000);
  assert.equal(await newest(), first);
  await read(HOUR_MS + 1_000);
  assert.notEqual(await newest(), first);

  // All is known: a little later something new is looked for at once.
  for (const { post_id } of await makeExplore(ctx, alice.id).then(({ posts }) => posts)) {
    await savePost(ctx, post_id, alice.id, null);
  }
  const fresh = await publish(author);
  await findPopularPosts(ctx);
  assert.deepEqual((await read(0)).items, []);
  const { items } = await read(2 * 60_000);
  assert.deepEqual(
    items.map((post) => post.post_id),
    [fresh],
  );
});

test('nobody fills what is popular alone', async () => {
  const [eager] = (await strangers(1)) as [Extra];
  const posts: PostId[] = [];
  for (let n = 0; n < 8; n += 1) posts.push(await publish(eager));
  const { postIds } = await findPopularPosts(ctx);
  assert.equal(postIds.filter((postId) => posts.includes(postId)).length, 5);
});

const STANDINGS = [
  ...['plain', 'plain', 'private', 'suspended', 'deleted', 'followed', 'muted'],
  ...['blocked', 'blocking', 'close'],
] as const;
const STATES = ['open', 'open', 'followers', 'close_friends', 'archived', 'deleted'] as const;
const KNOWN = ['new', 'new', 'liked', 'saved', 'seen'] as const;

interface Fate {
  readonly standing: (typeof STANDINGS)[number];
  readonly posts: readonly {
    readonly state: (typeof STATES)[number];
    readonly known: (typeof KNOWN)[number];
    readonly fans: number;
  }[];
}

const fates: fc.Arbitrary<Fate[]> = fc.array(
  fc.record({
    standing: fc.constantFrom(...STANDINGS),
    posts: fc.array(
      fc.record({
        state: fc.constantFrom(...STATES),
        known: fc.constantFrom(...KNOWN),
        fans: fc.nat(2),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  }),
  { minLength: 1, maxLength: 5 },
);

const shown = { state: 'open', known: 'new', fans: 1 } as const;
/** Every guard once, alone: each of these is hidden by one of them only. */
const EACH: Fate[] = [
  ...[...new Set(STANDINGS)].map((standing) => ({ standing, posts: [shown] })),
  ...[...new Set(STATES)].map((state) => ({
    standing: 'plain' as const,
    posts: [{ ...shown, state }],
  })),
  // The viewer may see this one, but not everybody may.
  { standing: 'close', posts: [{ ...shown, state: 'close_friends' }] },
  ...[...new Set(KNOWN)].map((known) => ({
    standing: 'plain' as const,
    posts: [{ ...shown, known }],
  })),
];

test('whatever becomes of posts and people, only what may be recommended ever is', async () => {
  let nth = 0;
  const run = async (list: readonly Fate[]) => {
    nth += 1;
    const [viewer, friend, ...authors] = (await addCrowd(ctx, `world_${nth}`, list.length + 2)) as [
      Extra,
      Extra,
      ...Extra[],
    ];
    await follow(ctx, viewer.id, friend.id);
    const all: { postId: PostId; author: Extra; fate: Fate; at: number }[] = [];
    for (const [n, fate] of list.entries()) {
      const author = authors[n] as Extra;
      for (const [at, { fans }] of fate.posts.entries()) {
        const postId = await publish(author, { caption: '#world' });
        if (fans > 0) await like(friend, postId);
        if (fans > 1) await like(authors[0] as Extra, postId);
        all.push({ postId, author, fate, at });
      }
    }
    await findPopularPosts(ctx);
    // Made while all was open, and then judged at the read.
    const made = await makeExplore(ctx, viewer.id);
    const there = new Set(made.posts.map((post) => post.post_id));
    assert.ok(all.every(({ postId }) => there.has(postId)));
    for (const [n, fate] of list.entries()) await befall(viewer, authors[n] as Extra, fate);
    const expected = new Set<PostId>();
    for (const { postId, fate, at } of all) {
      const { state, known } = fate.posts[at] as Fate['posts'][number];
      if (known === 'liked') await likeOrNot(viewer, postId);
      if (known === 'seen') await reportSeen(ctx, viewer.id, [{ post_id: postId }]);
      if (known === 'saved') await saveOrNot(viewer, postId);
      if (state !== 'open') await say(ctx, postId, SAID[state]);
      const { standing } = fate;
      if ((standing === 'plain' || standing === 'close') && state === 'open' && known === 'new')
        expected.add(postId);
    }
    const own = new Set(all.map(({ postId }) => postId));
    for (const fresh of [false, true]) {
      if (fresh) await makeExplore(ctx, viewer.id);
      const seen = new Set<PostId>();
      const { items } = await readFeed(ctx, viewer.id, { limit: 100, cursor: null });
      for (const { post_id } of items) if (own.has(post_id)) seen.add(post_id);
      assert.deepEqual(seen, expected, fresh ? 'made anew' : 'judged at the read');
    }
    for (const { postId } of all) await say(ctx, postId, { deleted: true });
  };
  await fc.assert(fc.asyncProperty(fates, run), { numRuns: 16, examples: [[EACH]] });
});

const SAID: Readonly<Record<Exclude<(typeof STATES)[number], 'open'>, Said>> = {
  followers: { audience: 'followers' },
  close_friends: { audience: 'close_friends' },
  archived: { archived: true },
  deleted: { deleted: true },
};

async function befall(viewer: Extra, author: Extra, { standing }: Fate): Promise<void> {
  if (standing === 'private') await setStanding(ctx.db, [author.id], { privacy_level: 'private' });
  if (standing === 'suspended') await setStanding(ctx.db, [author.id], { state: 'suspended' });
  if (standing === 'deleted') await setStanding(ctx.db, [author.id], { state: 'deleted' });
  if (standing === 'followed') await follow(ctx, viewer.id, author.id);
  if (standing === 'close') await addCloseFriend(ctx, author.id, viewer.id);
  if (standing === 'muted') await mute(ctx, viewer.id, author.id, { posts: true });
  if (standing === 'blocked') await block(ctx, author.id, viewer.id);
  if (standing === 'blocking') await block(ctx, viewer.id, author.id);
}

/** Of a post that is hidden by now there is nothing to like. */
const likeOrNot = (who: Extra, postId: PostId) => like(who, postId).catch(() => {});
const saveOrNot = (who: Extra, postId: PostId) =>
  savePost(ctx, postId, who.id, null).catch(() => {});

test('the cast sees it as the contract says', async () => {
  const { zoe, yan } = await cast(server.url, 'zoe', 'yan');
  people = [...people, zoe, yan];
  const post = await yan.published(yan.post());
  await findPopularPosts(ctx);
  await makeExplore(ctx, zoe.id);
  const { data } = await zoe.ask(exploreFeed, { query: { limit: 100 } });
  const mine = data.find(({ post_id }) => post_id === post.post_id);
  assert.deepEqual(mine?.reason, { kind: 'popular', label: null });
  assert.deepEqual(mine.media, post.media);
  assert.equal(
    (await refusal(zoe.ask(exploreFeed, { query: { cursor: 'x' } }))).code,
    'invalid_cursor',
  );
});
