import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { PostId } from '../../api/ids.ts';
import { deletePost, type Post } from '../../api/posts.ts';
import { repostPost, unrepostPost } from '../../api/reposts.ts';
import { nearCounts, nearPosts } from '../../server/features/posts/cards.ts';
import { readCounts } from '../../server/features/posts/counts-store.ts';
import { findPost } from '../../server/features/posts/store.ts';
import { purgePost } from '../../server/features/privacy/purge-post.ts';
import { cast, join, type Person, refusal } from '../cast.ts';
import { openTestServer, type TestServer } from '../server.ts';
import { standing } from '../standing.ts';

let server: TestServer;
let alice: Person;
let bob: Person;
let carol: Person;
let put: ReturnType<typeof standing>;

before(async () => {
  server = await openTestServer();
  ({ alice, bob, carol } = await cast(server.url, 'alice', 'bob', 'carol'));
  put = standing(server.ctx);
  await carol.follow(bob);
});
after(async () => {
  for (const one of [alice, bob, carol]) one.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const repost = (person: Person, post: Post, caption?: string) =>
  person.api(repostPost, {
    params: { post_id: post.post_id },
    body: caption === undefined ? {} : { caption },
  });
const undo = (person: Person, post: Post) =>
  person.api(unrepostPost, { params: { post_id: post.post_id } });

const countsOf = async (postId: PostId) => (await readCounts(server.ctx.db, [postId])).get(postId);

/** The count that is told, and the rows that it counts, from both sides. */
async function counted(post: Post): Promise<number[]> {
  const [row] = await server.ctx.db.query<{ told: number; by_post: number; by_person: number }>(
    `select reposts as told,
       (select count(*)::int from reposts_by_post where post_id = $1) as by_post,
       (select count(*)::int from reposts_by_person where post_id = $1) as by_person
     from post_counts where post_id = $1`,
    [post.post_id],
  );
  return [row?.told ?? -1, row?.by_post ?? -1, row?.by_person ?? -1];
}

test('a repost is a post of one’s own that shows the original, in feed and grid', async () => {
  const post = await alice.published(alice.post(undefined, { caption: 'The original' }));
  const line = await carol.line();
  const made = await repost(bob, post, 'Look at this');
  await line.next('feed.new_post', (message) => message.post_id === made.post_id);
  assert.deepEqual(
    [made.status, made.caption, made.media, made.user.username, made.is_public],
    ['published', 'Look at this', [], 'bob', true],
  );
  assert.deepEqual(
    [made.reposted?.post_id, made.reposted?.user.username, made.reposted?.caption],
    [post.post_id, 'alice', 'The original'],
  );
  assert.deepEqual(made.reposted?.media, post.media);
  assert.equal(made.reposted?.viewer.reposted, true);
  assert.equal(made.reposted?.reposts_count, 1);

  // Nothing was read back: what is known of it without reading is what is written.
  const { ctx } = server;
  assert.deepEqual((await nearPosts(ctx, [made.post_id]))[0], await findPost(ctx.db, made.post_id));
  assert.deepEqual(await nearCounts(ctx).get(made.post_id), await countsOf(made.post_id));

  const { posts } = await carol.feed();
  assert.deepEqual([posts[0]?.post_id, posts[0]?.reposted?.post_id], [made.post_id, post.post_id]);
  assert.equal(posts[0]?.reposted?.viewer.reposted, false, 'what carol did with it, not bob');
  assert.equal(posts[0]?.reposted?.viewer.can_repost, true);
  const [onGrid] = await carol.grid(bob);
  assert.equal(onGrid?.reposted?.post_id, post.post_id);
  assert.equal((await bob.profile()).posts_count, 1);
  const seen = await bob.see(post);
  assert.deepEqual([seen.reposts_count, seen.viewer.reposted], [1, true]);

  // A like of the original shows in the repost; the repost itself has its own.
  await carol.like(post);
  const again = await carol.see(made);
  assert.deepEqual(
    [again.likes_count, again.reposted?.likes_count, again.reposted?.viewer.liked],
    [0, 1, true],
  );

  const twice = await repost(bob, post, 'Another caption');
  assert.deepEqual([twice.post_id, twice.caption], [made.post_id, 'Look at this'], 'twice is once');
  assert.deepEqual(await counted(post), [1, 1, 1]);

  assert.deepEqual(await undo(bob, post), { reposts_count: 0 });
  assert.deepEqual(await undo(bob, post), { reposts_count: 0 });
  assert.equal((await refusal(carol.see(made))).code, 'post_not_found');
  assert.deepEqual([(await carol.feed()).posts, await carol.grid(bob)], [[], []]);
  assert.equal((await bob.profile()).posts_count, 0);
  assert.deepEqual(await counted(post), [0, 0, 0]);
  assert.equal((await bob.see(post)).viewer.reposted, false);
  const anew = await repost(bob, post);
  assert.notEqual(anew.post_id, made.post_id);
  assert.equal(anew.caption, '');
  await undo(bob, post);
});

test('what is not open to all, one’s own, and a repost cannot be reposted', async () => {
  const post = await alice.published(alice.post());
  const code = async (work: Promise<unknown>) => (await refusal(work)).code;
  assert.equal(await code(repost(alice, post)), 'cannot_repost');
  await bob.follow(alice);
  await put.audience(post, 'followers');
  assert.equal(await code(repost(bob, post)), 'cannot_repost');
  assert.equal((await bob.see(post)).viewer.can_repost, false);
  assert.equal(await code(repost(carol, post)), 'post_not_found');
  await put.audience(post, 'everyone');
  await put.privacy(alice, 'private');
  assert.equal(await code(repost(bob, post)), 'cannot_repost');
  await put.privacy(alice, 'public');
  await put.archived(post, new Date());
  assert.equal(await code(repost(bob, post)), 'post_not_found');
  await put.archived(post, null);
  await put.block(alice, bob);
  assert.equal(await code(repost(bob, post)), 'post_not_found');
  await put.unblock(alice, bob);
  const made = await repost(bob, post);
  assert.equal(await code(repost(carol, made)), 'cannot_repost');
  assert.equal(await code(repost(alice, made)), 'cannot_repost');
  assert.equal((await carol.see(made)).viewer.can_repost, false);
  const nothing = { ...post, post_id: '1' as PostId };
  assert.equal(await code(repost(bob, nothing)), 'post_not_found');
  assert.equal(await code(undo(bob, nothing)), 'post_not_found');
  await undo(bob, post);
  await bob.unfollow(alice);
});

test('a repost is there for whoever may see the original, and nobody else', async () => {
  const dan = await join(server.url, 'dan');
  const post = await dan.published(dan.post());
  const line = await carol.line();
  const made = await repost(bob, post);
  await line.next('feed.new_post', (message) => message.post_id === made.post_id);
  const there = async (expected: boolean, why: string, by = carol) => {
    const ids = (await by.feed()).posts.map((one) => one.post_id);
    assert.equal(ids.includes(made.post_id), expected, `${why}: the feed`);
    const grid = (await by.grid(bob)).map((one) => one.post_id);
    assert.equal(grid.includes(made.post_id), expected, `${why}: the grid`);
    const found = await by.see(made).catch(() => null);
    assert.equal(found !== null, expected, `${why}: the post`);
  };
  await there(true, 'open');
  for (const audience of ['followers', 'close_friends'] as const) {
    await put.audience(post, audience);
    await there(false, audience);
    await there(false, `${audience}, for bob himself`, bob);
  }
  await put.audience(post, 'everyone');
  await put.archived(post, new Date());
  await there(false, 'archived');
  await put.archived(post, null);
  await put.privacy(dan, 'private');
  await there(false, 'private');
  await put.privacy(dan, 'public');
  await put.state(dan, 'suspended');
  await there(false, 'its author is suspended');
  await put.state(dan, 'active');
  await put.block(dan, carol);
  await there(false, 'carol is blocked by its author');
  await there(true, 'bob is not', bob);
  await put.unblock(dan, carol);
  await put.block(carol, dan);
  await there(false, 'carol blocks its author');
  await put.unblock(carol, dan);
  await put.state(bob, 'suspended');
  assert.equal((await refusal(carol.see(made))).code, 'post_not_found', 'bob is suspended');
  await put.state(bob, 'active');
  await there(true, 'and back');
  await dan.delete(post);
  await there(false, 'deleted');
  assert.deepEqual(await counted(post), [1, 1, 1], 'for as long as it can come back');
  // Who lost sight of it can still take the repost back, and is told nothing of the post.
  assert.deepEqual(await undo(bob, post), { reposts_count: 0 });
  assert.deepEqual(await counted(post), [0, 0, 0]);
  assert.equal((await refusal(undo(bob, post))).code, 'post_not_found');
  dan.leave();
});

test('deleting the repost as a post is taking it back', async () => {
  const post = await alice.published(alice.post());
  const made = await repost(bob, post);
  assert.equal((await refusal(carol.delete(made))).code, 'forbidden');
  await bob.delete(made);
  assert.deepEqual(await counted(post), [0, 0, 0]);
  assert.equal((await refusal(bob.see(made))).code, 'post_not_found');
  assert.equal((await bob.profile()).posts_count, 0);
  assert.equal((await bob.see(post)).viewer.reposted, false);
  assert.equal((await refusal(bob.delete(made))).code, 'post_not_found');
});

test('when the original goes for good, so do its reposts', async () => {
  const post = await alice.published(alice.post());
  const made = await repost(bob, post);
  await repost(carol, post);
  await alice.delete(post);
  await put.deleted(post, new Date(Date.now() - 31 * 24 * 3600 * 1000));
  await purgePost(server.ctx, post.post_id);
  for (const person of [bob, carol]) {
    assert.equal((await person.profile()).posts_count, 0);
    const rows = await server.ctx.db.query(
      `select post_id from posts_by_author where author_id = $1
       union all select post_id from reposts_by_person where person_id = $1`,
      [person.id],
    );
    assert.deepEqual(rows, []);
  }
  await put.deleted(made, new Date(Date.now() - 31 * 24 * 3600 * 1000));
  await purgePost(server.ctx, made.post_id);
  const left = await server.ctx.db.query('select 1 from posts where post_id = $1', [made.post_id]);
  assert.deepEqual(left, [], 'and the repost’s own rows in their turn');
});

test('twenty reposts at once are one; reposting and undoing at once keeps every count', async () => {
  const post = await alice.published(alice.post());
  const made = await Promise.all(Array.from({ length: 20 }, () => repost(bob, post)));
  assert.equal(new Set(made.map((one) => one.post_id)).size, 1);
  assert.deepEqual(await counted(post), [1, 1, 1]);
  assert.equal((await bob.profile()).posts_count, 1);

  const crowd: Person[] = [];
  for (let n = 0; n < 6; n += 1) crowd.push(await join(server.url, `fan_${n}`));
  await Promise.all(
    crowd.flatMap((one) =>
      [
        repost(one, post),
        undo(one, post),
        repost(one, post)
          .then((mine) => one.api(deletePost, { params: { post_id: mine.post_id } }).catch(gone))
          .catch(gone),
        undo(one, post),
        repost(one, post).catch(gone),
      ].map((work) => work.catch(gone)),
    ),
  );
  const [told, byPost, byPerson] = await counted(post);
  assert.deepEqual([byPost, byPerson], [told, told]);
  let standing = 1;
  for (const one of crowd) {
    const { posts_count } = await one.profile();
    const { viewer } = await one.see(post);
    assert.equal(posts_count, viewer.reposted ? 1 : 0);
    assert.equal((await one.grid()).length, posts_count);
    standing += posts_count;
  }
  assert.equal(told, standing);
  await undo(bob, post);
});

/** A repost may be undone between its making and the look at it. */
function gone(error: { code?: string }): void {
  assert.equal(error.code, 'post_not_found');
}

test('deleting the original while it is reposted leaves no repost to see and no count wrong', async () => {
  for (let round = 0; round < 5; round += 1) {
    const post = await alice.published(alice.post());
    const results = await Promise.allSettled([
      repost(bob, post),
      alice.delete(post),
      repost(carol, post),
    ]);
    for (const one of results) {
      if (one.status === 'rejected') gone(one.reason);
    }
    const [told, byPost, byPerson] = await counted(post);
    assert.deepEqual([byPost, byPerson], [told, told]);
    assert.deepEqual(await bob.grid(), []);
    assert.deepEqual(await carol.grid(), []);
    await Promise.all([bob, carol].map((one) => undo(one, post).catch(gone)));
    assert.deepEqual(await counted(post), [0, 0, 0]);
    assert.deepEqual(
      [(await bob.profile()).posts_count, (await carol.profile()).posts_count],
      [0, 0],
    );
  }
});

test('the grid pages through posts and reposts alike', async () => {
  const gil = await join(server.url, 'gil');
  const expected: PostId[] = [];
  for (let n = 0; n < 4; n += 1) {
    const post = await alice.published(alice.post());
    expected.push((await repost(gil, post)).post_id);
    expected.push((await gil.published(gil.post())).post_id);
  }
  assert.deepEqual(
    (await gil.grid()).map((post) => post.post_id),
    expected.toReversed(),
  );
  const hera = await join(server.url, 'hera');
  await hera.follow(gil);
  const line = await hera.line();
  const last = await gil.published(gil.post());
  await line.next('feed.new_post', (message) => message.post_id === last.post_id);
  const ids = await hera.wholeFeed(3);
  assert.deepEqual(
    ids,
    [last.post_id, ...expected.toReversed()],
    'backfilled with what they repost',
  );
  const { posts } = await hera.feed();
  assert.equal(posts.filter((post) => post.reposted).length, 4);
  gil.leave();
});
