import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import {
  keepNearDuplicate,
  listNearDuplicates,
  type NearDuplicate,
} from '../../api/near-duplicates.ts';
import { archivePost, restorePost } from '../../api/own-posts.ts';
import type { Post } from '../../api/posts.ts';
import { findNearDuplicates } from '../../server/features/near-duplicates/find.ts';
import { deliverEvents } from '../../server/kernel/deliver-events.ts';
import { cast, join, type Person } from '../cast.ts';
import { ask, Refused } from '../client.ts';
import { colourPicture } from '../pictures.ts';
import { openTestServer, type TestServer } from '../server.ts';

let server: TestServer;
let alice: Person;
let bob: Person;
let people = 0;

before(async () => {
  server = await openTestServer();
  ({ bob } = await cast(server.url, 'bob'));
});
beforeEach(async () => {
  people += 1;
  alice?.leave();
  alice = await join(server.url, `alice${people}`);
});
after(async () => {
  for (const person of [alice, bob]) person.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

/** Waits until what is listed is what holds of this post. */
const settled = (post: Post) =>
  deliverEvents(server.ctx, [findNearDuplicates], { group: 'posts', key: post.post_id });

/** A post of pictures that look as these hashes say; of files that are all different. */
async function postOf(...hashes: readonly (bigint | null)[]): Promise<Post> {
  const pictures = hashes.map(() => {
    const made = colourPicture();
    // What stands behind the end of a JPEG is no part of the picture.
    return { ...made, bytes: Buffer.concat([made.bytes, Buffer.from(String(Math.random()))]) };
  });
  const post = await alice.published(alice.post(pictures));
  await settled(post);
  await alice.delete(post);
  await settled(post);
  for (const [index, hash] of hashes.entries()) {
    await server.ctx.db.query('update media set phash = $3 where post_id = $1 and media_id = $2', [
      post.post_id,
      post.media[index]?.media_id ?? '',
      hash === null ? null : String(BigInt.asIntN(64, hash)),
    ]);
  }
  await alice.api(restorePost, { params: { post_id: post.post_id } });
  await settled(post);
  return post;
}

const pairs = (of: Person = alice) => of.api(listNearDuplicates, { query: {} });
const told = (list: readonly NearDuplicate[]) =>
  list.map(({ exact, distance, pictures }) => [
    ...pictures.map(({ post_id }) => post_id),
    exact ? 'exact' : distance,
  ]);

const LOOK = 0xf0e1d2c3b4a59687n;

test('pictures that look alike are a pair, nearest bits counted, later first', async () => {
  const first = await postOf(LOOK);
  assert.deepEqual(await pairs(), []);
  await postOf(~LOOK);
  await postOf(LOOK ^ 0b111_1111n);
  assert.deepEqual(await pairs(), [], 'seven bits are too many');
  const near = await postOf(LOOK ^ (1n << 63n) ^ (1n << 40n));
  const list = await pairs();
  assert.deepEqual(told(list), [[near.post_id, first.post_id, 2]]);
  const [{ pictures: [later] = [] } = {}] = list;
  assert.equal(later?.media.media_id, near.media[0]?.media_id);
  const file = (url: string | null | undefined) => url?.split('?')[0];
  assert.equal(file(later?.media.url), file(near.media[0]?.url));
});

test('the same file twice is an exact pair, also where nobody knows what it looks like', async () => {
  const picture = colourPicture();
  const posts: Post[] = [];
  for (let n = 0; n < 2; n += 1) {
    const post = await alice.published(alice.post(picture));
    await settled(post);
    posts.push(post);
  }
  const [first, second] = posts;
  assert.deepEqual(told(await pairs()), [[second?.post_id, first?.post_id, 'exact']]);
});

test('pictures of one post, of others, and without a hash are no pairs', async () => {
  await postOf(LOOK, LOOK, null);
  await postOf(null);
  assert.deepEqual(await pairs(), []);
  const theirs = await bob.published(bob.post(colourPicture()));
  await server.ctx.db.query('update media set phash = $2 where post_id = $1', [
    theirs.post_id,
    String(BigInt.asIntN(64, LOOK)),
  ]);
  await settled(theirs);
  assert.deepEqual(await pairs(bob), []);
});

test('a deleted post takes its pairs along, and brings them back when it is restored', async () => {
  const first = await postOf(LOOK);
  const second = await postOf(LOOK);
  const pair = [second.post_id, first.post_id, 0];
  assert.deepEqual(told(await pairs()), [pair]);
  await alice.delete(first);
  assert.deepEqual(await pairs(), [], 'hidden at once');
  await settled(first);
  const rows = await server.ctx.db.query(
    'select media_id from near_duplicates where person_id = $1',
    [alice.id],
  );
  assert.deepEqual(rows, []);
  await alice.api(restorePost, { params: { post_id: first.post_id } });
  await settled(first);
  assert.deepEqual(told(await pairs()), [pair], 'the later one still stands first');
});

test('an archived picture stays in its pair, seen with an address of its own', async () => {
  const first = await postOf(LOOK);
  const second = await postOf(LOOK);
  await alice.api(archivePost, { params: { post_id: first.post_id } });
  assert.deepEqual(told(await pairs()), [[second.post_id, first.post_id, 0]]);
  const [{ pictures: [, earlier] = [] } = {}] = await pairs();
  const url = earlier?.media.url ?? '';
  assert.match(url, /signature=/);
  assert.equal((await fetch(new URL(url, server.url))).status, 200);
});

test('who keeps both is not asked again', async () => {
  const first = await postOf(LOOK);
  await postOf(LOOK);
  const [pair] = await pairs();
  const params = { pair_id: pair?.pair_id ?? '' };
  await bob.api(keepNearDuplicate, { params });
  assert.equal((await pairs()).length, 1, 'nobody else can do that');
  await alice.api(keepNearDuplicate, { params });
  await alice.api(keepNearDuplicate, { params });
  assert.deepEqual(await pairs(), []);
  await settled(first);
  assert.deepEqual(await pairs(), []);
});

test('the list is paged, and for its person alone', async () => {
  for (let n = 0; n < 4; n += 1) await postOf(LOOK);
  const all = await pairs();
  assert.equal(all.length, 6);
  const paged: NearDuplicate[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const query = { limit: 4, ...(cursor ? { cursor } : {}) };
    const { data, pagination } = await alice.ask(listNearDuplicates, { query });
    paged.push(...data);
    cursor = pagination?.next_cursor ?? null;
  }
  assert.deepEqual(told(paged), told(all));
  assert.deepEqual(await pairs(bob), []);
  await assert.rejects(ask(server.url, null, listNearDuplicates), Refused);
});
