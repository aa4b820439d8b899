import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { reinstatePerson, suspendPerson } from '../../api/admin.ts';
import { profileFeed } from '../../api/feed.ts';
import { addCloseFriend, block, mute, unblock } from '../../api/graph.ts';
import {
  archivePost,
  pinPost,
  restorePost,
  unarchivePost,
  unpinPost,
} from '../../api/own-posts.ts';
import { editProfile } from '../../api/people.ts';
import type { Post } from '../../api/posts.ts';
import { reportSeen } from '../../api/ranking.ts';
import { repostPost } from '../../api/reposts.ts';
import { cast, type Person } from '../../test/cast.ts';
import { pathOf } from '../../test/client.ts';
import { LaneReader, ORDINARY, withoutTimes } from '../../test/lane-reader.ts';
import { holdClock, openTestServer, type TestServer } from '../../test/server.ts';

const clock = holdClock();
let server: TestServer;
let reader: LaneReader;
let people: Record<'alice' | 'bob' | 'carol' | 'dan' | 'eve' | 'fay', Person>;
let posts: Post[];

const pathTo = (username: string, query = {}) => pathOf(profileFeed, { username }, query);
const on = ({ post_id }: Post) => ({ params: { post_id } });
const of = ({ username }: Person) => ({ params: { username } });
/** Everyone, and a visitor. */
const readers = () => [null, ...Object.values(people).map(({ token }) => token)];
const nameOf = (token: string | null) =>
  Object.values(people).find((one) => one.token === token)?.username ?? 'a visitor';

/**
 * Alice has posts of all kinds, three of them pinned; bob follows her and reposts, carol is her close
 * friend, dan and she are parted by a block, eve is private and fay is not there any more.
 */
before(async () => {
  server = await openTestServer({ clock });
  reader = new LaneReader(server.url);
  people = await cast(server.url, 'alice', 'bob', 'carol', 'dan', 'eve', 'fay');
  const { alice, bob, carol, dan, eve, fay } = people;
  for (const one of [bob, carol, dan]) await one.follow(alice);
  await alice.api(addCloseFriend, { params: { username: 'carol' } });
  const publish = (by: Person, wish = {}) => by.published(by.post(undefined, wish));
  posts = [];
  for (let n = 0; n < 5; n += 1) posts.push(await publish(alice, { caption: `Plain ${n}` }));
  posts.push(await publish(alice, { caption: 'Of @bob and @dan #harbour', likes_hidden: true }));
  posts.push(await publish(alice, { caption: 'Followers', audience: 'followers' }));
  posts.push(await publish(alice, { caption: 'Friends', audience: 'close_friends' }));
  for (const at of [1, 7, 3]) {
    await alice.api(pinPost, on(posts[at] as Post));
    clock.advance(1000);
  }
  await alice.api(archivePost, on(posts[0] as Post));
  await bob.api(repostPost, { ...on(posts[2] as Post), body: {} });
  await publish(bob);
  await bob.like(posts[1] as Post);
  await carol.api(reportSeen, { body: { posts: [{ post_id: (posts[4] as Post).post_id }] } });
  await dan.api(block, { params: { username: 'alice' } });
  await carol.follow(eve);
  await publish(eve);
  await eve.api(editProfile, { params: { username: 'eve' }, body: { privacy_level: 'private' } });
  await publish(fay);
  await alice.api(suspendPerson, { ...of(fay), body: { reason: 'a test' } });
});
after(async () => {
  reader.close();
  for (const person of Object.values(people)) person.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

/** The same of both, but what differs from request to request. */
async function demandSame(token: string | null, path: string, why = ''): Promise<string> {
  const ready = await reader.get(token, path);
  const ordinary = await reader.get(token, path, ORDINARY);
  const what = `${nameOf(token)} ${path} ${why}`;
  assert.equal(ordinary.isFast, false);
  assert.equal(ready.status, ordinary.status, what);
  const [one, other] = [ready, ordinary].map(({ body }) =>
    String(body).replace(/"request_id":"[^"]*"/, ''),
  );
  assert.equal(one, other, what);
  if (ready.status === 200) assert.deepEqual(withoutTimes(ready), withoutTimes(ordinary));
  return String(ordinary.body);
}

describe('the fast lane of profile pages', () => {
  it('sends to the byte what the ordinary route sends, to everyone, page by page', async () => {
    const statuses = new Set<number>();
    for (const token of readers()) {
      for (const username of [...Object.keys(people), 'ALICE', 'nobody']) {
        for (const limit of [1, 2, 4, 20]) {
          let cursor: string | null = null;
          do {
            const path = pathTo(username, { limit, ...(cursor ? { cursor } : {}) });
            for (let round = 0; round < 2; round += 1) await demandSame(token, path);
            const ordinary = await reader.get(token, path, ORDINARY);
            statuses.add(ordinary.status);
            cursor = JSON.parse(String(ordinary.body)).pagination?.next_cursor ?? null;
          } while (cursor !== null);
        }
      }
    }
    assert.deepEqual([...statuses].sort(), [200, 401, 404]);
  });

  it('answers from memory who may see the page', async () => {
    for (const token of readers()) {
      for (const username of Object.keys(people)) {
        const { status } = await reader.get(token, pathTo(username), ORDINARY);
        if (status === 200) await reader.warm(token, pathTo(username));
        else assert.equal((await reader.get(token, pathTo(username))).isFast, false);
      }
    }
  });

  it('puts pins on top and says so, and tells nobody what was seen', async () => {
    const { body } = await reader.warm(people.carol.token, pathTo('alice'));
    const shown: Post[] = JSON.parse(String(body)).data;
    const captions = shown.map(({ caption, pinned }) => [caption, pinned]);
    assert.deepEqual(captions.slice(0, 4), [
      ['Plain 3', true],
      ['Friends', true],
      ['Plain 1', true],
      ['Followers', false],
    ]);
    assert.ok(shown.every(({ viewer }) => !viewer.seen));
  });

  it('sends the same through gzip', async () => {
    for (const token of [null, people.bob.token]) {
      const plain = await reader.get(token, pathTo('alice'), ORDINARY);
      await reader.warm(token, pathTo('alice'));
      const gzip = { 'accept-encoding': 'gzip' };
      const packed = await reader.get(token, pathTo('alice'), gzip);
      assert.equal(packed.isFast, true);
      assert.equal(String(gunzipSync(packed.body)), String(plain.body));
    }
  });

  it('is as fresh as the ordinary route after every change', async () => {
    const { alice, bob, carol, dan } = people;
    const [second, third, fourth] = posts.slice(1, 4) as [Post, Post, Post];
    const privacy = (privacy_level: 'public' | 'private') =>
      alice.api(editProfile, { params: { username: 'alice' }, body: { privacy_level } });
    const changes: [string, () => Promise<unknown>][] = [
      ['no pin', () => alice.api(unpinPost, on(second))],
      ['a pin', () => alice.api(pinPost, on(third))],
      ['a new post', () => alice.published(alice.post(undefined, { caption: 'New' }))],
      ['archived', () => alice.api(archivePost, on(second))],
      ['archived while pinned', () => alice.api(archivePost, on(third))],
      ['unarchived', () => alice.api(unarchivePost, on(third))],
      ['deleted', () => alice.delete(fourth)],
      ['restored', () => alice.api(restorePost, on(fourth))],
      ['a repost', () => bob.api(repostPost, { ...on(fourth), body: {} })],
      ['a like', () => carol.like(fourth)],
      ['a mute', () => carol.api(mute, { params: { username: 'alice' }, body: {} as never })],
      ['a block', () => alice.api(block, { params: { username: 'carol' } })],
      ['no block', () => alice.api(unblock, { params: { username: 'carol' } })],
      ['private', () => privacy('private')],
      ['a request', () => carol.follow(alice)],
      ['no follower any more', () => bob.unfollow(alice)],
      ['public', () => privacy('public')],
      ['no block of dan', () => dan.api(unblock, { params: { username: 'alice' } })],
      ['suspended', () => alice.api(suspendPerson, { ...of(bob), body: { reason: 'a test' } })],
      ['let in again', () => alice.api(reinstatePerson, of(bob))],
    ];
    const paths = ['alice', 'bob'].map((name) => pathTo(name));
    for (const [what, change] of changes) {
      for (const token of readers()) for (const path of paths) await demandSame(token, path);
      await change();
      for (const token of readers()) for (const path of paths) await demandSame(token, path, what);
    }
  });

  it('leaves to the ordinary route what is unusual', async () => {
    const { token } = people.carol;
    const path = pathTo('alice');
    await reader.warm(token, path);
    const unusual: [string, Record<string, string>, number][] = [
      [`${path}?limit=0`, {}, 400],
      [`${path}?order=latest`, {}, 400],
      [`${path}?cursor=x`, {}, 400],
      [`${path}?limit=%32`, {}, 200],
      [`${path}/`, {}, 404],
      [pathTo('al%69ce'), {}, 400],
      [path.replace('alice', 'al%69ce'), {}, 200],
      [pathTo('a'.repeat(31)), {}, 400],
      [pathTo(''), {}, 400],
      [path, { authorization: 'Bearer x' }, 401],
      [path, { authorization: '' }, 401],
      [path, { 'accept-encoding': 'br' }, 200],
      [path, ORDINARY, 200],
    ];
    for (const [to, headers, status] of unusual) {
      const got = await reader.get(token, to, headers);
      const what = `${to} ${JSON.stringify(headers)}`;
      assert.deepEqual([got.status, got.isFast], [status, false], what);
    }
  });
});
