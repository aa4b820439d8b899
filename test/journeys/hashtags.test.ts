import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { hashtagFeed } from '../../api/feed.ts';
import * as graph from '../../api/graph.ts';
import {
  findHashtags,
  followHashtag,
  getHashtag,
  listFollowedHashtags,
  unfollowHashtag,
} from '../../api/hashtags.ts';
import type { PersonId, PostId } from '../../api/ids.ts';
import { archivePost, restorePost, unarchivePost } from '../../api/own-posts.ts';
import { editProfile } from '../../api/people.ts';
import { deletePost, editPost } from '../../api/posts.ts';
import { hashtagsOf } from '../../api/text.ts';
import { addToPostsCounts, postsCounts } from '../../server/features/hashtags/store.ts';
import { indexAuthor } from '../../server/features/topics/index-author.ts';
import { forgetPost } from '../../server/features/topics/index-post.ts';
import { latestRanking } from '../../server/features/topics/ranks-store.ts';
import { composeId } from '../../server/kernel/ids.ts';
import { ofPerson, ofTies } from '../../server/kernel/touch-keys.ts';
import { cast, join, type Person, refusal } from '../cast.ts';
import { ask } from '../client.ts';
import { colourPicture } from '../pictures.ts';
import { hearAll, publishSaid, type Said, say } from '../said-posts.ts';
import { openTestServer, type TestServer } from '../server.ts';
import { until } from '../within.ts';

let server: TestServer;
let alice: Person;
let bob: Person;
let carol: Person;

before(async () => {
  server = await openTestServer();
  ({ alice, bob, carol } = await cast(server.url, 'alice', 'bob', 'carol'));
});
after(async () => {
  for (const person of [alice, bob, carol]) person.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const publish = (author: Person, caption: string, said: Said = {}) =>
  publishSaid(server.ctx, author.id, { ...said, caption });
const edit = (postId: PostId, said: Said) => say(server.ctx, postId, said);

interface PageWish {
  readonly order?: 'top' | 'recent';
  readonly cursor?: string;
  readonly limit?: number;
}

/** A page of a hashtag as somebody sees it, or a visitor. */
async function page(viewer: Person | null, tag: string, query: PageWish = {}) {
  const wish = { params: { tag }, query: { limit: 100, ...query } };
  const answer = await ask(server.url, viewer?.token ?? null, hashtagFeed, wish);
  return {
    ids: answer.data.map((post) => post.post_id),
    next: answer.pagination?.next_cursor ?? null,
  };
}

/** Both orders must have the same posts; gives them latest first. */
async function under(viewer: Person | null, tag: string): Promise<PostId[]> {
  const { ids } = await page(viewer, tag, { order: 'recent' });
  const top = await page(viewer, tag, { order: 'top' });
  assert.deepEqual([...top.ids].sort(), [...ids].sort(), `#${tag}, both orders`);
  return ids;
}

const tagOf = (viewer: Person | null, tag: string) =>
  ask(server.url, viewer?.token ?? null, getHashtag, { params: { tag } }).then(({ data }) => data);

test('hashtags of any script are found under each of their spellings', async () => {
  const scripts: readonly (readonly [caption: string, tag: string, ...spellings: string[]])[] = [
    ['Am #Müggelsee.', 'müggelsee', 'MÜGGELSEE', 'mu\u0308ggelsee'],
    ['今日は ＃東京タワー！', '東京タワー'],
    ['#اَلصُّبْح في المدينة', 'اَلصُّبْح'],
    ['सुबह #हिन्दी', 'हिन्दी'],
    ['#می\u200cخواهم', 'می\u200cخواهم'],
    ['#İzmir', 'izmir', 'İZMİR', 'IZMIR', 'ｉｚｍｉｒ'],
    ['#ΟΔΟΣ', 'οδος', 'Οδός'.normalize('NFD').replace(/\u0301/g, '')],
    ['#서울 산책', '서울', '서울'.normalize('NFD')],
  ];
  for (const [caption, tag, ...spellings] of scripts) {
    const post = await publish(alice, caption);
    for (const spelling of [tag, ...spellings]) {
      assert.deepEqual(await under(null, spelling), [post], `${caption} by ${spelling}`);
      const seen = await tagOf(bob, spelling);
      assert.deepEqual(seen, { tag, posts_count: 1, viewer: { following: false } });
    }
  }
  assert.deepEqual(await under(null, 'nobody_uses_it'), []);
  assert.equal((await tagOf(null, 'nobody_uses_it')).posts_count, 0);
  for (const tag of ['2024', '_', 'ㅤ']) {
    const { code } = await refusal(tagOf(null, tag));
    assert.ok(['hashtag_not_found', 'validation_failed'].includes(code), tag);
  }
});

test('from the API: a post is shared, edited, put away, deleted and brought back', async () => {
  const post = await alice.published(
    alice.post(colourPicture(), { caption: 'One #Apfel, @bob, and #ＡＰＦＥＬ again' }),
  );
  assert.deepEqual([post.hashtags, post.mentions], [['apfel'], ['bob']]);
  const { post_id } = post;
  const params = { post_id };
  const now = async (expected: readonly PostId[], tag = 'apfel') => {
    await hearAll(server.ctx, post_id);
    assert.deepEqual(await under(bob, tag), expected);
    assert.equal((await tagOf(null, tag)).posts_count, expected.length);
  };
  await now([post_id]);
  await alice.api(editPost, { params, body: { caption: 'A #Birne' } });
  await now([]);
  await now([post_id], 'birne');
  await alice.api(archivePost, { params });
  await now([], 'birne');
  await alice.api(unarchivePost, { params });
  await now([post_id], 'birne');
  await alice.api(deletePost, { params });
  await now([], 'birne');
  await alice.api(restorePost, { params });
  await now([post_id], 'birne');
  await alice.api(editPost, { params, body: { audience: 'followers' } });
  await now([], 'birne');
});

test('what becomes of a post, its author and who looks decides what stands under a hashtag', async () => {
  const { ctx } = server;
  const post = await publish(alice, '#fog over #water');
  const other = await publish(bob, '#fog');
  const everyone = async (expected: PostId[], count: number, why: string) => {
    for (const viewer of [null, alice, bob, carol]) {
      assert.deepEqual(await under(viewer, 'fog'), expected, `${viewer?.username}: ${why}`);
    }
    assert.equal((await tagOf(null, 'fog')).posts_count, count, why);
  };
  await everyone([other, post], 2, 'published');
  await edit(post, { caption: 'only #water' });
  await everyone([other], 1, 'edited away');
  await edit(post, { caption: '#FOG #fog again' });
  await everyone([other, post], 2, 'and back, once');
  assert.equal((await tagOf(null, 'water')).posts_count, 0);
  await edit(post, { archived: true });
  await everyone([other], 1, 'archived');
  await edit(post, { archived: false });
  await everyone([other, post], 2, 'unarchived');
  await edit(post, { deleted: true });
  await everyone([other], 1, 'deleted');
  await edit(post, { deleted: false });
  await everyone([other, post], 2, 'restored');

  await carol.follow(alice);
  await edit(post, { audience: 'followers' });
  const recent = async (viewer: Person | null) =>
    (await page(viewer, 'fog', { order: 'recent' })).ids;
  for (const viewer of [null, bob]) assert.deepEqual(await recent(viewer), [other]);
  for (const viewer of [alice, carol]) assert.deepEqual(await recent(viewer), [other, post]);
  assert.equal((await tagOf(carol, 'fog')).posts_count, 1, 'counted is what all may see');
  await edit(post, { audience: 'everyone' });

  const setPrivate = (level: 'private' | 'public') =>
    alice.api(editProfile, {
      params: { username: alice.username },
      body: { privacy_level: level },
    });
  await setPrivate('private');
  assert.deepEqual(await recent(null), [other], 'at once, before any job');
  assert.deepEqual((await page(bob, 'fog')).ids, [other], 'at the top too');
  assert.deepEqual(await recent(carol), [other, post]);
  const count = (n: number) =>
    until(async () => (await tagOf(null, 'fog')).posts_count === n, `${n} public posts`);
  await count(1);
  await setPrivate('public');
  await count(2);
  await indexAuthor(ctx, alice.id);
  await everyone([other, post], 2, 'public again');
  await carol.unfollow(alice);

  await block(alice, bob);
  assert.deepEqual(await under(bob, 'fog'), [other], 'who is blocked');
  assert.deepEqual(await under(alice, 'fog'), [post], 'who blocks');
  assert.deepEqual(await under(carol, 'fog'), [other, post]);
  await unblock(alice, bob);

  await ctx.db.query('update people set state = $2 where person_id = $1', [bob.id, 'suspended']);
  ctx.db.touchLoosely(ofPerson(bob.id));
  for (const viewer of [null, alice, carol]) assert.deepEqual(await under(viewer, 'fog'), [post]);
  await ctx.db.query('update people set state = $2 where person_id = $1', [bob.id, 'active']);
  ctx.db.touchLoosely(ofPerson(bob.id));

  await forgetPost(ctx, post);
  await forgetPost(ctx, post);
  await everyone([other], 1, 'forgotten');
  const left = await ctx.db.query(
    `select post_id from post_topics where post_id = $1
     union all select post_id from posts_by_hashtag where post_id = $1
     union all select post_id from topic_ranks where post_id = $1 order by 1`,
    [post],
  );
  assert.deepEqual(left, []);
});

const block = (blocker: Person, { username }: Person) =>
  blocker.api(graph.block, { params: { username } });
const unblock = (blocker: Person, { username }: Person) =>
  blocker.api(graph.unblock, { params: { username } });

test('counts and pages are exact after some two hundred random edits, some at the same time', async () => {
  const { ctx } = server;
  const tags = ['m1', 'm2', 'm3', 'm4'];
  const authors = [alice.id, bob.id];
  const change = fc.record({
    post: fc.nat({ max: 7 }),
    said: fc.oneof(
      fc
        .subarray(tags, { minLength: 0 })
        .map((some): Said => ({ caption: some.map((tag) => `#${tag}`).join(' ') })),
      fc.boolean().map((archived): Said => ({ archived })),
      fc.boolean().map((deleted): Said => ({ deleted })),
      fc
        .constantFrom('everyone' as const, 'followers' as const)
        .map((audience): Said => ({ audience })),
    ),
  });
  const groups = fc.array(fc.array(change, { minLength: 5, maxLength: 5 }), {
    minLength: 40,
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(groups, async (edits) => {
      const posts: { id: PostId; now: Required<Omit<Said, 'place'>> }[] = [];
      for (let n = 0; n < 8; n += 1) {
        const id = await publishSaid(ctx, authors[n % 2] as PersonId, { caption: '#m1' });
        const now = {
          caption: '#m1',
          archived: false,
          deleted: false,
          audience: 'everyone' as const,
        };
        posts.push({ id, now });
      }
      for (const group of edits) {
        const oneEach = [...new Map(group.map((one) => [one.post, one])).values()];
        await Promise.all(
          oneEach.map(async ({ post, said }) => {
            const target = posts[post];
            assert.ok(target);
            Object.assign(target.now, said);
            await edit(target.id, said);
          }),
        );
      }
      for (const tag of tags) {
        const open = posts.filter(
          ({ now }) =>
            hashtagsOf(now.caption).includes(tag) &&
            !now.archived &&
            !now.deleted &&
            now.audience === 'everyone',
        );
        const expected = open.map(({ id }) => id).reverse();
        const { ids } = await page(null, tag, { order: 'recent' });
        assert.deepEqual(ids, expected, tag);
        assert.equal((await tagOf(null, tag)).posts_count, expected.length, tag);
      }
      // The next world starts empty.
      for (const { id } of posts) await edit(id, { caption: '' });
      for (const tag of tags) assert.equal((await tagOf(null, tag)).posts_count, 0, tag);
    }),
    // Making a failure smaller would take minutes.
    { numRuns: 1, endOnFailure: true },
  );
});

test('a page of the latest loses and doubles nothing while others write', async () => {
  const posts: PostId[] = [];
  for (let n = 0; n < 12; n += 1) posts.unshift(await publish(alice, `#stream ${n}`));
  const gone = posts[5];
  assert.ok(gone);
  const seen: PostId[] = [];
  let cursor: string | null = null;
  do {
    const wish: PageWish = { order: 'recent', limit: 3, ...(cursor ? { cursor } : {}) };
    const read = await page(bob, 'stream', wish);
    seen.push(...read.ids);
    cursor = read.next;
    await publish(alice, 'Late #stream');
    if (seen.length === 3) await edit(gone, { deleted: true });
  } while (cursor);
  assert.deepEqual(
    seen,
    posts.filter((id) => id !== gone),
  );
});

test('the top is the most liked and talked about of late, and stands still under its readers', async () => {
  const { ctx } = server;
  const longAgo = composeId(ctx.clock.millis() - 48 * 3600_000, 1023, 0) as PostId;
  const old = await publishSaid(ctx, alice.id, { caption: '#peak of long ago' }, longAgo);
  await like(old, 30);
  const plain = await publish(alice, '#peak');
  const liked = await publish(bob, '#peak');
  const talked = await publish(bob, '#peak');
  const newest = await publish(alice, '#peak');
  await like(liked, 3);
  await ctx.db.query('update post_counts set comments = 4 where post_id = $1', [talked]);
  const expected = [talked, liked, newest, plain, old];
  assert.deepEqual((await page(carol, 'peak')).ids, expected);
  const first = await page(carol, 'peak', { limit: 2 });
  assert.deepEqual(first.ids, expected.slice(0, 2));
  // Everything turns over meanwhile.
  await like(plain, 500);
  const fresh = await publish(bob, '#peak, fresh');
  await edit(newest, { archived: true });
  assert.ok(first.next);
  const second = await page(carol, 'peak', { limit: 2, cursor: first.next });
  assert.deepEqual(second.ids, [plain, old], 'as it was ranked; who left is left out');
  assert.equal(second.next, null);
  assert.deepEqual((await page(carol, 'peak')).ids, [plain, talked, liked, fresh, old]);
  assert.deepEqual((await page(carol, 'peak')).ids, [plain, talked, liked, fresh, old], 'again');
  // Cursors of one order are none of the other.
  const other = await page(carol, 'peak', { order: 'recent', limit: 1 });
  assert.ok(other.next);
  for (const wrong of [
    () => page(carol, 'peak', { order: 'recent', cursor: first.next ?? '' }),
    () => page(carol, 'peak', { order: 'top', cursor: other.next ?? '' }),
    () => page(carol, 'fog', { order: 'top', cursor: first.next ?? '' }),
  ]) {
    assert.equal((await refusal(wrong())).code, 'invalid_cursor');
  }
  // Versions of the past are forgotten, all but the last before the hour.
  for (let n = 0; n < 3; n += 1) {
    await age('#peak', 61);
    await page(carol, 'peak');
  }
  const late = page(carol, 'peak', { limit: 2, cursor: first.next });
  assert.equal((await refusal(late)).code, 'invalid_cursor');
});

/** Makes all rankings of a topic older than they are. */
async function age(topic: string, minutes: number): Promise<void> {
  await server.ctx.db.query(
    "update topic_rankings set ranked_at = ranked_at - $2 * interval '1 minute' where topic = $1",
    [topic, minutes],
  );
}

async function like(postId: PostId, likes: number): Promise<void> {
  await server.ctx.db.query('update post_counts set likes = $2 where post_id = $1', [
    postId,
    likes,
  ]);
}

test('a large hashtag is ranked anew by the worker, when it is asked for and ten minutes old', async () => {
  const { ctx } = server;
  const posts: PostId[] = [];
  for (let n = 0; n < 100; n += 1) posts.unshift(await publish(alice, '#crowd'));
  assert.deepEqual((await page(null, 'crowd')).ids, posts, 'of equals the newer one');
  const last = posts.at(-1) as PostId;
  await like(last, 9);
  const late = await publish(alice, '#crowd');
  assert.deepEqual((await page(null, 'crowd')).ids, posts, 'not yet');
  await age('#crowd', 11);
  const version = async () => (await latestRanking(ctx.db, '#crowd'))?.version;
  const before = await version();
  assert.deepEqual((await page(null, 'crowd')).ids, posts, 'as it was, while the worker ranks');
  await until(async () => (await version()) !== before, 'another ranking');
  const { ids } = await page(null, 'crowd');
  assert.deepEqual(ids, [last, late, ...posts.slice(0, 98)]);
});

const home = (person: Person) => person.wholeFeed();
const withTag = (tag: string) => ({ params: { tag } });

test('a followed hashtag brings its posts home, and leaves with them', async () => {
  const { ctx } = server;
  const [reader, author, stranger] = await Promise.all(
    ['reader', 'author', 'stranger'].map(
      async (name) => Object.values(await cast(server.url, name))[0],
    ),
  );
  assert.ok(reader && author && stranger);
  const earlier: PostId[] = [];
  for (let n = 0; n < 22; n += 1) earlier.unshift(await publish(author, `#dawn ${n}`));
  await publish(author, '#dawn for followers', { audience: 'followers' });
  assert.deepEqual(await home(reader), []);
  assert.equal((await reader.api(followHashtag, withTag('DAWN'))).viewer.following, true);
  await until(async () => (await home(reader)).length === 22, 'all that is open');
  assert.deepEqual(await home(reader), earlier);

  const now = await publish(stranger, 'A new #dawn');
  const own = await publish(reader, 'My #dawn');
  await publish(stranger, '#dawn for friends', { audience: 'close_friends' });
  const untagged = await publish(author, 'Nothing');
  assert.deepEqual((await home(reader)).slice(0, 3), [own, now, earlier[0]]);
  await edit(untagged, { caption: 'Now a #dawn' });
  assert.deepEqual((await home(reader)).slice(0, 3), [own, untagged, now].sort().reverse());
  await edit(untagged, { caption: 'Nothing again' });
  assert.ok(!(await home(reader)).includes(untagged));

  const muted = [reader.id, author.id, ctx.ids.next(), ctx.clock.now()];
  await ctx.db.query(
    `insert into mutes (person_id, muted_id, mute_id, posts, stories, messages, created_at)
     values ($1, $2, $3, true, true, true, $4)`,
    muted,
  );
  ctx.db.touchLoosely(ofTies(reader.id));
  assert.deepEqual(await home(reader), [own, now], 'muted');
  await ctx.db.query('delete from mutes where person_id = $1', [reader.id]);
  ctx.db.touchLoosely(ofTies(reader.id));
  await block(stranger, reader);
  assert.ok(!(await home(reader)).includes(now), 'blocked');
  await unblock(stranger, reader);

  // Followed by person and by hashtag: the end of one leaves the other.
  await reader.follow(author);
  await until(async () => (await home(reader)).length === 2 + 24, 'all of them');
  await reader.unfollow(author);
  assert.deepEqual((await home(reader)).slice(0, 3), [own, now, earlier[0]]);
  await until(async () => (await entries(reader)) === 2 + 22, 'what comes by hashtag is kept');
  await reader.follow(author);
  await until(async () => (await home(reader)).length === 2 + 24, 'all of them again');
  await reader.api(unfollowHashtag, withTag('dawn'));
  assert.ok(!(await home(reader)).includes(now), 'at once: judged at read');
  assert.equal((await home(reader)).length, 1 + 24);
  await until(async () => (await entries(reader)) === 1 + 24, 'and taken out by the worker');
  await reader.unfollow(author);
  assert.deepEqual(await home(reader), [own]);
});

test('what somebody posted while private comes to who follows its hashtag when they go public', async () => {
  const [reader, author] = [await join(server.url, 'tagreader'), await join(server.url, 'shy')];
  const go = (privacy_level: 'private' | 'public') =>
    author.api(editProfile, { params: { username: 'shy' }, body: { privacy_level } });
  await reader.api(followHashtag, withTag('heath'));
  await go('private');
  const post = await publish(author, '#heath');
  assert.deepEqual(await home(reader), []);
  await go('public');
  await until(async () => (await home(reader)).includes(post), 'it has come');
  await go('private');
  assert.deepEqual(await home(reader), []);
  for (const person of [reader, author]) person.leave();
});

async function entries(person: Person): Promise<number> {
  const rows = await server.ctx.db.query('select post_id from feed_entries where person_id = $1', [
    person.id,
  ]);
  return rows.length;
}

test('following twice, and many at once, is once; a hundred and no more', async () => {
  const follow = (tag: string) => carol.api(followHashtag, withTag(tag));
  const rows = async () => {
    const { db } = server.ctx;
    const byPerson = await db.query(
      'select tag from hashtag_follows_by_person where person_id = $1 order by tag',
      [carol.id],
    );
    const byTag = await db.query(
      'select tag from hashtag_follows_by_tag where person_id = $1 order by tag',
      [carol.id],
    );
    assert.deepEqual(byPerson, byTag, 'both rows');
    return byPerson.length;
  };
  for (const answer of await Promise.all(Array.from({ length: 10 }, () => follow('Lake')))) {
    assert.deepEqual(answer, { tag: 'lake', posts_count: 0, viewer: { following: true } });
  }
  assert.equal(await rows(), 1);
  for (let n = 0; n < 98; n += 1) await follow(`lake${n}`);
  const last = await Promise.allSettled(Array.from({ length: 6 }, (_, n) => follow(`last${n}`)));
  assert.equal(last.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal(await rows(), 100);
  assert.equal((await refusal(follow('one_more'))).code, 'too_many_hashtags_followed');
  await follow('lake');
  const listed: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 30, ...(cursor ? { cursor } : {}) };
    const { data, pagination } = await carol.ask(listFollowedHashtags, { query });
    listed.push(...data.map((one) => one.tag));
    cursor = pagination?.next_cursor ?? undefined;
  } while (cursor);
  assert.equal(new Set(listed).size, 100);
  assert.equal(listed.at(-1), 'lake', 'newest first');
  const undone = Array.from({ length: 4 }, () => carol.api(unfollowHashtag, withTag('lake')));
  for (const answer of await Promise.all(undone)) assert.equal(answer.viewer.following, false);
  assert.equal(await rows(), 99);
});

test('completion offers what is in use, the most used first', async () => {
  const { db } = server.ctx;
  const count = (changes: Record<string, number>) =>
    db.transaction((tx) => addToPostsCounts(tx, new Map(Object.entries(changes))));
  await count({ zebra: 1, zebras: 9, zebrafish: 3, 写真: 2, 写生: 5, zoo: 1 });
  const offered = async (q: string) =>
    (await alice.api(findHashtags, { query: { q } })).map((one) => one.tag);
  assert.deepEqual(await offered('z'), ['zebras', 'zebrafish', 'zebra', 'zoo']);
  assert.deepEqual(await offered('ZEB'), ['zebras', 'zebrafish', 'zebra']);
  assert.deepEqual(await offered('#zebra'), ['zebras', 'zebrafish', 'zebra']);
  assert.deepEqual(await offered('zebraf'), ['zebrafish']);
  assert.deepEqual(await offered('写'), ['写生', '写真']);
  assert.deepEqual(await offered('zebrax'), []);
  await count({ zebras: -9 });
  assert.deepEqual(await offered('zebra'), ['zebrafish', 'zebra'], 'not in use any more');
  assert.equal((await postsCounts(db, ['zebras'])).get('zebras'), 0);
});
