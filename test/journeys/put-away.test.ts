import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { profileFeed } from '../../api/feed.ts';
import type { PostId } from '../../api/ids.ts';
import {
  archivePost,
  listArchived,
  listDeleted,
  pinPost,
  restorePost as restoreRoute,
  unarchivePost,
  unpinPost,
} from '../../api/own-posts.ts';
import type { Post } from '../../api/posts.ts';
import { restorePost } from '../../server/features/posts/delete.ts';
import { deletedPosts } from '../../server/features/posts/own-lists.ts';
import { processPost } from '../../server/features/posts/process.ts';
import { cast, join, type Person, refusal } from '../cast.ts';
import { gradient, phonePicture } from '../pictures.ts';
import { holdClock, openTestServer, type TestServer } from '../server.ts';

const DAY_MS = 24 * 3600 * 1000;
const clock = holdClock();
let server: TestServer;
let alice: Person;
/** Follows alice. */
let bob: Person;
let carol: Person;

before(async () => {
  server = await openTestServer({ clock });
  ({ alice, bob, carol } = await cast(server.url, 'alice', 'bob', 'carol'));
  await bob.follow(alice);
});
after(async () => {
  await demandConsistent();
  for (const person of [alice, bob, carol]) person.leave();
  await server.stop();
  // A jump of the clock makes ids wait for a new lease; the job that met it is run again.
  const faults = server.errors.filter((line) => !line.includes('has just woken up'));
  assert.deepEqual(faults, []);
});

const on = (post: Post) => ({ params: { post_id: post.post_id } });
const ids = (posts: readonly { post_id: PostId }[]) => posts.map(({ post_id }) => post_id);
const share = (of = alice) => of.published(of.post());
const countOf = async (person: Person) => (await person.profile()).posts_count;

/** What is kept twice agrees with itself. */
async function demandConsistent(): Promise<void> {
  const wrong = await server.ctx.db.query(`
    with shown as (select * from posts
      where status = 'published' and archived_at is null and deleted_at is null)
    select 'posts of a person' as what, c.person_id as id from person_counts c
      where c.posts <> (select count(*) from shown s where s.author_id = c.person_id)
    union all
    select 'a grid', coalesce(s.post_id, g.post_id) from shown s
      full join posts_by_author g on g.post_id = s.post_id and g.author_id = s.author_id
      where s.post_id is null or g.post_id is null
    union all
    select 'put away', coalesce(p.post_id, a.post_id) from posts_put_away a
      full join (select post_id, case when deleted_at is null then 'archived' else 'deleted' end as why
        from posts where archived_at is not null or deleted_at is not null) p
      on p.post_id = a.post_id and p.why = a.why
      where p.post_id is null or a.post_id is null
    union all
    select 'a pin', p.post_id from pinned_posts p
      where not exists (select from shown s where s.post_id = p.post_id and s.author_id = p.author_id)
    union all
    select 'counts of a post', c.post_id from (
        select post_id, sum(likes) as likes, sum(comments) as comments from post_counts group by post_id) c
      where c.likes <> (select count(*) from likes_by_post l where l.post_id = c.post_id)
        or c.comments <> (select count(*) from comments m where m.post_id = c.post_id)
    union all
    select 'likes', coalesce(a.post_id, b.post_id) from likes_by_post a full join likes_by_person b
      on b.post_id = a.post_id and b.person_id = a.person_id and b.like_id = a.like_id
      where a.post_id is null or b.post_id is null
    order by 1, 2`);
  assert.deepEqual(wrong, []);
}

test('an archived post is there for its author alone, until it is taken out', async () => {
  const [older, post, newer] = [await share(), await share(), await share()];
  const before = await countOf(alice);
  const page = await bob.line();
  await page.watch(bob.token, post);
  const archived = await alice.api(archivePost, on(post));
  assert.equal(archived.archived_at, clock.now().toISOString());
  assert.equal((await alice.api(archivePost, on(post))).archived_at, archived.archived_at);
  await page.next('post.deleted', (message) => message.post_id === post.post_id);
  assert.equal((await refusal(bob.see(post))).code, 'post_not_found');
  assert.ok(!(await bob.wholeFeed()).includes(post.post_id));
  assert.ok(!(await alice.wholeFeed()).includes(post.post_id));
  assert.equal(await countOf(alice), before - 1);
  assert.deepEqual(ids(await alice.grid()), ids([newer, older]));
  assert.deepEqual(ids(await alice.api(listArchived)), [post.post_id]);
  assert.deepEqual(await bob.api(listArchived), []);
  assert.equal((await refusal(bob.api(archivePost, on(newer)))).code, 'forbidden');
  assert.equal((await refusal(bob.api(unarchivePost, on(post)))).code, 'post_not_found');
  await carol.follow(alice);

  const back = await alice.api(unarchivePost, on(post));
  assert.deepEqual(back, { ...post, viewer: back.viewer });
  await alice.api(unarchivePost, on(post));
  assert.deepEqual(ids(await bob.grid(alice)), ids([newer, post, older]), 'where it was');
  assert.equal(await countOf(alice), before);
  assert.ok((await bob.wholeFeed()).includes(post.post_id));
  await demandConsistent();
});

test('a deleted post can be brought back for thirty days, as it was', async () => {
  const post = await share();
  await bob.like(post);
  await bob.comment(post, 'stay');
  await alice.api(pinPost, on(post));
  const before = await countOf(alice);
  const page = await bob.line();
  await page.watch(bob.token, post);
  await alice.delete(post);
  await page.next('post.deleted', (message) => message.post_id === post.post_id);
  const [listed] = await alice.api(listDeleted);
  assert.ok(listed);
  assert.deepEqual(
    [listed.post_id, listed.deleted_at, Date.parse(listed.gone_at)],
    [post.post_id, clock.now().toISOString(), clock.millis() + 30 * DAY_MS],
  );
  const picture = await fetch(server.url + listed.media[0]?.sizes?.medium.webp);
  assert.equal(picture.status, 200, 'its author still sees what it was');
  await picture.arrayBuffer();
  assert.deepEqual(await bob.api(listDeleted), []);
  assert.equal((await refusal(bob.api(restoreRoute, on(post)))).code, 'post_not_found');
  const [shown] = await alice.grid();
  assert.ok(shown);
  assert.equal((await refusal(bob.api(restoreRoute, on(shown)))).code, 'forbidden');
  assert.equal(await countOf(alice), before - 1);

  const back = await alice.api(restoreRoute, on(post));
  assert.deepEqual(
    [back.likes_count, back.comments_count, back.status, back.archived_at],
    [1, 1, 'published', null],
  );
  assert.deepEqual(await alice.api(restoreRoute, on(post)), back, 'twice is once');
  assert.equal((await bob.see(post)).viewer.liked, true);
  assert.equal(await countOf(alice), before);
  assert.ok((await bob.wholeFeed()).includes(post.post_id));
  assert.ok(
    (await alice.grid()).every((one) => !one.pinned),
    'the pin is gone',
  );
  assert.deepEqual(await alice.api(listDeleted), []);
  const events = await server.ctx.db.query<{ type: string }>(
    'select type from post_events where post_id = $1 order by seq',
    [post.post_id],
  );
  assert.deepEqual(
    events.map((event) => event.type),
    ['post.published', 'post.deleted', 'post.restored'],
  );
  await demandConsistent();
});

test('an archived post that was deleted comes back into the archive', async () => {
  const post = await share();
  const { archived_at } = await alice.api(archivePost, on(post));
  await alice.delete(post);
  assert.deepEqual(ids(await alice.api(listArchived)), []);
  assert.deepEqual(ids(await alice.api(listDeleted)), [post.post_id]);
  const back = await alice.api(restoreRoute, on(post));
  assert.equal(back.archived_at, archived_at);
  assert.deepEqual(ids(await alice.api(listArchived)), [post.post_id]);
  assert.equal((await refusal(bob.see(post))).code, 'post_not_found');
  await demandConsistent();
});

test('what was deleted before it was ready is made ready after it is restored', async () => {
  const post = await alice.post(await phonePicture(gradient(2000, 1500)));
  await alice.delete(post);
  // As the worker that was at it already: nothing is published, nothing is lost.
  await processPost(server.ctx, post.post_id);
  await alice.api(restoreRoute, on(post));
  const done = await alice.published(post);
  assert.equal(done.status, 'published');
  assert.ok((await bob.wholeFeed()).includes(post.post_id));
  await demandConsistent();
});

test('lists of what is put away have pages', async () => {
  const posts: Post[] = [];
  for (let n = 0; n < 5; n += 1) posts.unshift(await share(carol));
  for (const [act, list] of [
    [(post: Post) => carol.api(archivePost, on(post)), listArchived],
    [(post: Post) => carol.delete(post), listDeleted],
  ] as const) {
    for (const post of posts) await act(post);
    const seen: PostId[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const answer = await carol.ask(list, { query: cursor ? { limit: 2, cursor } : { limit: 2 } });
      seen.push(...ids(answer.data));
      cursor = answer.pagination?.next_cursor ?? null;
    }
    assert.deepEqual(seen, ids(posts));
  }
  await demandConsistent();
});

test('three posts are pinned at most, however many are asked for at once', async () => {
  const eve = await join(server.url, 'eve');
  const posts: Post[] = [];
  for (let n = 0; n < 10; n += 1) posts.unshift(await share(eve));
  const outcomes = await Promise.allSettled(posts.map((post) => eve.api(pinPost, on(post))));
  const pinned = posts.filter((_, index) => outcomes[index]?.status === 'fulfilled');
  assert.equal(pinned.length, 3);
  for (const one of outcomes) {
    if (one.status === 'rejected') assert.equal(one.reason.code, 'too_many_pinned');
  }
  for (const post of pinned) await eve.api(pinPost, on(post));
  const grid = await bob.grid(eve);
  assert.deepEqual(ids(grid.filter((post) => post.pinned)).toSorted(), ids(pinned).toSorted());
  assert.ok(
    grid.slice(0, 3).every((post) => post.pinned),
    'on top',
  );
  const others = posts.filter((post) => !pinned.includes(post));
  assert.deepEqual(ids(grid.slice(3)), ids(others), 'all others below, none twice');

  for (let limit = 1; limit <= 6; limit += 1) {
    const seen: PostId[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const query: { limit: number; cursor?: string } = cursor ? { limit, cursor } : { limit };
      const answer = await bob.ask(profileFeed, { params: { username: 'eve' }, query });
      assert.ok(answer.data.length <= limit);
      seen.push(...ids(answer.data));
      cursor = answer.pagination?.next_cursor ?? null;
    }
    assert.deepEqual(seen, ids(grid), `pages of ${limit}`);
  }

  const [top] = pinned;
  assert.ok(top);
  await eve.api(unpinPost, on(top));
  await eve.api(unpinPost, on(top));
  assert.equal((await bob.grid(eve)).filter((post) => post.pinned).length, 2);
  await eve.api(archivePost, on(pinned[1] as Post));
  assert.equal((await refusal(eve.api(pinPost, on(pinned[1] as Post)))).code, 'post_not_found');
  assert.equal((await refusal(bob.api(pinPost, on(top)))).code, 'forbidden');
  assert.equal((await bob.grid(eve)).filter((post) => post.pinned).length, 1);
  eve.leave();
  await demandConsistent();
});

test('what happens at once leaves everything consistent', async () => {
  const posts = await Promise.all(Array.from({ length: 8 }, () => share()));
  await Promise.allSettled(
    posts.flatMap((post, index) => [
      alice.api(archivePost, on(post)),
      alice.delete(post),
      bob.like(post),
      carol.like(post),
      bob.comment(post, 'x'),
      alice.api(pinPost, on(post)),
      bob.unlike(post),
      alice.api(index % 2 ? unarchivePost : archivePost, on(post)),
    ]),
  );
  await demandConsistent();
  for (const post of posts) {
    assert.equal((await refusal(alice.see(post))).code, 'post_not_found', 'deleted in the end');
  }
  await Promise.allSettled(
    posts.flatMap((post) => [
      alice.api(restoreRoute, on(post)),
      alice.api(restoreRoute, on(post)),
      alice.api(unarchivePost, on(post)),
      bob.like(post),
      alice.delete(post),
    ]),
  );
  await demandConsistent();
  for (const post of posts) {
    await alice.api(restoreRoute, on(post));
    await alice.api(unarchivePost, on(post));
  }
  const grid = new Set(ids(await alice.grid()));
  assert.ok(posts.every((post) => grid.has(post.post_id)));
  assert.equal(await countOf(alice), grid.size);
  await demandConsistent();
});

test('after thirty days it is too late', async () => {
  const [post, other] = [await share(), await share()];
  await alice.delete(post);
  await alice.delete(other);
  // Asked without HTTP: the session has ended long before.
  const { ctx } = server;
  const page = { limit: 100, take: 101, before: null };
  const listed = async () => ids((await deletedPosts(ctx, alice.id, page)).items);
  clock.advance(30 * DAY_MS - 1);
  assert.deepEqual(await listed(), [other.post_id, post.post_id]);
  await restorePost(ctx, other.post_id, alice.id);
  clock.advance(1);
  assert.deepEqual(await listed(), []);
  const no = restorePost(ctx, post.post_id, alice.id);
  await assert.rejects(no, { code: 'restore_too_late' });
});
