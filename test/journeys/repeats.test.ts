import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createComment, deleteComment } from '../../api/comments.ts';
import { listFollowers, listFollowing } from '../../api/graph.ts';
import type { PersonId } from '../../api/ids.ts';
import { askUpload } from '../../api/media.ts';
import { confirmPost } from '../../api/posts.ts';
import { cast, join, type Person, refusal } from '../cast.ts';
import { colourPicture } from '../pictures.ts';
import { openTestServer, type TestServer } from '../server.ts';

let server: TestServer;
let alice: Person;
let bob: Person;

before(async () => {
  server = await openTestServer();
  ({ alice, bob } = await cast(server.url, 'alice', 'bob'));
});
after(async () => {
  for (const person of [alice, bob]) person.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const times = <T>(count: number, work: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => work(n)));

test('twenty confirms at once with one key make one post', async () => {
  const grants = await alice.upload(colourPicture());
  const posts = await times(20, () => alice.confirm(grants, { caption: 'once', key: 'confirm-1' }));
  assert.equal(new Set(posts.map((post) => post.post_id)).size, 1);
  const [post] = posts;
  assert.ok(post);
  await alice.published(post);
  assert.deepEqual(await alice.wholeFeed(), [post.post_id]);
  assert.equal((await alice.profile()).posts_count, 1);
  const later = await alice.confirm(grants, { caption: 'once', key: 'confirm-1' });
  assert.equal(later.post_id, post.post_id);
  assert.equal(later.status, 'published', 'the same post, as it is now');
});

test('without a key, an upload still makes one post only', async () => {
  const grants = await alice.upload(colourPicture());
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => alice.confirm(grants)));
  const made = results.filter((one) => one.status === 'fulfilled');
  assert.equal(made.length, 1);
  for (const one of results) {
    if (one.status === 'rejected')
      assert.equal((await refusal(Promise.reject(one.reason))).code, 'upload_used');
  }
  const [post] = made;
  if (post) await alice.published(post.value);
});

test('one key for two wishes is refused, in one route and across routes', async () => {
  const post = await alice.published(alice.post());
  await alice.comment(post, 'first', 'key-2');
  const other = await refusal(alice.comment(post, 'second', 'key-2'));
  assert.deepEqual([other.status, other.code], [422, 'idempotency_key_reused']);
  const files = [{ content_type: 'image/png', size: 5, checksum_sha256: '0'.repeat(64) }];
  const across = await refusal(alice.api(askUpload, { body: { files }, key: 'key-2' }));
  assert.equal(across.code, 'idempotency_key_reused');
  await bob.comment(post, 'second', 'key-2');
  const { data } = await alice.ask(createComment, {
    params: { post_id: post.post_id },
    body: { text: 'first' },
    key: 'key-2',
  });
  assert.equal(data.text, 'first');
  assert.equal((await alice.see(post)).comments_count, 2, 'keys are each person’s own');
});

test('a refused wish does not use its key up', async () => {
  const [grant] = await alice.announce(colourPicture());
  assert.ok(grant);
  const body = { upload_ids: [grant.upload_id] };
  const early = await refusal(alice.api(confirmPost, { body, key: 'key-3' }));
  assert.equal(early.code, 'upload_incomplete');
  const again = await refusal(alice.api(confirmPost, { body, key: 'key-3' }));
  assert.equal(again.code, 'upload_incomplete', 'judged anew');
});

test('uploads asked for twice with one key are the same uploads', async () => {
  const files = [{ content_type: 'image/png', size: 5, checksum_sha256: '1'.repeat(64) }];
  const asked = await times(5, () => alice.api(askUpload, { body: { files }, key: 'key-4' }));
  assert.equal(new Set(asked.map(({ uploads }) => uploads[0]?.upload_id)).size, 1);
});

test('a bad key is refused with what to change', async () => {
  const post = await alice.published(alice.post());
  for (const key of ['', ' ', 'x'.repeat(129), 'with space']) {
    const refused = await refusal(alice.comment(post, 'hello', key || ' '));
    assert.deepEqual(refused.fields, ['headers.idempotency-key']);
  }
});

test('counts are exact after fifty people have liked, unliked and commented at once', async () => {
  const post = await alice.published(alice.post());
  const crowd: Person[] = [];
  for (let n = 0; n < 25; n += 1) crowd.push(await join(server.url, `crowd_${n}`));
  await Promise.all(
    crowd.flatMap((person, n) => [
      person.like(post),
      person.like(post),
      person.comment(post, `from ${n}`),
    ]),
  );
  assert.equal((await bob.see(post)).likes_count, 25);
  await Promise.all(
    crowd.slice(0, 10).flatMap((person) => [person.unlike(post), person.unlike(post)]),
  );
  const comments = await alice.comments(post);
  await Promise.all(
    comments.slice(0, 5).flatMap(({ comment_id }) => {
      const params = { post_id: post.post_id, comment_id };
      return [alice.api(deleteComment, { params }), alice.api(deleteComment, { params })].map(
        (one) => one.catch((error) => assert.equal(error.code, 'comment_not_found')),
      );
    }),
  );
  const seen = await bob.see(post);
  assert.deepEqual([seen.likes_count, seen.comments_count], [15, 20]);
});

test('follows are counted once, whoever follows whom at the same time', async () => {
  const crowd: Person[] = [];
  for (let n = 0; n < 8; n += 1) crowd.push(await join(server.url, `fan_${n}`));
  const everyone = crowd.flatMap((one) =>
    crowd.filter((other) => other !== one).map((other) => ({ one, other })),
  );
  await Promise.all(everyone.flatMap(({ one, other }) => [one.follow(other), one.follow(other)]));
  for (const person of crowd) {
    const profile = await person.profile();
    assert.deepEqual([profile.followers_count, profile.following_count], [7, 7]);
  }
  const halves = everyone.filter((_, n) => n % 2 === 0);
  await Promise.all(halves.flatMap(({ one, other }) => [one.unfollow(other), one.unfollow(other)]));
  let followers = 0;
  let following = 0;
  for (const person of crowd) {
    const profile = await person.profile();
    followers += profile.followers_count;
    following += profile.following_count;
    const lists = await Promise.all([whole(person, listFollowers), whole(person, listFollowing)]);
    assert.deepEqual(
      lists.map((list) => list.length),
      [profile.followers_count, profile.following_count],
    );
  }
  assert.deepEqual([followers, following], [28, 28]);
});

/** A follow list to its end, in pages of three. */
async function whole(person: Person, route: typeof listFollowers | typeof listFollowing) {
  const ids: PersonId[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const query = cursor ? { cursor, limit: 3 } : { limit: 3 };
    const params = { username: person.username };
    const { data, pagination } = await person.ask(route, { params, query });
    ids.push(...data.map((one) => one.user_id));
    cursor = pagination?.next_cursor ?? null;
  }
  assert.equal(new Set(ids).size, ids.length, 'nobody twice');
  return ids;
}
