import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { homeFeed } from '../../api/feed.ts';
import {
  endSession,
  listSessions,
  login,
  logout,
  refresh,
  register,
  type Session,
} from '../../api/people.ts';
import { CLOSE_CODES } from '../../api/realtime.ts';
import { cast, join, PASSWORD, Person, refusal } from '../cast.ts';
import { ask } from '../client.ts';
import { freePort } from '../free-port.ts';
import { type HeldClock, holdClock, openTestServer, type TestServer } from '../server.ts';

let server: TestServer;
let clock: HeldClock;
let alice: Person;

before(async () => {
  clock = holdClock();
  server = await openTestServer({ clock });
  ({ alice } = await cast(server.url, 'alice'));
});
after(async () => {
  alice.leave();
  await server.stop();
  const others = server.errors.filter((line) => !line.includes('has just woken up'));
  assert.deepEqual(others, []);
});

const signIn = async (username = 'alice', password = PASSWORD) =>
  (await ask(server.url, null, login, { body: { username, password } })).data;
const rotate = async (token: string | null) =>
  (await ask(server.url, null, refresh, { body: { refresh_token: token ?? '' } })).data;
const works = async (token: string) => {
  await ask(server.url, token, homeFeed);
};

/** After a jump of the clock the server makes no ids until it has renewed its lease on them; each wish asks it to. */
async function jump(ms: number): Promise<void> {
  clock.advance(ms);
  for (let tries = 0; tries < 100; tries += 1) {
    const { status } = await fetch(`${server.url}/api/v1/users/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'alice', password: PASSWORD }),
    });
    if (status === 200) return;
    assert.equal(status, 503);
  }
  assert.fail('the server does not come to terms with its clock');
}

test('logs in by username in any case and by e-mail', async () => {
  for (const name of ['alice', 'ALICE', 'alice@example.org', 'Alice@Example.org']) {
    const session = await signIn(name);
    assert.equal(session.user.username, 'alice');
    await works(session.access_token);
  }
});

test('an unknown account and a wrong password get the same answer', async () => {
  const wrong = await refusal(signIn('alice', 'not her password'));
  const unknown = await refusal(signIn('nobody', 'not her password'));
  const unknownMail = await refusal(signIn('nobody@example.org', 'not her password'));
  for (const refused of [wrong, unknown, unknownMail]) {
    assert.deepEqual([refused.status, refused.code], [401, 'invalid_credentials']);
  }
  assert.deepEqual(wrong.details, unknown.details);
});

test('an access token lasts an hour, a refresh token gives the next pair', async () => {
  const first = await signIn();
  await jump(3_600_000);
  assert.equal((await refusal(works(first.access_token))).code, 'access_token_expired');
  const second = await rotate(first.refresh_token);
  await works(second.access_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
});

test('a refresh token used twice ends the whole family, tokens and sockets', async () => {
  const session = await signIn();
  const thief = await rotate(session.refresh_token);
  const person = personOf(thief);
  const line = await person.line();
  const reused = await refusal(rotate(session.refresh_token));
  assert.deepEqual([reused.status, reused.code], [401, 'refresh_token_reused']);
  assert.equal((await refusal(works(thief.access_token))).code, 'unauthenticated');
  assert.equal((await refusal(rotate(thief.refresh_token))).code, 'refresh_token_invalid');
  assert.equal(await line.closed, CLOSE_CODES.session_ended);
});

test('of many refreshes at once with one token, at most one wins, and the family ends', async () => {
  const session = await signIn();
  const all = await Promise.allSettled(
    Array.from({ length: 8 }, () => rotate(session.refresh_token)),
  );
  const won = all.filter((one) => one.status === 'fulfilled');
  assert.ok(won.length <= 1);
  const [winner] = won;
  if (winner) assert.equal((await refusal(works(winner.value.access_token))).status, 401);
});

test('invented refresh tokens end nobody’s session', async () => {
  const session = await signIn();
  const [person, family, , signature] = (session.refresh_token ?? '').split('.');
  for (const token of [
    `${person}.${family}.0.${signature}`,
    `${person}.${family}.1.x`,
    '1.2.3.4',
    'x',
  ]) {
    assert.equal((await refusal(rotate(token))).code, 'refresh_token_invalid');
  }
  await works(session.access_token);
  await rotate(session.refresh_token);
});

test('a refresh token lasts seven days', async () => {
  const session = await signIn();
  await jump(7 * 24 * 3_600_000);
  assert.equal((await refusal(rotate(session.refresh_token))).code, 'refresh_token_invalid');
});

test('sessions are listed and ended one by one; an ended one is dead at once', async () => {
  const bob = await join(server.url, 'bob');
  const other = await signIn('bob');
  const line = await personOf(other).line();
  const list = await bob.api(listSessions);
  assert.deepEqual(list.map((one) => one.is_current).toSorted(), [false, true]);
  const theirs = list.find((one) => !one.is_current);
  assert.ok(theirs);
  const params = { session_id: theirs.session_id };
  await bob.api(endSession, { params });
  assert.equal(await line.closed, CLOSE_CODES.session_ended);
  assert.equal((await refusal(works(other.access_token))).status, 401);
  assert.equal((await refusal(bob.api(endSession, { params }))).code, 'not_found');
  assert.equal((await bob.api(listSessions)).length, 1);
  bob.leave();
});

test('nobody ends the session of somebody else', async () => {
  const dan = await join(server.url, 'dan');
  const erin = await join(server.url, 'erin');
  const [own] = await dan.api(listSessions);
  assert.ok(own);
  const params = { session_id: own.session_id };
  assert.equal((await refusal(erin.api(endSession, { params }))).code, 'not_found');
  await works(dan.token);
});

test('logging out ends the session', async () => {
  const session = await signIn();
  await ask(server.url, session.access_token, logout, { body: {} });
  assert.equal((await refusal(works(session.access_token))).status, 401);
  assert.equal((await refusal(rotate(session.refresh_token))).code, 'refresh_token_invalid');
});

test('the web app keeps its refresh token in a cookie that no script and no other site can use', async () => {
  const { data, headers } = await ask(server.url, null, register, {
    body: {
      username: 'carol',
      email: 'carol@example.org',
      password: PASSWORD,
      full_name: 'Carol',
      keep: 'cookie',
    },
  });
  assert.equal(data.refresh_token, null);
  const cookie = headers.get('set-cookie') ?? '';
  for (const word of [/HttpOnly/i, /SameSite=Strict/i, /Path=\//]) assert.match(cookie, word);
  const pair = cookie.split(';')[0] ?? '';
  const again = (more: Record<string, string>) =>
    ask(server.url, null, refresh, { body: {}, headers: { cookie: pair, ...more } });
  for (const foreign of [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
  ]) {
    assert.equal((await refusal(again(foreign))).code, 'origin_refused');
  }
  const { headers: next } = await again({ 'sec-fetch-site': 'same-origin' });
  assert.notEqual(next.get('set-cookie')?.split(';')[0], pair);
  const reused = await refusal(again({ origin: server.url }));
  assert.equal(reused.code, 'refresh_token_reused');
  assert.match(reused.headers.get('set-cookie') ?? '', /=;/, 'the dead cookie is taken away');
});

test('over HTTPS the cookie is Secure and carries the __Host- prefix', async () => {
  const port = await freePort();
  const settings = { PUBLIC_URL: 'https://photos.example.org', PORT: String(port) };
  const safe = await openTestServer({ settings });
  const body = {
    username: 'alice',
    email: 'alice@example.org',
    password: PASSWORD,
    full_name: 'Alice',
    keep: 'cookie' as const,
  };
  const { headers } = await ask(`http://127.0.0.1:${port}`, null, register, { body });
  assert.match(headers.get('set-cookie') ?? '', /^__Host-[\w-]+=.*; Secure/i);
  assert.match(headers.get('strict-transport-security') ?? '', /max-age=\d{8}/);
  await safe.stop();
});

const personOf = (session: Session) => new Person(server.url, session);

test('a request that was under way when its session ended does not bring the session back', async () => {
  const victim = await join(server.url, 'victim');
  const { db } = server.ctx;
  const { query } = db;
  // Its look at the session comes before the end, its answer after it.
  const slow: typeof query = async (...args) => {
    const rows = await query.apply(db, args);
    if (!args[0].includes('from sessions s join people')) return rows as never;
    db.query = query;
    await ask(server.url, null, logout, {
      body: { refresh_token: victim.session.refresh_token ?? '' },
    });
    return rows as never;
  };
  db.query = slow;
  await works(victim.token).catch((error) => assert.equal(error.code, 'unauthenticated'));
  assert.equal(db.query, query, 'the session was looked up');
  assert.equal((await refusal(works(victim.token))).code, 'unauthenticated');
});
