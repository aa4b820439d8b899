import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  acceptFollowRequest,
  declineFollowRequest,
  follow,
  listFollowers,
  listFollowRequests,
  unfollow,
} from '../../api/graph.ts';
import { editProfile } from '../../api/people.ts';
import { follow as followDirectly } from '../../server/features/graph/follow.ts';
import { cast, type Person, refusal } from '../cast.ts';
import { addCrowd, auditGraph, type Extra, setStanding } from '../crowd.ts';
import { openTestServer, type TestServer } from '../server.ts';
import { until } from '../within.ts';

let server: TestServer;
let alice: Person;
let bob: Person;
let carol: Person;
let crowd: Extra[];

before(async () => {
  server = await openTestServer();
  ({ alice, bob, carol } = await cast(server.url, 'alice', 'bob', 'carol'));
  crowd = await addCrowd(server.ctx, 'crowd', 230);
});
after(async () => {
  for (const person of [alice, bob, carol]) person.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const named = (who: { readonly username: string }) => ({ params: { username: who.username } });
const setPrivacy = (person: Person, privacy_level: 'public' | 'private') =>
  person.api(editProfile, { ...named(person), body: { privacy_level } });
const asking = async (person: Person) =>
  (await person.api(listFollowRequests)).map((one) => one.username);

test('a private account is asked, accepts, declines, and its counts stay for all to see', async () => {
  await carol.follow(alice);
  assert.equal((await setPrivacy(alice, 'private')).privacy_level, 'private');
  const post = await alice.published(alice.post());

  for (let n = 0; n < 2; n += 1) {
    const state = await bob.api(follow, named(alice));
    assert.deepEqual(state, { state: 'requested', followers_count: 1 });
  }
  const seen = await bob.profile(alice);
  assert.equal(seen.viewer.requested, true);
  assert.equal(seen.viewer.following, false);
  assert.equal(seen.viewer.can_see_posts, false);
  assert.deepEqual([seen.posts_count, seen.followers_count], [1, 1]);
  assert.equal((await refusal(bob.api(listFollowers, named(alice)))).code, 'account_private');
  assert.equal((await refusal(bob.see(post))).code, 'post_not_found');
  assert.equal((await carol.see(post)).post_id, post.post_id, 'followers stay');

  assert.equal((await alice.profile()).follow_requests_count, 1);
  assert.equal((await bob.profile(alice)).follow_requests_count, null);
  const [request] = await alice.api(listFollowRequests);
  assert.equal(request?.username, 'bob');

  for (let n = 0; n < 2; n += 1) await alice.api(declineFollowRequest, named(bob));
  assert.deepEqual(await asking(alice), []);
  assert.equal((await bob.profile(alice)).viewer.requested, false);
  const late = await refusal(alice.api(acceptFollowRequest, named(bob)));
  assert.equal(late.code, 'request_not_found');

  await bob.follow(alice);
  for (let n = 0; n < 2; n += 1) await alice.api(acceptFollowRequest, named(bob));
  assert.equal((await bob.profile(alice)).viewer.following, true);
  assert.equal((await alice.profile()).followers_count, 2);
  assert.equal((await bob.see(post)).post_id, post.post_id);
  await until(
    async () => (await bob.wholeFeed()).includes(post.post_id),
    'the post is in the feed',
  );
  assert.deepEqual(await bob.api(follow, named(alice)), {
    state: 'following',
    followers_count: 2,
  });
  await auditGraph(server.ctx.db);
});

test('a request that is taken back cannot be accepted', async () => {
  await bob.unfollow(alice);
  await bob.follow(alice);
  const state = await bob.api(unfollow, named(alice));
  assert.deepEqual(state, { state: 'not_following', followers_count: 1 });
  const late = await refusal(alice.api(acceptFollowRequest, named(bob)));
  assert.equal(late.code, 'request_not_found');
  for (const route of [acceptFollowRequest, declineFollowRequest]) {
    const nobody = await refusal(alice.api(route, { params: { username: 'nobody_here' } }));
    assert.equal(nobody.code, 'user_not_found');
  }
  const own = await refusal(alice.api(acceptFollowRequest, named(alice)));
  assert.equal(own.code, 'request_not_found');
});

test('requests are read page by page while more come; who is suspended is left out', async () => {
  const { ctx } = server;
  const some = crowd.slice(0, 14);
  for (const one of some) await followDirectly(ctx, one.id, alice.id);
  const hidden = some.slice(4, 9);
  await setStanding(
    ctx.db,
    hidden.map((one) => one.id),
    { state: 'suspended' },
  );
  const names: string[] = [];
  const later = crowd.slice(14, 24);
  let cursor: string | undefined;
  do {
    const query = { limit: 3, ...(cursor ? { cursor } : {}) };
    const { data, pagination } = await alice.ask(listFollowRequests, { query });
    names.push(...data.map((one) => one.username));
    if (pagination?.has_more) assert.equal(data.length, 3, 'no page is short without reason');
    cursor = pagination?.next_cursor ?? undefined;
    const next = later.pop();
    if (next) await followDirectly(ctx, next.id, alice.id);
  } while (cursor);
  const wanted = some.filter((one) => !hidden.includes(one)).map((one) => one.username);
  assert.deepEqual(names, wanted.reverse());
});

test('going public lets everybody in who waits', async () => {
  const { ctx } = server;
  for (const one of crowd.slice(24)) await followDirectly(ctx, one.id, alice.id);
  assert.equal((await alice.profile()).follow_requests_count, 100, 'counted up to 100');
  await setPrivacy(alice, 'public');
  const waiting = async () => {
    const rows = await ctx.db.query('select 1 from requests_by_target where target_id = $1', [
      alice.id,
    ]);
    return rows.length === 0;
  };
  await until(waiting, 'all requests are accepted');
  assert.equal((await bob.api(follow, named(alice))).state, 'following');
  await auditGraph(ctx.db);
});
