import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { login, register } from '../../api/people.ts';
import type { BodyOf } from '../../api/route.ts';
import { cast, join, PASSWORD, refusal } from '../cast.ts';
import { ask, type Refused } from '../client.ts';
import { openTestServer, type TestServer } from '../server.ts';

let server: TestServer;

before(async () => {
  server = await openTestServer();
  await cast(server.url, 'alice');
});
after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const right = {
  username: 'dave',
  email: 'dave@example.org',
  password: PASSWORD,
  full_name: 'Dave',
} as const;

function refused(change: Partial<BodyOf<typeof register>>): Promise<Refused> {
  return refusal(ask(server.url, null, register, { body: { ...right, ...change } }));
}

test('usernames that cannot be are refused, each with what to change', async () => {
  const cases: [username: string, says: RegExp][] = [
    ['a b', /spaces/],
    [' dave', /spaces/],
    ['dave\n', /spaces/],
    ['Dave', /small letters/],
    ['dävé', /letters \(a–z\)/],
    ['.dave', /point/],
    ['dave.', /point/],
    ['da..ve', /two points/],
    ['da-ve', /letters/],
    ['<b>', /letters/],
    ['admin', /reserved/],
    ['api', /reserved/],
    ['login', /reserved/],
    ['everyone', /reserved/],
    ['x'.repeat(31), /at most 30/],
    ['', /at least 1/],
    ['dаve', /letters \(a–z\)/], // Cyrillic а
  ];
  for (const [username, says] of cases) {
    const error = await refused({ username });
    assert.equal(error.code, 'validation_failed', username);
    assert.deepEqual(error.fields, ['body.username'], username);
    assert.match(error.details.fields?.[0]?.message ?? '', says, username);
  }
});

test('a taken username is 409, whoever is faster; so is a taken address in any spelling', async () => {
  const other = { email: 'other@example.org' };
  assert.equal((await refused({ ...other, username: 'alice' })).code, 'username_taken');
  for (const email of ['alice@example.org', 'ALICE@EXAMPLE.ORG', 'Alice@Example.org']) {
    assert.equal((await refused({ email })).code, 'email_taken', email);
  }
  const all = await Promise.allSettled(
    Array.from({ length: 8 }, (_, index) =>
      ask(server.url, null, register, {
        body: { ...right, username: 'racer', email: `racer${index}@example.org` },
      }),
    ),
  );
  const codes = all.map((one) => (one.status === 'fulfilled' ? 'made' : one.reason.code)).sort();
  assert.deepEqual(codes, ['made', ...Array(7).fill('username_taken')]);
  // Nothing of the seven that lost remains: their addresses are free.
  const free = all.findIndex((one) => one.status === 'rejected');
  const body = { ...right, username: 'second', email: `racer${free}@example.org` };
  assert.equal((await ask(server.url, null, register, { body })).status, 201);
});

test('weak passwords and wrong addresses are refused', async () => {
  const passwords = [
    'short7!',
    'password123',
    'PASSWORD123',
    '1234567890',
    'aaaaaaaaaaaa',
    'abababababab',
    'my name is dave',
    'qwertyuiop',
    'x'.repeat(201),
  ];
  for (const password of passwords) {
    const error = await refused({ password });
    assert.deepEqual(
      [error.code, error.fields],
      ['validation_failed', ['body.password']],
      password,
    );
    assert.ok(
      !error.message.includes(password) && !JSON.stringify(error.details).includes(password),
    );
  }
  for (const email of [
    'dave',
    'dave@',
    '@example.org',
    'a b@example.org',
    'a@b@c',
    '',
    'a\n@b.c',
  ]) {
    const error = await refused({ email });
    assert.deepEqual([error.code, error.fields], ['validation_failed', ['body.email']], email);
  }
  assert.deepEqual((await refused({ full_name: '   ' })).fields, ['body.full_name']);
  const all = await refused({ username: 'a b', password: 'aaaaaaaaaaaa', full_name: ' ' });
  assert.deepEqual(all.fields, ['body.full_name', 'body.password', 'body.username'], 'all at once');
});

test('after all that, the right ones are taken as they are', async () => {
  const erin = await join(server.url, 'erin_99.x');
  assert.equal(erin.session.user.username, 'erin_99.x');
  const names = ['Zoë 🦦 Łukasz', '李小龍', "O'Brien <b>"];
  for (const [index, full_name] of names.entries()) {
    const username = `name${index}`;
    const body = { ...right, username, email: `${username}@example.org`, full_name };
    const { data } = await ask(server.url, null, register, { body });
    assert.equal(data.user.full_name, full_name);
  }
  const password = 'пароль с пробелами 🔑';
  const body = { ...right, username: 'frank', email: 'frank@example.org', password };
  await ask(server.url, null, register, { body });
  const { data } = await ask(server.url, null, login, { body: { username: 'frank', password } });
  assert.equal(data.user.username, 'frank');
});
