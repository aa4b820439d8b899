import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CollectionId, PostId } from '../../api/ids.ts';
import type { Post } from '../../api/posts.ts';
import {
  createCollection,
  deleteCollection,
  getSaveState,
  listCollections,
  renameCollection,
  savedFeed,
  savePost,
  unsavePost,
} from '../../api/saves.ts';
import { purgePost } from '../../server/features/privacy/purge-post.ts';
import { cast, join, type Person, refusal } from '../cast.ts';
import { openTestServer, type TestServer } from '../server.ts';
import { standing } from '../standing.ts';

let server: TestServer;
let alice: Person;
let bob: Person;
let put: ReturnType<typeof standing>;

before(async () => {
  server = await openTestServer();
  ({ alice, bob } = await cast(server.url, 'alice', 'bob'));
  put = standing(server.ctx);
});
after(async () => {
  alice.leave();
  bob.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const of = (post: { post_id: PostId }) => ({ params: { post_id: post.post_id } });
const save = (person: Person, post: Post, collection_id?: CollectionId) =>
  person.api(savePost, { ...of(post), body: collection_id ? { collection_id } : {} });
const unsave = (person: Person, post: Post, collection_id?: CollectionId) =>
  person.api(unsavePost, { ...of(post), query: collection_id ? { collection_id } : {} });
const make = (person: Person, name: string, key?: string) =>
  person.api(createCollection, { body: { name }, ...(key ? { key } : {}) });
const collections = (person: Person) => person.api(listCollections, { query: { limit: 100 } });

/** A list of saved posts to its end, in pages of `limit`. */
async function saved(person: Person, limit = 100, collection_id?: CollectionId): Promise<PostId[]> {
  const ids: PostId[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const query = {
      limit,
      ...(cursor ? { cursor } : {}),
      ...(collection_id ? { collection_id } : {}),
    };
    const { data, pagination } = await person.ask(savedFeed, { query });
    assert.ok(data.every((post) => post.viewer.saved));
    ids.push(...data.map((post) => post.post_id));
    cursor = pagination?.next_cursor ?? null;
  }
  return ids;
}

/** What the counts should be, counted from the rows. */
async function counted(post: Post): Promise<[count: number, byPost: number, byPerson: number]> {
  const [row] = await server.ctx.db.query<{ saves: number; by_post: number; by_person: number }>(
    `select saves, (select count(*)::int from saves_by_post where post_id = $1) as by_post,
       (select count(*)::int from saves_by_person where post_id = $1) as by_person
     from post_counts where post_id = $1`,
    [post.post_id],
  );
  return [row?.saves ?? -1, row?.by_post ?? -1, row?.by_person ?? -1];
}

test('a post is saved, listed newest first, found again in its state, and let go', async () => {
  const one = await alice.published(alice.post());
  const two = await alice.published(alice.post());
  assert.deepEqual(await bob.api(getSaveState, of(one)), { saved: false, collection_ids: [] });
  assert.deepEqual(await save(bob, two), { saved: true, collection_ids: [] });
  await save(bob, one);
  assert.deepEqual(await save(bob, one), { saved: true, collection_ids: [] }, 'twice is once');
  assert.deepEqual(await saved(bob), [one.post_id, two.post_id], 'by when they were saved');
  assert.deepEqual(await saved(alice), [], 'nobody else’s list');
  assert.equal((await bob.see(one)).viewer.saved, true);
  assert.equal((await alice.see(one)).viewer.saved, false);
  assert.deepEqual(await counted(one), [1, 1, 1]);
  assert.deepEqual(await unsave(bob, one), { saved: false, collection_ids: [] });
  await unsave(bob, one);
  assert.deepEqual(await counted(one), [0, 0, 0]);
  assert.deepEqual(await saved(bob), [two.post_id]);
  await unsave(bob, two);
});

test('collections hold saved posts; their counts, names and covers are right', async () => {
  const posts = [];
  for (let n = 0; n < 6; n += 1) posts.push(await alice.published(alice.post()));
  const [first, second] = posts;
  assert.ok(first && second);
  const sea = await make(bob, '  The   sea ');
  assert.deepEqual([sea.name, sea.posts_count, sea.cover], ['The sea', 0, []]);
  const hills = await make(bob, 'Hills');
  for (const post of posts) await save(bob, post, sea.collection_id);
  await save(bob, first, sea.collection_id);
  const state = await save(bob, first, hills.collection_id);
  assert.deepEqual(state.collection_ids, [sea.collection_id, hills.collection_id]);
  assert.deepEqual(
    (await collections(bob)).map(({ name, posts_count, cover }) => [
      name,
      posts_count,
      cover.length,
    ]),
    [
      ['Hills', 1, 1],
      ['The sea', 6, 4],
    ],
    'newest first',
  );
  const newest = posts.toReversed().map((post) => post.post_id);
  assert.deepEqual(await saved(bob, 2, sea.collection_id), newest);
  const [, shown] = await collections(bob);
  assert.equal(shown?.cover[0], (await bob.see(posts[5] as Post)).media[0]?.sizes?.thumbnail.url);

  // Out of one collection: still saved, still in the other.
  const out = await unsave(bob, first, sea.collection_id);
  assert.deepEqual(out, { saved: true, collection_ids: [hills.collection_id] });
  // Let go: out of all.
  await unsave(bob, second);
  const now = await collections(bob);
  assert.deepEqual(
    now.map((one) => one.posts_count),
    [1, 4],
  );

  // Names are compared without case and compatibility forms, and only with one's own.
  for (const name of ['the SEA', 'The sea', 'Ｔhe sea', ' the\tsea']) {
    assert.equal((await refusal(make(bob, name))).code, 'collection_name_taken', name);
  }
  assert.equal((await make(alice, 'The sea')).name, 'The sea');
  const rename = (id: CollectionId, name: string, by = bob) =>
    by.api(renameCollection, { params: { collection_id: id }, body: { name } });
  assert.equal(
    (await refusal(rename(hills.collection_id, 'THE SEA'))).code,
    'collection_name_taken',
  );
  assert.equal((await rename(sea.collection_id, 'THE SEA')).name, 'THE SEA');
  assert.equal((await rename(sea.collection_id, 'Ocean')).posts_count, 4);
  assert.equal((await make(bob, 'The sea')).posts_count, 0, 'the old name is free');

  // Somebody else's collection is none.
  const refused = [
    rename(sea.collection_id, 'x', alice),
    save(alice, posts[5] as Post, sea.collection_id),
    alice.api(savedFeed, { query: { collection_id: sea.collection_id } }),
  ];
  for (const { code } of await Promise.all(refused.map(refusal)))
    assert.equal(code, 'collection_not_found');
  assert.deepEqual(await saved(alice), [], 'nothing is saved when the collection is wrong');
  await alice.api(deleteCollection, { params: { collection_id: sea.collection_id } });
  assert.equal((await saved(bob, 100, sea.collection_id)).length, 4, 'nor can others delete it');

  const before = await saved(bob);
  for (let n = 0; n < 2; n += 1) {
    await bob.api(deleteCollection, { params: { collection_id: sea.collection_id } });
  }
  assert.deepEqual(await saved(bob), before, 'its posts stay saved');
  assert.deepEqual((await bob.api(getSaveState, of(posts[5] as Post))).collection_ids, []);
  for (const id of before) await bob.api(unsavePost, { params: { post_id: id }, query: {} });
});

test('one key makes one collection; too many are refused, at once too', async () => {
  const carol = await join(server.url, 'carol');
  const made = await Promise.all([1, 2, 3].map(() => make(carol, 'Once', 'key-1')));
  assert.equal(new Set(made.map((one) => one.collection_id)).size, 1);
  await server.ctx.db.query(
    `insert into collections (person_id, collection_id, name, name_folded, created_at)
     select $1, n, 'n' || n, 'n' || n, $2 from generate_series(1, 197) n`,
    [carol.id, new Date()],
  );
  const tries = await Promise.allSettled(
    Array.from({ length: 8 }, (_, n) => make(carol, `Late ${n}`)),
  );
  assert.equal(tries.filter((one) => one.status === 'fulfilled').length, 2);
  for (const one of tries) {
    if (one.status === 'rejected') {
      assert.equal((await refusal(Promise.reject(one.reason))).code, 'too_many_collections');
    }
  }
  const ids: CollectionId[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const { data, pagination } = await carol.ask(listCollections, {
      query: { limit: 30, ...(cursor ? { cursor } : {}) },
    });
    ids.push(...data.map((one) => one.collection_id));
    cursor = pagination?.next_cursor ?? null;
  }
  assert.deepEqual([ids.length, new Set(ids).size], [200, 200]);
});

test('what may not be seen any more is left out, everywhere, and comes back', async () => {
  const dan = await join(server.url, 'dan');
  const erin = await join(server.url, 'erin');
  await erin.follow(dan);
  const posts = [];
  for (let n = 0; n < 3; n += 1) posts.push(await dan.published(dan.post()));
  const [hidden] = posts;
  assert.ok(hidden);
  const all = posts.toReversed().map((post) => post.post_id);
  const rest = all.slice(0, 2);
  const { collection_id } = await make(erin, 'From Dan');
  for (const post of posts) await save(erin, post, collection_id);

  const look = async (expected: PostId[], why: string) => {
    assert.deepEqual(await saved(erin), expected, why);
    assert.deepEqual(await saved(erin, 1, collection_id), expected, why);
    const [shown] = await collections(erin);
    assert.deepEqual([shown?.posts_count, shown?.cover.length], [3, expected.length], why);
  };
  await look(all, 'all');
  await put.archived(hidden, new Date());
  await look(rest, 'archived');
  assert.equal((await refusal(save(erin, hidden))).code, 'post_not_found');
  assert.equal((await refusal(erin.api(getSaveState, of(hidden)))).code, 'post_not_found');
  await put.archived(hidden, null);
  await look(all, 'and back');
  await put.audience(hidden, 'close_friends');
  await look(rest, 'for close friends');
  await put.audience(hidden, 'followers');
  await look(all, 'for followers, and she follows');
  const [private_] = await collections(erin);
  assert.match(
    private_?.cover[2] ?? '',
    /signature=/,
    'a cover that not everyone may see is signed',
  );
  const picture = await fetch(server.url + private_?.cover[2]);
  assert.equal(picture.status, 200);
  await picture.arrayBuffer();
  await erin.unfollow(dan);
  await look(rest, 'no follower any more');
  await put.audience(hidden, 'everyone');
  await put.block(dan, erin);
  await look([], 'blocked');
  await put.unblock(dan, erin);
  await put.privacy(dan, 'private');
  await look([], 'private');
  await put.privacy(dan, 'public');
  await put.state(dan, 'suspended');
  await look([], 'suspended');
  await put.state(dan, 'active');
  await dan.delete(hidden);
  await look(rest, 'deleted');
  const gone = await unsave(erin, hidden);
  assert.equal(gone.saved, false, 'what is kept can be let go, seen or not');
  assert.equal((await collections(erin))[0]?.posts_count, 2);
  dan.leave();
});

test('pages are filled up past what is hidden, and nothing is lost or doubled while saving goes on', async () => {
  const fay = await join(server.url, 'fay');
  const posts: Post[] = [];
  for (let n = 0; n < 14; n += 1) posts.push(await alice.published(alice.post()));
  for (const post of posts) await save(fay, post);
  // Every second one, so that no page is without.
  for (const post of posts.filter((_, n) => n % 2 === 0)) await put.archived(post, new Date());
  const { data, pagination } = await fay.ask(savedFeed, { query: { limit: 5 } });
  assert.equal(data.length, 5, 'filled up');
  const late = await alice.published(alice.post());
  await save(fay, late);
  const cursor = pagination?.next_cursor ?? '';
  const next = await fay.ask(savedFeed, { query: { limit: 5, cursor } });
  const ids = [...data, ...next.data].map((post) => post.post_id);
  const open = posts.filter((_, n) => n % 2 === 1).map((post) => post.post_id);
  assert.deepEqual(ids, open.toReversed());
  assert.equal(next.pagination?.has_more, false);
});

test('saving and letting go at once leaves both rows, the counts and the collections of one mind', async () => {
  const post = await alice.published(alice.post());
  const crowd: Person[] = [];
  for (let n = 0; n < 6; n += 1) crowd.push(await join(server.url, `saver_${n}`));
  const shelves = await Promise.all(crowd.map((one) => make(one, 'Shelf')));
  await Promise.all(
    crowd.flatMap((one, n) => [
      save(one, post),
      save(one, post, shelves[n]?.collection_id),
      save(one, post),
    ]),
  );
  assert.deepEqual(await counted(post), [6, 6, 6]);
  await Promise.all(
    crowd.flatMap((one, n) => [
      unsave(one, post),
      save(one, post, shelves[n]?.collection_id),
      unsave(one, post, shelves[n]?.collection_id),
      save(one, post),
      unsave(one, post),
    ]),
  );
  const [count, byPost, byPerson] = await counted(post);
  assert.deepEqual([byPost, byPerson], [count, count]);
  for (const one of crowd) {
    const state = await one.api(getSaveState, of(post));
    const [shelf] = await collections(one);
    assert.equal(shelf?.posts_count, state.collection_ids.length);
    if (!state.saved)
      assert.deepEqual(state.collection_ids, [], 'nothing in a shelf that is not saved');
  }
});

test('what is let go while it is put into a collection is in none', async () => {
  const ida = await join(server.url, 'ida');
  const post = await alice.published(alice.post());
  const { collection_id } = await make(ida, 'Shelf');
  for (let round = 0; round < 30; round += 1) {
    await save(ida, post);
    const adding = save(ida, post, collection_id);
    // Saving looks at the post first, so that it is about even when the other begins a little later.
    const looking = Array.from({ length: round % 4 }, () => ida.see(post));
    await Promise.race([adding, ...looking]);
    await Promise.all([adding, unsave(ida, post), ...looking]);
    const { saved: kept, collection_ids } = await ida.api(getSaveState, of(post));
    if (!kept) assert.deepEqual(collection_ids, [], `round ${round}`);
    const [shelf] = await collections(ida);
    assert.equal(shelf?.posts_count, collection_ids.length, `round ${round}`);
  }
});

test('a collection that goes while something is put into it leaves nothing behind', async () => {
  const gus = await join(server.url, 'gus');
  const post = await alice.published(alice.post());
  for (let round = 0; round < 8; round += 1) {
    const { collection_id } = await make(gus, `Round ${round}`);
    const results = await Promise.allSettled([
      save(gus, post, collection_id),
      gus.api(deleteCollection, { params: { collection_id } }),
      save(gus, post, collection_id),
    ]);
    for (const one of results) {
      if (one.status === 'rejected') {
        assert.equal((await refusal(Promise.reject(one.reason))).code, 'collection_not_found');
      }
    }
  }
  const left = await server.ctx.db.query('select 1 from collection_posts where person_id = $1', [
    gus.id,
  ]);
  assert.deepEqual(left, []);
});

test('when a post goes for good, its saves go with it', async () => {
  const hal = await join(server.url, 'hal');
  const post = await alice.published(alice.post());
  const { collection_id } = await make(hal, 'Kept');
  await save(hal, post, collection_id);
  await alice.delete(post);
  await put.deleted(post, new Date(Date.now() - 31 * 24 * 3600 * 1000));
  await purgePost(server.ctx, post.post_id);
  for (const table of ['saves_by_person', 'saves_by_post', 'collection_posts', 'posts']) {
    const rows = await server.ctx.db.query(`select 1 from ${table} where post_id = $1`, [
      post.post_id,
    ]);
    assert.deepEqual(rows, [], table);
  }
  assert.equal((await collections(hal))[0]?.posts_count, 0);
});
