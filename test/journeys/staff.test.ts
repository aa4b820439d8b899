import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { changeRole, listPeople, reinstatePerson, suspendPerson } from '../../api/admin.ts';
import { homeFeed, profileFeed } from '../../api/feed.ts';
import { getProfile, login } from '../../api/people.ts';
import { getPost, type Post } from '../../api/posts.ts';
import { CLOSE_CODES } from '../../api/realtime.ts';
import { cast, PASSWORD, type Person, refusal } from '../cast.ts';
import { ask } from '../client.ts';
import { openTestServer, type TestServer } from '../server.ts';
import { within } from '../within.ts';

let server: TestServer;
let alice: Person;
let bob: Person;
let carol: Person;
let dan: Person;
let post: Post;
const of = (person: Person) => ({ params: { username: person.username } });

before(async () => {
  server = await openTestServer();
  ({ alice, bob, carol, dan } = await cast(server.url, 'alice', 'bob', 'carol', 'dan'));
  await carol.follow(dan);
  post = await dan.published(dan.post());
});
after(async () => {
  for (const person of [alice, bob, carol, dan]) person.leave();
  await server.stop();
});

const code = async (work: Promise<unknown>) => (await refusal(work)).code;
const role = (by: Person, person: Person, name: 'member' | 'moderator' | 'admin') =>
  by.api(changeRole, { ...of(person), body: { role: name } });
const suspend = (by: Person, person: Person) =>
  by.api(suspendPerson, { ...of(person), body: { reason: 'a test' } });

test('roles: who may look, who may change, and it is felt at once', async () => {
  assert.equal(await code(bob.api(listPeople)), 'forbidden');
  assert.equal(await code(role(bob, bob, 'admin')), 'forbidden');
  assert.equal((await role(alice, bob, 'moderator')).role, 'moderator');
  const seen = await bob.api(listPeople);
  assert.deepEqual(
    seen.map((person) => [person.username, person.role]),
    [
      ['dan', 'member'],
      ['carol', 'member'],
      ['bob', 'moderator'],
      ['alice', 'admin'],
    ],
  );
  assert.equal(await code(role(bob, bob, 'admin')), 'forbidden', 'roles are given by admins');
  await role(alice, bob, 'member');
  assert.equal(await code(bob.api(listPeople)), 'forbidden');
});

test('people are found by role, by state and by how their name begins, page by page', async () => {
  const names = async (query: object) =>
    (await alice.api(listPeople, { query })).map((person) => person.username);
  assert.deepEqual(await names({ role: 'admin' }), ['alice']);
  assert.deepEqual(await names({ q: 'CA' }), ['carol']);
  assert.deepEqual(await names({ q: 'c%' }).catch(() => []), []);
  assert.deepEqual(await names({ state: 'suspended' }), []);
  const first = await alice.ask(listPeople, { query: { limit: 3 } });
  const cursor = first.pagination?.next_cursor;
  assert.ok(cursor);
  assert.deepEqual(await names({ cursor }), ['alice']);
});

test('the last admin stays one, even when two leave at once', async () => {
  assert.equal(await code(role(alice, alice, 'member')), 'last_admin');
  await role(alice, bob, 'admin');
  const both = await Promise.allSettled([role(alice, bob, 'member'), role(bob, alice, 'member')]);
  assert.ok(both.filter((one) => one.status === 'fulfilled').length >= 1);
  const admins = await server.ctx.db.query<{ username: string }>(
    `select username from people where role = 'admin' order by person_id`,
  );
  assert.equal(admins.length, 1);
  const left = admins[0]?.username === 'alice' ? alice : bob;
  if (left === bob) await role(bob, alice, 'admin');
  await role(alice, bob, 'moderator');
});

test('a suspended member is gone for everyone at once, and comes back as they were', async () => {
  assert.equal((await carol.feed()).posts.length, 1);
  const line = await dan.line();
  assert.equal((await suspend(bob, dan)).state, 'suspended');
  assert.equal((await suspend(bob, dan)).state, 'suspended', 'twice is once');
  assert.equal(await within(line.closed, 'their socket closes'), CLOSE_CODES.session_ended);
  assert.equal(await code(dan.feed()), 'unauthenticated');
  const again = { body: { username: 'dan', password: PASSWORD } };
  assert.equal(await code(ask(server.url, null, login, again)), 'account_suspended');
  const wrong = { body: { username: 'dan', password: 'not this one at all' } };
  assert.equal(await code(ask(server.url, null, login, wrong)), 'invalid_credentials');
  for (const token of [carol.token, alice.token, null]) {
    const asks = (route: Parameters<typeof ask>[2], params: object) =>
      code(ask(server.url, token, route, { params } as never));
    assert.equal(await asks(getProfile, { username: 'dan' }), 'user_not_found');
    assert.equal(await asks(profileFeed, { username: 'dan' }), 'user_not_found');
    assert.equal(await asks(getPost, { post_id: post.post_id }), 'post_not_found');
  }
  assert.deepEqual((await carol.api(homeFeed)).length, 0);

  assert.equal((await bob.api(reinstatePerson, of(dan))).state, 'active');
  assert.equal((await carol.feed()).posts.length, 1);
  const { data } = await ask(server.url, null, login, again);
  assert.equal(data.user.username, 'dan');
  const [row] = await server.ctx.db.query<{ reason: string; by: string; ended: string }>(
    `select s.reason, p.username as by, e.username as ended from suspensions s
     join people p on p.person_id = s.by_id join people e on e.person_id = s.ended_by_id`,
  );
  assert.deepEqual(row, { reason: 'a test', by: 'bob', ended: 'bob' });
});

test('those who run the server cannot be suspended, and nobody else suspends', async () => {
  assert.equal(await code(suspend(bob, alice)), 'forbidden');
  assert.equal(await code(suspend(carol, dan)), 'forbidden');
  assert.equal(
    await code(bob.api(reinstatePerson, { params: { username: 'nobody' } })),
    'user_not_found',
  );
});
