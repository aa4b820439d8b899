import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { block, dismissSuggested, listSuggested, type SuggestedUser } from '../../api/graph.ts';
import type { PersonId } from '../../api/ids.ts';
import { block as blockDirectly } from '../../server/features/graph/block.ts';
import { follow as followDirectly, unfollow } from '../../server/features/graph/follow.ts';
import { findPopular, suggest } from '../../server/features/graph/suggest.ts';
import { ofPerson } from '../../server/kernel/touch-keys.ts';
import { cast, type Person } from '../cast.ts';
import { addCrowd, type Extra, setStanding } from '../crowd.ts';
import { countStatements, openTestServer, type TestServer } from '../server.ts';
import { until } from '../within.ts';

let server: TestServer;
let alice: Person;
let bob: Person;
let carol: Person;
/** Whom alice follows. */
let friends: Extra[];
/** Whom they follow: the first is followed by all of them, the last by one. */
let theirs: Extra[];

before(async () => {
  server = await openTestServer();
  ({ alice, bob, carol } = await cast(server.url, 'alice', 'bob', 'carol'));
  const { ctx } = server;
  friends = await addCrowd(ctx, 'friend', 6);
  theirs = await addCrowd(ctx, 'theirs', 6);
  for (const friend of friends) await followDirectly(ctx, alice.id, friend.id);
  for (const [n, friend] of friends.entries()) {
    for (const other of theirs.slice(0, 6 - n)) await followDirectly(ctx, friend.id, other.id);
    await followDirectly(ctx, friend.id, alice.id);
  }
});
after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const named = (username: string) => ({ params: { username } });
const suggested = (to: Person) => to.api(listSuggested);
const namesFor = async (to: Person) => (await suggested(to)).map((one) => one.username);
const nameOf = (one: Extra | undefined) => one?.username ?? '';

/** Works out anew, as the job does it. */
const again = (to: { readonly id: PersonId }) => suggest(server.ctx, to.id);

test('friends of friends come first time at once, the most often followed first, with the reason', async () => {
  const list: SuggestedUser[] = await suggested(alice);
  assert.deepEqual(
    list.map((one) => [one.username, one.reason.count]),
    theirs.map((one, n) => [one.username, 6 - n]),
  );
  const known = new Set(friends.map((one) => one.username));
  for (const { reason, viewer } of list) {
    assert.equal(reason.usernames.length, Math.min(2, reason.count));
    for (const name of reason.usernames) assert.ok(known.has(name), name);
    assert.deepEqual(viewer, { following: false, requested: false, is_self: false });
  }
});

test('nobody is suggested who is followed, asked, blocked, suspended, gone or not wanted', async () => {
  const { ctx } = server;
  const [followed, asked, blocked, blocking, suspended, dismissed] = theirs;
  assert.ok(followed && asked && blocked && blocking && suspended && dismissed);
  await followDirectly(ctx, alice.id, followed.id);
  await setStanding(ctx.db, [asked.id], { privacy_level: 'private' });
  await followDirectly(ctx, alice.id, asked.id);
  await alice.api(block, named(blocked.username));
  await blockDirectly(ctx, blocking.id, alice.id);
  await setStanding(ctx.db, [suspended.id], { state: 'suspended' });
  for (let n = 0; n < 2; n += 1) await alice.api(dismissSuggested, named(dismissed.username));
  const wrong = new Set(theirs.map((one) => one.username));
  // What was worked out before is judged when it is read; what is worked out now leaves them out.
  for (let round = 0; round < 2; round += 1) {
    const names = await namesFor(alice);
    assert.deepEqual(
      names.filter((name) => wrong.has(name)),
      [],
      round ? 'worked out anew' : 'at read',
    );
    assert.ok(!names.includes('alice'));
    await again(alice);
  }
});

test('who does not want to be suggested is not, from that moment on', async () => {
  const { ctx } = server;
  const [guide] = await addCrowd(ctx, 'shy_guide', 1);
  const [shy, open] = await addCrowd(ctx, 'shy', 2);
  assert.ok(guide && shy && open);
  await followDirectly(ctx, bob.id, guide.id);
  for (const one of [shy, open]) await followDirectly(ctx, guide.id, one.id);
  assert.equal((await namesFor(bob)).length, 2);
  await ctx.db.query('update people set suggest_me = false where person_id = $1', [shy.id]);
  ctx.db.touchLoosely(ofPerson(shy.id));
  assert.deepEqual(await namesFor(bob), [open.username]);
  await again(bob);
  assert.deepEqual(await namesFor(bob), [open.username]);
});

test('a reason names only whom the viewer still follows and may see', async () => {
  const { ctx } = server;
  const guides = await addCrowd(ctx, 'guide', 4);
  const [found] = await addCrowd(ctx, 'found', 1);
  const [one, two, three, four] = guides;
  assert.ok(found && one && two && three && four);
  for (const guide of guides) {
    await followDirectly(ctx, carol.id, guide.id);
    await followDirectly(ctx, guide.id, found.id);
  }
  assert.deepEqual(
    (await suggested(carol)).map(({ username, reason }) => [username, reason.count]),
    [[found.username, 4]],
  );
  await setStanding(ctx.db, [one.id], { state: 'suspended' });
  await blockDirectly(ctx, two.id, carol.id);
  await unfollow(ctx, carol.id, three.id);
  // The job may have run meanwhile or not: either way only one reason is left.
  const [left] = await suggested(carol);
  assert.deepEqual(left?.reason, { usernames: [four.username], count: 1 });
});

test('after a follow they are worked out anew by a job; after a day too', async () => {
  const { ctx } = server;
  const [guide, second] = await addCrowd(ctx, 'new_guide', 2);
  const [found, later] = await addCrowd(ctx, 'new_found', 2);
  assert.ok(guide && found && second && later);
  await followDirectly(ctx, guide.id, found.id);
  assert.ok(!(await namesFor(alice)).includes(found.username));
  await followDirectly(ctx, alice.id, guide.id);
  await until(
    async () => (await namesFor(alice)).includes(found.username),
    'the job has found whom the new one follows',
  );
  // Nobody of alice's has changed, but those whom they follow have.
  await followDirectly(ctx, guide.id, later.id);
  assert.ok(!(await namesFor(alice)).includes(later.username));
  await ctx.db.query('update suggestion_runs set computed_at = $2 where person_id = $1', [
    alice.id,
    new Date(ctx.clock.millis() - 25 * 3600 * 1000),
  ]);
  await until(
    async () => (await namesFor(alice)).includes(later.username),
    'the job has looked again after a day',
  );
});

test('who follows nobody is shown the most followed public people, without a reason', async () => {
  const { ctx } = server;
  const { dora } = await cast(server.url, 'dora');
  const stars = await addCrowd(ctx, 'star', 3);
  const fans = await addCrowd(ctx, 'fan', 20);
  for (const [n, star] of stars.entries()) {
    for (const fan of fans.slice(n * 2)) await followDirectly(ctx, fan.id, star.id);
  }
  const [first, hidden, third] = stars;
  assert.ok(first && hidden && third);
  await setStanding(ctx.db, [hidden.id], { privacy_level: 'private' });
  await findPopular(ctx);
  const list = await suggested(dora);
  assert.deepEqual(
    list.slice(0, 2).map((one) => one.username),
    [first, third].map(nameOf),
  );
  for (const { reason } of list) assert.deepEqual(reason, { usernames: [], count: 0 });
  assert.ok(!list.some((one) => ['dora', hidden.username].includes(one.username)));
  await dora.api(dismissSuggested, named(first.username));
  await again(dora);
  assert.ok(!(await namesFor(dora)).includes(first.username));
});

test('the work is bounded: as many statements for thousands of follows as for a few', async () => {
  const { ctx } = server;
  const strangers = Array.from({ length: 3000 }, () => ctx.ids.next<PersonId>());
  const [reader] = await addCrowd(ctx, 'reader', 1);
  assert.ok(reader);
  const write = (follower: PersonId, followees: readonly PersonId[]) =>
    ctx.db.query(
      `insert into follows_by_follower (follower_id, followee_id, follow_id, created_at)
       select $1, id, id, $3 from unnest($2::bigint[]) as id`,
      [follower, followees, ctx.clock.now()],
    );
  await write(reader.id, strangers);
  for (const one of strangers.slice(-10)) await write(one, strangers);
  // The least of a few: the worker, in the same process, has statements of its own.
  const counts: number[] = [];
  for (let n = 0; n < 3; n += 1) counts.push(await countStatements(ctx, () => again(reader)));
  assert.ok(Math.min(...counts) <= 14, `${counts} statements`);
  assert.ok((await suggested(bob)).length <= 30);
});
