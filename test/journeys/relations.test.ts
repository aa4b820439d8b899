import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as api from '../../api/graph.ts';
import { editProfile } from '../../api/people.ts';
import type { Route } from '../../api/route.ts';
import { block as blockDirectly } from '../../server/features/graph/block.ts';
import { follow as followDirectly, unfollow } from '../../server/features/graph/follow.ts';
import { ofTies } from '../../server/kernel/touch-keys.ts';
import { cast, type Person, refusal } from '../cast.ts';
import { addCrowd, auditGraph, type Extra, setStanding } from '../crowd.ts';
import { countStatements, openTestServer, type TestServer } from '../server.ts';

let server: TestServer;
let alice: Person;
let bob: Person;
let carol: Person;
let dan: Person;
let crowd: Extra[];

before(async () => {
  server = await openTestServer();
  ({ alice, bob, carol, dan } = await cast(server.url, 'alice', 'bob', 'carol', 'dan'));
  crowd = await addCrowd(server.ctx, 'crowd', 150);
});
after(async () => {
  for (const person of [alice, bob, carol, dan]) person.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const named = (who: { readonly username: string }) => ({ params: { username: who.username } });
const mute = (who: Person, body = {}) => ({ ...named(who), body });

type ToSomebody =
  | typeof api.block
  | typeof api.unblock
  | typeof api.restrict
  | typeof api.unrestrict
  | typeof api.addCloseFriend
  | typeof api.removeCloseFriend
  | typeof api.unmute
  | typeof api.removeFollower
  | typeof api.dismissSuggested;

/** What can be done to somebody, twice: the second time changes nothing and says the same. */
async function twice(person: Person, route: ToSomebody, other: Person): Promise<void> {
  for (let n = 0; n < 2; n += 1) assert.deepEqual(await person.api(route, named(other)), {});
}

type PeopleList =
  | typeof api.listFollowers
  | typeof api.listFollowing
  | typeof api.listMutuals
  | typeof api.listBlocked
  | typeof api.listMuted
  | typeof api.listRestricted
  | typeof api.listCloseFriends;

/** A list to its end; `between` runs after each page, as others go on meanwhile. */
async function namesIn(
  person: Person,
  route: PeopleList,
  of?: Person,
  { limit = 100, between }: { limit?: number; between?: () => Promise<unknown> } = {},
): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit, ...(cursor ? { cursor } : {}) };
    const wish = of ? { ...named(of), query } : { query };
    const { data, pagination } = await person.ask(route as typeof api.listFollowers, wish as never);
    names.push(...data.map((one) => one.username));
    if (pagination?.has_more) assert.equal(data.length, limit, 'no page is short without reason');
    cursor = pagination?.next_cursor ?? undefined;
    await between?.();
  } while (cursor);
  return names;
}

test('a block ends everything between two, both ways and at once', async () => {
  await alice.follow(bob);
  await bob.follow(alice);
  await carol.follow(alice);
  await carol.follow(bob);
  await alice.api(api.addCloseFriend, named(bob));
  await bob.api(api.addCloseFriend, named(alice));
  const post = await alice.published(alice.post());
  const own = await bob.published(bob.post());
  await bob.like(post);
  await twice(alice, api.block, bob);

  assert.equal((await refusal(bob.profile(alice))).code, 'user_not_found');
  assert.equal((await refusal(bob.see(post))).code, 'post_not_found');
  assert.equal((await refusal(alice.see(own))).code, 'post_not_found');
  assert.deepEqual(await bob.wholeFeed(), [own.post_id]);
  assert.deepEqual(await alice.wholeFeed(), [post.post_id]);
  for (const route of [api.follow, api.unfollow, api.block, api.restrict, api.listFollowers]) {
    const refused = await refusal(bob.api(route as typeof api.follow, named(alice)));
    assert.equal(refused.code, 'user_not_found', route.name);
  }
  assert.equal((await refusal(bob.api(api.mute, mute(alice)))).code, 'user_not_found');

  const seen = await alice.profile(bob);
  assert.equal(seen.viewer.blocking, true);
  assert.equal(seen.viewer.can_see_posts, false);
  assert.equal(seen.viewer.close_friend, false);
  assert.equal((await refusal(alice.api(api.listFollowers, named(bob)))).code, 'account_private');
  assert.equal((await refusal(alice.api(api.follow, named(bob)))).code, 'user_not_found');
  assert.equal(
    (await refusal(alice.api(api.addCloseFriend, named(bob)))).code,
    'user_not_found',
    'not while the block stands',
  );
  assert.deepEqual(await namesIn(carol, api.listFollowing, carol), ['bob', 'alice']);
  assert.deepEqual(await namesIn(bob, api.listFollowing, carol), ['bob'], 'not before each other');
  assert.deepEqual(await namesIn(alice, api.listFollowing, carol), ['alice']);
  assert.deepEqual(await namesIn(alice, api.listBlocked), ['bob']);
  assert.deepEqual(await namesIn(bob, api.listBlocked), []);
  assert.equal((await alice.profile()).followers_count, 1);
  assert.equal((await bob.profile()).following_count, 0);
  await auditGraph(server.ctx.db);

  await twice(alice, api.unblock, bob);
  const after = await bob.profile(alice);
  assert.deepEqual([after.viewer.following, after.viewer.followed_by], [false, false]);
  assert.equal((await bob.see(post)).viewer.liked, true);
  assert.deepEqual(await namesIn(alice, api.listBlocked), []);
});

test('who has been blocked back can still take their own block away, and is told nothing', async () => {
  await blockDirectly(server.ctx, alice.id, bob.id);
  // As if both had blocked at the same moment: bob's own row was there first.
  await server.ctx.db.query(
    `insert into blocks_by_blocker (blocker_id, blocked_id, block_id, created_at)
     values ($1, $2, 1, $3)`,
    [bob.id, alice.id, server.ctx.clock.now()],
  );
  await server.ctx.db.query(
    'insert into blocks_by_blocked (blocker_id, blocked_id) values ($1, $2)',
    [bob.id, alice.id],
  );
  server.ctx.db.touchLoosely(ofTies(alice.id), ofTies(bob.id));
  assert.deepEqual(await namesIn(bob, api.listBlocked), ['alice']);
  assert.deepEqual(await bob.api(api.unblock, named(alice)), {});
  assert.equal((await refusal(bob.api(api.unblock, named(alice)))).code, 'user_not_found');
  await alice.api(api.unblock, named(bob));
});

test('nothing of this can be done to oneself or to nobody', async () => {
  const routes = [
    ...[api.block, api.unblock, api.unmute, api.restrict, api.unrestrict],
    ...[api.addCloseFriend, api.removeCloseFriend, api.dismissSuggested],
  ] as readonly ToSomebody[];
  for (const route of routes) {
    assert.equal((await refusal(bob.api(route, named(bob)))).code, 'cannot_do_to_self', route.name);
    const nobody = bob.api(route, { params: { username: 'nobody_here' } });
    assert.equal((await refusal(nobody)).code, 'user_not_found', route.name);
  }
  assert.equal((await refusal(bob.api(api.mute, mute(bob)))).code, 'cannot_do_to_self');
});

test('a mute keeps posts out of the feed and nothing else; it is never told', async () => {
  await bob.follow(dan);
  const post = await dan.published(dan.post());
  assert.ok((await bob.wholeFeed()).includes(post.post_id));
  for (let n = 0; n < 2; n += 1) await bob.api(api.mute, mute(dan));
  assert.ok(!(await bob.wholeFeed()).includes(post.post_id));
  assert.equal((await bob.see(post)).post_id, post.post_id);
  assert.equal((await bob.profile(dan)).viewer.muting, true);
  assert.equal((await dan.profile(bob)).viewer.muting, false);
  const flags = async () => (await bob.api(api.listMuted)).map((one) => one.muted);
  assert.deepEqual(await flags(), [{ posts: true, stories: true, messages: false }]);
  await bob.api(api.mute, mute(dan, { posts: false, messages: true }));
  assert.deepEqual(await flags(), [{ posts: false, stories: true, messages: true }]);
  assert.ok((await bob.wholeFeed()).includes(post.post_id), 'stories only');
  await bob.api(api.mute, mute(dan, { posts: false, stories: false }));
  assert.deepEqual(await flags(), [], 'nothing is left to mute');
  await bob.api(api.mute, mute(dan));
  await twice(bob, api.unmute, dan);
  assert.deepEqual(await flags(), []);
  assert.deepEqual(await dan.api(api.listMuted), []);
});

test('restricting, close friends, and taking a follower away', async () => {
  await twice(bob, api.restrict, carol);
  assert.equal((await bob.profile(carol)).viewer.restricting, true);
  assert.deepEqual(await namesIn(bob, api.listRestricted), ['carol']);
  await twice(bob, api.unrestrict, carol);
  assert.deepEqual(await namesIn(bob, api.listRestricted), []);

  await twice(bob, api.addCloseFriend, carol);
  assert.equal((await bob.profile(carol)).viewer.close_friend, true);
  assert.equal((await carol.profile(bob)).viewer.close_friend, false, 'never told');
  assert.deepEqual(await namesIn(bob, api.listCloseFriends), ['carol']);
  await twice(bob, api.removeCloseFriend, carol);
  assert.deepEqual(await namesIn(bob, api.listCloseFriends), []);

  assert.equal((await carol.profile(bob)).viewer.following, true);
  await twice(bob, api.removeFollower, carol);
  const after = await carol.profile(bob);
  assert.deepEqual([after.viewer.following, after.followers_count], [false, 0]);
  await auditGraph(server.ctx.db);
});

test('lists leave out whom the viewer may not meet, without short pages, while others write', async () => {
  const { ctx } = server;
  const some = crowd.slice(0, 60);
  for (const one of some) await followDirectly(ctx, one.id, dan.id);
  const blocked = some.slice(5, 25);
  const blocking = some.slice(25, 30);
  const suspended = some.slice(33, 50);
  for (const one of blocked) await blockDirectly(ctx, bob.id, one.id);
  for (const one of blocking) await blockDirectly(ctx, one.id, bob.id);
  const ids = suspended.map((one) => one.id);
  await setStanding(ctx.db, ids, { state: 'suspended' });

  const late = crowd.slice(60, 80);
  const leaver = some[40];
  assert.ok(leaver);
  const hidden = new Set([...blocked, ...blocking, ...suspended]);
  const wanted = some.filter((one) => !hidden.has(one)).map((one) => one.username);
  const names = await namesIn(bob, api.listFollowers, dan, {
    limit: 4,
    between: async () => {
      const one = late.pop();
      if (one) await followDirectly(ctx, one.id, dan.id);
      await unfollow(ctx, leaver.id, dan.id);
    },
  });
  const inTheWay = new Set(['bob', ...crowd.slice(60, 80).map((one) => one.username)]);
  assert.deepEqual(
    names.filter((name) => !inTheWay.has(name)),
    wanted.reverse(),
  );
  assert.deepEqual(await namesIn(bob, api.listBlocked, undefined, { limit: 7 }), [
    ...blocked.map((one) => one.username).reverse(),
  ]);
  await setStanding(ctx.db, ids, { state: 'active' });
});

test('followers in common: the list, and the line on the profile', async () => {
  const { ctx } = server;
  const followed = crowd.slice(80, 110);
  for (const one of followed) await followDirectly(ctx, bob.id, one.id);
  const common = followed.slice(0, 12);
  for (const one of common) await followDirectly(ctx, one.id, carol.id);
  for (const one of crowd.slice(110, 130)) await followDirectly(ctx, one.id, carol.id);
  const names = common.map((one) => one.username).reverse();
  assert.deepEqual(await namesIn(bob, api.listMutuals, carol, { limit: 5 }), names);
  const { mutual_followers } = await bob.profile(carol);
  assert.equal(mutual_followers.count, 12);
  assert.equal(mutual_followers.usernames.length, 2);
  for (const name of mutual_followers.usernames) assert.ok(names.includes(name));

  const [first, second] = common;
  assert.ok(first && second);
  await blockDirectly(ctx, first.id, bob.id);
  await setStanding(ctx.db, [second.id], { state: 'suspended' });
  const after = await bob.profile(carol);
  assert.equal(after.mutual_followers.count, 10);
  assert.equal((await namesIn(bob, api.listMutuals, carol)).length, 10);
  assert.deepEqual((await carol.profile()).mutual_followers, { usernames: [], count: 0 });

  await setStanding(ctx.db, [carol.id], { privacy_level: 'private' });
  const closed = await bob.profile(carol);
  assert.deepEqual(closed.mutual_followers, { usernames: [], count: 0 }, 'who follows is not told');
  assert.ok(closed.followers_count > 12, 'how many is');
  assert.equal((await refusal(bob.api(api.listMutuals, named(carol)))).code, 'account_private');
  await setStanding(ctx.db, [carol.id], { privacy_level: 'public' });
});

test('lists and profiles take as many statements for many as for few', async () => {
  // The least of a few: the worker, in the same process, has statements of its own.
  const count = async (route: Route, wish: object) => {
    const counts: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      counts.push(await countStatements(server.ctx, () => bob.ask(route, wish as never)));
    }
    return Math.min(...counts);
  };
  const [one] = crowd.slice(140);
  assert.ok(one);
  const [friend] = crowd.slice(90);
  assert.ok(friend);
  await followDirectly(server.ctx, friend.id, one.id);
  for (const route of [api.listFollowers, api.listMutuals] as const) {
    const query = { limit: 20 };
    const small = await count(route, { ...named(one), query });
    assert.equal(await count(route, { ...named(carol), query }), small, route.name);
    assert.ok(small <= 8, `${route.name}: ${small} statements`);
  }
  for (const route of [api.listBlocked, api.listMuted, api.listCloseFriends] as const) {
    const few = await count(route, {});
    assert.ok(few <= 6, `${route.name}: ${few} statements`);
  }
});

test('an open page hears nothing more of what is hidden from its viewer since', async () => {
  const { erin, finn } = await cast(server.url, 'erin', 'finn');
  await finn.follow(erin);
  const post = await erin.published(erin.post());
  const line = await finn.line();
  await line.watch(finn.token, post);
  const heardGone = () => line.next('post.deleted', (message) => message.post_id === post.post_id);

  /** Hidden by `hide`: the page is told so, hears of no like, no new post; `show` brings it all back. */
  const hiddenBy = async (
    what: string,
    hide: () => Promise<unknown>,
    show: () => Promise<unknown>,
  ) => {
    await hide();
    await heardGone();
    await erin.like(post);
    await erin.published(erin.post());
    // What comes later on the same line has overtaken nothing.
    await line.authenticate(finn.token);
    const leaks = line.unasked.filter(
      (message) => message.type === 'post.counts' || message.type === 'feed.new_post',
    );
    assert.deepEqual(leaks, [], what);
    await erin.unlike(post);
    await show();
    await line.watch(finn.token, post);
    await erin.like(post);
    await line.next('post.counts', (message) => message.likes_count === 1);
    await erin.unlike(post);
    await line.next('post.counts', (message) => message.likes_count === 0);
    const fresh = await erin.published(erin.post());
    await line.next('feed.new_post', (message) => message.post_id === fresh.post_id);
  };

  await hiddenBy(
    'a block by the author',
    () => erin.api(api.block, named(finn)),
    async () => {
      await erin.api(api.unblock, named(finn));
      await finn.follow(erin);
    },
  );
  await hiddenBy(
    'a block by the viewer',
    () => finn.api(api.block, named(erin)),
    async () => {
      await finn.api(api.unblock, named(erin));
      await finn.follow(erin);
    },
  );
  const privacy = (privacy_level: 'public' | 'private') =>
    erin.api(editProfile, { ...named(erin), body: { privacy_level } });
  await privacy('private');
  await hiddenBy(
    'a follower taken away from a private account',
    () => erin.api(api.removeFollower, named(finn)),
    async () => {
      await finn.follow(erin);
      await erin.api(api.acceptFollowRequest, named(finn));
    },
  );
  await hiddenBy(
    'an unfollow of a private account',
    () => finn.unfollow(erin),
    async () => {
      await privacy('public');
      await finn.follow(erin);
    },
  );
  await finn.unfollow(erin);
  await line.watch(finn.token, post);
  await hiddenBy(
    'an account gone private',
    () => privacy('private'),
    async () => {
      await privacy('public');
      await finn.follow(erin);
    },
  );
  erin.leave();
  finn.leave();
});
