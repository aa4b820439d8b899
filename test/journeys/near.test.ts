import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { PersonId, PostId } from '../../api/ids.ts';
import type { Context } from '../../server/context.ts';
import { createComment } from '../../server/features/comments/create.ts';
import { announceEntries } from '../../server/features/feed/announce.ts';
import { readFrontsWithFacts } from '../../server/features/feed/fronts-store.ts';
import { homePage, peekHomePage } from '../../server/features/feed/home.ts';
import { peekProfilePage, profileFeed } from '../../server/features/feed/profile.ts';
import { insertEntries } from '../../server/features/feed/store.ts';
import { block, unblock } from '../../server/features/graph/block.ts';
import { addCloseFriend, removeCloseFriend } from '../../server/features/graph/close-friends.ts';
import { follow, unfollow } from '../../server/features/graph/follow.ts';
import { nearTies } from '../../server/features/graph/near-ties.ts';
import { mute, restrict, unmute, unrestrict } from '../../server/features/graph/quiet.ts';
import { meet } from '../../server/features/graph/relations.ts';
import { followTag, unfollowTag } from '../../server/features/hashtags/follow.ts';
import { nearMarks } from '../../server/features/marks/near.ts';
import { NO_MARKS } from '../../server/features/marks/store.ts';
import { saveCaptions } from '../../server/features/media/store.ts';
import { changePersonState } from '../../server/features/people/staff-store.ts';
import {
  finishAvatar,
  startAvatar,
  updatePreferences,
} from '../../server/features/people/store.ts';
import {
  archivePost,
  pinPost,
  unarchivePost,
  unpinPost,
} from '../../server/features/posts/archive.ts';

import { deletePost, restorePost } from '../../server/features/posts/delete.ts';
import { editPost } from '../../server/features/posts/edit.ts';
import { likePost, unlikePost } from '../../server/features/posts/like.ts';
import { announcementOf } from '../../server/features/posts/post-in-list.ts';
import { showPost } from '../../server/features/posts/read.ts';
import { editProfile } from '../../server/features/profiles/edit.ts';
import { savePost, unsavePost } from '../../server/features/saves/save.ts';
import { decodeCursor } from '../../server/kernel/cursor.ts';
import { Problem } from '../../server/kernel/problem.ts';
import { ofHome, ofPostsBy, ofTies } from '../../server/kernel/touch-keys.ts';
import { STRANGER } from '../../server/kernel/visibility.ts';
import type { Db } from '../../server/ports/db/db.ts';
import { openTestHouse } from '../context.ts';
import { addCrowd, type Extra } from '../crowd.ts';
import { publishSaid } from '../said-posts.ts';
import { countStatements, holdClock } from '../server.ts';

/*
 * Two processes' worth of memory on one database. The clock stands still, so that nothing is ever loaded
 * anew because it is old: what is seen to change was told of.
 */
const clock = holdClock();
const first = await openTestHouse(clock, { BUS_URL: 'postgres:' });
const second = await openTestHouse(clock, { BUS_URL: 'postgres:', DATABASE_URL: first.url });
/** Keeps posts and people, and nothing of those who look. */
const third = await openTestHouse(clock, {
  BUS_URL: 'postgres:',
  DATABASE_URL: first.url,
  NEAR_VIEWERS: 'off',
});
after(async () => {
  await third.close();
  await second.close();
  await first.close();
});
const here = first.ctx;
const there = second.ctx;
const unkept = third.ctx;

const people = await addCrowd(here, 'near', 4);
const [ada, bob, cleo] = people as [Extra, Extra, Extra, Extra];
const viewers: readonly (PersonId | null)[] = [ada.id, bob.id, cleo.id, null];

/** A post that stands in everybody's home feed. */
async function publish(caption: string): Promise<PostId> {
  const postId = await publishSaid(here, ada.id, { caption });
  const ref = { post_id: postId, author_id: ada.id, repost_of: null, repost_author_id: null };
  await here.db.transaction(async (tx) => {
    tx.touch(...people.map(({ id }) => ofHome(id)));
    await insertEntries(
      tx,
      people.map(({ id }) => ({ person_id: id, ...ref })),
    );
  });
  return postId;
}

/** A context on the same database that believes nothing from memory. */
function believeNothing(ctx: Context): Context {
  const db: Db = {
    query: (...args) => ctx.db.query(...args),
    transaction: (work) => ctx.db.transaction(work),
    flavour: () => ctx.db.flavour(),
    script: (text) => ctx.db.script(text),
    listen: (...args) => ctx.db.listen(...args),
    onTouch: () => () => {},
    touchLoosely: (...keys) => ctx.db.touchLoosely(...keys),
    shareTouches: async () => {},
    hearsTouches: false,
    waitingMs: 0,
    ping: (ms) => ctx.db.ping(ms),
    close: async () => {},
  };
  return { ...ctx, db };
}
const truth = believeNothing(here);

/** A hidden thing is null; any other error is one. */
async function orHidden<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

const gridFor = (viewerId: PersonId | null) =>
  ({ username: ada.username, viewerId, limit: 3, before: null }) as const;

/** All that everyone sees of a post and its author. */
async function glance(ctx: Context, postId: PostId) {
  return Promise.all(
    viewers.map(async (viewerId) => {
      const [post, met, home, grid] = await Promise.all([
        orHidden(showPost(ctx, postId, viewerId)),
        orHidden(meet(ctx, ada.username.toUpperCase(), viewerId)),
        viewerId && homePage(ctx, viewerId, 5, null),
        orHidden(profileFeed(ctx, gridFor(viewerId))),
      ]);
      const entry = home?.items.find((found) => found.post.post_id === postId);
      return {
        post,
        met,
        grid,
        home: entry && [entry.post.caption, entry.marks, entry.counts.likes, entry.relation],
      };
    }),
  );
}

let markers = 0;

/** Resolves when `to` has heard all that was touched through `from` until now. */
async function heard(from: Context, to: Context): Promise<void> {
  markers += 1;
  const [mark, loose] = [`marker:${markers}`, `loose-marker:${markers}`];
  const awaited = new Set([mark, loose]);
  const arrived = new EventTarget();
  const stop = to.db.onTouch((keys) => {
    for (const key of keys ?? []) awaited.delete(key);
    if (awaited.size > 0) return;
    stop();
    arrived.dispatchEvent(new Event('all'));
  });
  const all = once(arrived, 'all');
  from.db.touchLoosely(loose);
  await from.db.transaction(async (tx) => tx.touch(mark));
  await all;
}

test('a post that is announced late, after it was archived, stands on no grid', async () => {
  const postId = await publish('late');
  const ref = { post_id: postId, author_id: ada.id, repost_of: null, repost_author_id: null };
  await archivePost(here, postId, ada.id);
  await heard(here, there);
  for (const ctx of [here, there]) await glance(ctx, postId);
  await here.db.transaction(async (tx) => {
    const change = announcementOf(ref);
    tx.announce({ kind: ofPostsBy('' as PersonId), ids: [ada.id], change });
    announceEntries(tx, [ada.id, bob.id], ref);
  });
  await heard(here, there);
  for (const ctx of [here, there]) {
    const seen = await glance(ctx, postId);
    assert.deepEqual(seen, await glance(truth, postId));
    assert.equal(seen[0]?.home, undefined);
    assert.ok(!seen[0]?.grid?.items.some(({ post_id }) => post_id === postId));
  }
  await deletePost(here, postId, ada.id);
});

type Deed = (ctx: Context, postId: PostId) => Promise<unknown>;

const avatar = (name: string) => ({
  small: `local/${name}-small.jpg`,
  small_webp: `local/${name}-small.webp`,
  large: `local/${name}-large.jpg`,
  large_webp: `local/${name}-large.webp`,
  original: `local/${name}.jpg`,
});
const uploadId = '77' as Parameters<typeof startAvatar>[2];

/** Each with what undoes it; all can be done again and again. */
const DEEDS: Readonly<Record<string, readonly [Deed, Deed]>> = {
  block: [
    (ctx) => block(ctx, ada.id, bob.id),
    async (ctx) => {
      await unblock(ctx, ada.id, bob.id);
      await follow(ctx, bob.id, ada.id);
    },
  ],
  'block, the other way': [
    (ctx) => block(ctx, bob.id, ada.id),
    async (ctx) => {
      await unblock(ctx, bob.id, ada.id);
      await follow(ctx, bob.id, ada.id);
    },
  ],
  unfollow: [(ctx) => unfollow(ctx, bob.id, ada.id), (ctx) => follow(ctx, bob.id, ada.id)],
  mute: [(ctx) => mute(ctx, bob.id, ada.id, {}), (ctx) => unmute(ctx, bob.id, ada.id)],
  'private switch': [
    (ctx) => editProfile(ctx, ada.id, { privacy_level: 'private' }),
    (ctx) => editProfile(ctx, ada.id, { privacy_level: 'public' }),
  ],
  suspension: [
    (ctx) => ctx.db.transaction((tx) => changePersonState(tx, ada.id, 'suspended')),
    (ctx) => ctx.db.transaction((tx) => changePersonState(tx, ada.id, 'active')),
  ],
  edit: [
    (ctx, id) => editPost(ctx, id, ada.id, { caption: 'edited, for @near_1' }),
    (ctx, id) => editPost(ctx, id, ada.id, { caption: 'as it was #first' }),
  ],
  delete: [(ctx, id) => deletePost(ctx, id, ada.id), (ctx, id) => restorePost(ctx, id, ada.id)],
  archive: [(ctx, id) => archivePost(ctx, id, ada.id), (ctx, id) => unarchivePost(ctx, id, ada.id)],
  pin: [(ctx, id) => pinPost(ctx, id, ada.id), (ctx, id) => unpinPost(ctx, id, ada.id)],
  'audience change': [
    (ctx, id) => editPost(ctx, id, ada.id, { audience: 'close_friends' }),
    (ctx, id) => editPost(ctx, id, ada.id, { audience: 'everyone' }),
  ],
  like: [(ctx, id) => likePost(ctx, id, cleo.id), (ctx, id) => unlikePost(ctx, id, cleo.id)],
  save: [
    (ctx, id) => savePost(ctx, id, cleo.id, null),
    (ctx, id) => unsavePost(ctx, id, cleo.id, null),
  ],
  avatar: [
    (ctx) =>
      ctx.db.transaction(async (tx) => {
        await startAvatar(tx, ada.id, uploadId);
        await finishAvatar(tx, ada.id, uploadId as never, avatar('new'));
      }),
    (ctx) => ctx.db.transaction((tx) => startAvatar(tx, ada.id, null)),
  ],
  'who may comment': [
    (ctx) => ctx.db.transaction((tx) => updatePreferences(tx, ada.id, { comments_from: 'nobody' })),
    (ctx) =>
      ctx.db.transaction((tx) => updatePreferences(tx, ada.id, { comments_from: 'everyone' })),
  ],
  'comments turned off': [
    (ctx, id) => editPost(ctx, id, ada.id, { comments_off: true }),
    (ctx, id) => editPost(ctx, id, ada.id, { comments_off: false }),
  ],
};

test('a warm page takes no statement and no wait, a cold one a few, however many posts it has', async () => {
  const postId = await begin();
  const page = () => homePage(here, bob.id, 20, null);
  const statements: number[] = [];
  // The first read of the day is noted.
  await page();
  await heard(here, there);
  for (let n = 0; n < 3; n += 1) {
    const posts = (await page()).items.length;
    assert.equal(await countStatements(here, page), 0);
    const peeked = peekHomePage(here, bob.id, 20, null);
    assert.equal(peeked?.items.length, posts);
    assert.deepEqual(peeked, await page());
    statements.push(await countStatements(here, page, { cold: true }));
    for (let m = 0; m < 5; m += 1) await publish(`and more ${n} ${m}`);
  }
  assert.equal(new Set(statements).size, 1, String(statements));
  assert.ok((statements[0] ?? 0) <= 10, `${statements[0]} statements`);
  const grid = () => profileFeed(here, gridFor(bob.id));
  await grid();
  assert.equal(await countStatements(here, grid), 0);
  assert.ok(peekProfilePage(here, gridFor(bob.id)));
  const single = () => showPost(here, postId, bob.id);
  await single();
  assert.equal(await countStatements(here, single), 0);
  const profile = () => meet(here, ada.username, bob.id);
  await profile();
  assert.equal(await countStatements(here, profile), 0);
});

test('of readers who are not kept, a page takes one statement, shared by all who read together', async () => {
  await begin();
  await heard(here, unkept);
  const pages = () =>
    Promise.all(
      [ada, bob, cleo].map(async ({ id }) => (await homePage(unkept, id, 20, null)).items),
    );
  const before = await pages();
  assert.ok(before.every((items) => items.length > 0));
  assert.equal(await countStatements(unkept, pages), 1);
  await likePost(here, before[0]?.[0]?.post.post_id as PostId, cleo.id);
  await heard(here, unkept);
  const marks = (await pages()).map((items) => items[0]?.marks.liked);
  assert.deepEqual(marks, [false, false, true]);
});

test('a home is read with what holds between its reader and the authors, and with all that they marked', async () => {
  const postId = await begin();
  const deeds: readonly (() => Promise<unknown>)[] = [
    () => follow(here, ada.id, bob.id),
    () => addCloseFriend(here, ada.id, bob.id),
    () => addCloseFriend(here, bob.id, ada.id),
    () => mute(here, bob.id, ada.id, {}),
    () => restrict(here, bob.id, ada.id),
    () => likePost(here, postId, bob.id),
    () => savePost(here, postId, bob.id, null),
    () => unfollow(here, bob.id, ada.id),
    () => editProfile(here, ada.id, { privacy_level: 'private' }),
    () => follow(here, bob.id, ada.id),
    () => block(here, ada.id, bob.id),
    () => unblock(here, ada.id, bob.id),
    () => block(here, bob.id, ada.id),
    () => unblock(here, bob.id, ada.id),
    () => editProfile(here, ada.id, { privacy_level: 'public' }),
  ];
  const held = new Set<string>();
  for (const [at, deed] of deeds.entries()) {
    await deed();
    const [front] = await readFrontsWithFacts(here.db, [{ personId: bob.id, before: null }], 20);
    const relation = front?.facts.relations.get(ada.id);
    const marks = front?.facts.marked.get(postId);
    assert.deepEqual(relation, (await nearTies(truth).get(bob.id, [ada.id])).get(ada.id), `${at}`);
    assert.deepEqual(marks, (await nearMarks(truth).get(bob.id, [postId])).get(postId), `${at}`);
    for (const [kind, holds] of Object.entries({ ...relation, ...marks })) {
      if (holds) held.add(kind);
    }
  }
  const never = new Set(['reposted', 'seen']);
  const all = Object.keys({ ...STRANGER, ...NO_MARKS }).filter((kind) => !never.has(kind));
  assert.deepEqual([...held].sort(), all.sort());
  await unlikePost(here, postId, bob.id);
  await unrestrict(here, bob.id, ada.id);
  await unmute(here, bob.id, ada.id);
});

test('the page after one that was read is there before it is asked for', async () => {
  for (let n = 0; n < 12; n += 1) await publish(`one of many ${n}`);
  here.db.touchLoosely(...people.flatMap(({ id }) => [ofHome(id), ofTies(id)]));
  const { pagination } = await homePage(here, cleo.id, 5, null);
  const before = decodeCursor<PostId>(pagination.next_cursor ?? undefined);
  await until(() => peekHomePage(here, cleo.id, 5, before) !== null);
  assert.equal(peekHomePage(here, cleo.id, 5, before)?.items.length, 5);
});

/** What nobody waits for is there in a while. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await here.db.query('select 1');
}

async function begin(caption = 'as it was #first'): Promise<PostId> {
  const postId = await publish(caption);
  await follow(here, bob.id, ada.id);
  await follow(here, cleo.id, ada.id);
  await heard(here, there);
  return postId;
}

for (const [name, deeds] of Object.entries(DEEDS)) {
  test(`${name}: seen at once where it is done, and in another process when it has heard`, async () => {
    const postId = await begin();
    let before = await glance(truth, postId);
    for (const [turn, deed] of [...deeds, ...deeds].entries()) {
      const [doer, other] = turn < 2 ? [here, there] : [there, here];
      for (const ctx of [here, there, unkept]) {
        assert.deepEqual(await glance(ctx, postId), before);
      }
      await deed(doer, postId);
      const now = await glance(truth, postId);
      assert.notDeepEqual(now, before, `${turn} changes nothing`);
      assert.deepEqual(await glance(doer, postId), now);
      for (const ctx of [other, unkept]) {
        await heard(doer, ctx);
        assert.deepEqual(await glance(ctx, postId), now);
      }
      before = now;
    }
  });
}

test('whatever is written where, nothing that is served is older than what was heard', async () => {
  const all: Readonly<Record<string, Deed>> = {
    ...Object.fromEntries(Object.entries(DEEDS).map(([name, [deed]]) => [name, deed])),
    ...Object.fromEntries(Object.entries(DEEDS).map(([name, [, back]]) => [`no ${name}`, back])),
    'close friend': (ctx) => addCloseFriend(ctx, ada.id, bob.id),
    'no close friend': (ctx) => removeCloseFriend(ctx, ada.id, bob.id),
    hashtag: (ctx) => followTag(ctx, bob.id, 'first'),
    'no hashtag': (ctx) => unfollowTag(ctx, bob.id, 'first'),
    comment: (ctx, postId) =>
      createComment(ctx, { postId, authorId: cleo.id, text: 'well', parentId: null }, null),
    captions: (ctx, postId) =>
      ctx.db.transaction((tx) => saveCaptions(tx, postId, '1' as never, [])),
  };
  const step = fc.record({
    deed: fc.constantFrom(...Object.keys(all)),
    inFirst: fc.boolean(),
    /** Both are done at the same moment. */
    beside: fc.option(fc.constantFrom(...Object.keys(all))),
    /** Whether the other process has heard before the next step. */
    waits: fc.boolean(),
  });
  const doIt = (name: string, ctx: Context, postId: PostId) =>
    orRefused(all[name]?.(ctx, postId) ?? Promise.resolve());
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 12 }), async (steps) => {
      const postId = await begin();
      for (const { deed, inFirst, beside, waits } of steps) {
        const [doer, other] = inFirst ? [here, there] : [there, here];
        // What the other one did before this step is not what this step is judged by.
        await heard(other, doer);
        await Promise.all([
          doIt(deed, doer, postId),
          beside && doIt(beside, doer, postId),
          glance(doer, postId),
          glance(other, postId),
          glance(unkept, postId),
        ]);
        assert.deepEqual(await glance(doer, postId), await glance(truth, postId), deed);
        if (!waits) continue;
        for (const ctx of [other, unkept]) {
          await heard(doer, ctx);
          assert.deepEqual(await glance(ctx, postId), await glance(truth, postId), deed);
        }
      }
      await Promise.all([heard(here, there), heard(there, here)]);
      const now = await glance(truth, postId);
      for (const ctx of [here, there]) assert.deepEqual(await glance(ctx, postId), now);
      for (const name of Object.keys(all).filter((one) => one.startsWith('no '))) {
        await doIt(name, here, postId);
      }
    }),
    { numRuns: 12 },
  );
});

/** What may be refused, depending on what came before. */
async function orRefused(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
  }
}
