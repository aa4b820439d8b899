import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deleteComment, listComments } from '../../api/comments.ts';
import { profileFeed } from '../../api/feed.ts';
import { follow, listFollowers, listFollowing, unfollow } from '../../api/graph.ts';
import { listLikes, type Post } from '../../api/posts.ts';
import type { DataOf, ParamsOf, QueryOf, Route } from '../../api/route.ts';
import { cast, join, type Person, refusal } from '../cast.ts';
import { countStatements, openTestServer, type TestServer } from '../server.ts';

let server: TestServer;
let alice: Person;
let bob: Person;
const crowd: Person[] = [];

before(async () => {
  server = await openTestServer();
  ({ alice, bob } = await cast(server.url, 'alice', 'bob'));
  for (let n = 0; n < 16; n += 1) crowd.push(await join(server.url, `crowd_${n}`));
});
after(async () => {
  alice.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

test('following oneself or nobody is refused; twice is once, under any spelling of the name', async () => {
  const to = (username: string) => ({ params: { username } });
  assert.equal((await refusal(bob.api(follow, to('bob')))).code, 'cannot_follow_self');
  assert.equal((await refusal(bob.api(follow, to('BOB')))).code, 'cannot_follow_self');
  for (const route of [follow, unfollow, listFollowers, listFollowing] as const) {
    assert.equal((await refusal(bob.api(route, to('nobody_here')))).code, 'user_not_found');
  }
  for (const name of ['alice', 'ALICE', 'Alice']) {
    const state = await bob.api(follow, to(name));
    assert.deepEqual(state, { state: 'following', followers_count: 1 });
  }
  const seen = await bob.profile(alice);
  const nothing = {
    is_self: false,
    can_see_posts: true,
    following: false,
    requested: false,
    followed_by: false,
    blocking: false,
    muting: false,
    restricting: false,
    close_friend: false,
  };
  assert.deepEqual(seen.viewer, { ...nothing, following: true });
  assert.deepEqual((await alice.profile(bob)).viewer, { ...nothing, followed_by: true });
  for (let n = 0; n < 2; n += 1) {
    const state = await bob.api(unfollow, to('alice'));
    assert.deepEqual(state, { state: 'not_following', followers_count: 0 });
  }
  assert.equal((await bob.profile()).following_count, 0);
});

type ListRoute = Route & { readonly list: true };

/** Reads a list to its end in small pages; `between` runs after each, as others go on meanwhile. */
async function readAll<R extends ListRoute>(
  route: R,
  params: ParamsOf<R>,
  between: () => Promise<unknown>,
): Promise<DataOf<R>[number][]> {
  const items: DataOf<R>[number][] = [];
  let cursor: string | undefined;
  for (;;) {
    const query = { limit: 3, ...(cursor ? { cursor } : {}) } as QueryOf<R>;
    const { data, pagination } = await alice.ask(route, { params, query });
    items.push(...(data as DataOf<R>[number][]));
    if (!pagination?.next_cursor) return items;
    assert.equal(pagination.has_more, true);
    cursor = pagination.next_cursor;
    await between();
  }
}

test('follow lists lose and double nobody while others follow and unfollow', async () => {
  const [early, late] = [crowd.slice(0, 10), crowd.slice(10)];
  for (const person of early) await person.follow(alice);
  const leaver = early[2];
  assert.ok(leaver);
  const waiting = [...late];
  const list = await readAll(listFollowers, { username: 'alice' }, async () => {
    await waiting.pop()?.follow(alice);
    await leaver.unfollow(alice);
  });
  const names = list.map((person) => person.username);
  const stayed = early.filter((person) => person !== leaver).map((person) => person.username);
  assert.deepEqual(names, stayed.reverse(), 'newest first, as they were when the reading began');
  const followed = crowd.slice(0, 7);
  for (const person of followed) await alice.follow(person);
  const own = await readAll(listFollowing, { username: 'alice' }, () => alice.follow(bob));
  assert.deepEqual(
    own.map((person) => [person.username, person.viewer.following]),
    followed.map((person) => [person.username, true]).reverse(),
  );
});

test('comments, likes and a profile are read page by page while more of them come', async () => {
  const post = await alice.published(alice.post());
  const params = { post_id: post.post_id };
  const texts = crowd.slice(0, 10).map((person) => `from ${person.username}`);
  for (const [n, text] of texts.entries()) {
    await crowd[n]?.comment(post, text);
    await crowd[n]?.like(post);
  }
  const [gone] = (await alice.comments(post)).slice(-1);
  assert.ok(gone);
  const comments = await readAll(listComments, params, async () => {
    await bob.comment(post, 'and another');
    const comment_id = gone.comment_id;
    await alice
      .api(deleteComment, { params: { ...params, comment_id } })
      .catch((error) => assert.equal(error.code, 'comment_not_found'));
  });
  assert.deepEqual(
    comments.map((comment) => comment.text),
    texts.slice(1).reverse(),
  );
  const likes = await readAll(listLikes, params, () => bob.like(post));
  assert.deepEqual(
    likes.map((person) => person.username),
    crowd
      .slice(0, 10)
      .map((person) => person.username)
      .reverse(),
  );

  const posts: Post[] = [post];
  for (let n = 0; n < 6; n += 1) posts.unshift(await alice.published(alice.post()));
  const grid = await readAll(profileFeed, { username: 'alice' }, async () =>
    alice.published(alice.post()),
  );
  assert.deepEqual(
    grid.map((one) => one.post_id),
    posts.map((one) => one.post_id),
  );
});

test('a list takes as many statements for many as for few', async () => {
  const [few, many] = [crowd[15], alice];
  assert.ok(few);
  const [least] = await few.grid(alice);
  assert.ok(least);
  const post = (await alice.grid()).at(-1);
  assert.ok(post && post.comments_count > 5 && (post.likes_count ?? 0) > 5);
  await bob.follow(few);
  for (const other of [few, bob]) await alice.follow(other);
  await bob.comment(least, 'first');
  await bob.like(least);
  await few.published(few.post());
  few.leave();
  const count = (route: ListRoute, params: object) =>
    countStatements(server.ctx, () => bob.ask(route, { params, query: { limit: 100 } }), {
      cold: true,
    });
  for (const route of [listFollowers, listFollowing, profileFeed] as const) {
    const small = await count(route, { username: few.username });
    assert.equal(await count(route, { username: many.username }), small, route.name);
    assert.ok(small > 0 && small <= 12, `${route.name}: ${small} statements`);
  }
  for (const route of [listComments, listLikes] as const) {
    const small = await count(route, { post_id: least.post_id });
    assert.equal(await count(route, { post_id: post.post_id }), small, route.name);
    assert.ok(small > 0 && small <= 12, `${route.name}: ${small} statements`);
  }
});
