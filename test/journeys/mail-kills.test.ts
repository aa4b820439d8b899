import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, before, test } from 'node:test';
import { forgotPassword, getAccount, resetPassword, verifyEmail } from '../../api/accounts.ts';
import { listDeadJobs } from '../../api/admin.ts';
import { login } from '../../api/people.ts';
import { join, PASSWORD, Person, refusal } from '../cast.ts';
import { ask } from '../client.ts';
import { freePort } from '../free-port.ts';
import { type Mailbox, openMailbox, tokenIn } from '../mailbox.ts';
import { killSpawned, type SpawnedServer, spawnServer } from '../server.ts';

let dataDir: string;
let box: Mailbox;
let server: SpawnedServer;
let ann: Person;
/** What the mail server waits for before it says yes. */
let gate = Promise.resolve();
let port: number;

before(async () => {
  dataDir = await mkdtemp(joinPath(tmpdir(), 'aperto-mail-kills-'));
  box = await openMailbox({}, () => gate);
  port = await freePort();
});
after(async () => {
  const code = await server.end('SIGTERM');
  killSpawned();
  await box.close();
  assert.equal(code, 0);
  await rm(dataDir, { recursive: true });
});

async function start(): Promise<void> {
  const settings = {
    PORT: String(port),
    PUBLIC_URL: `http://localhost:${port}`,
    MAIL_URL: box.url,
  };
  server = await spawnServer({ dataDir, settings });
}

async function kill(): Promise<void> {
  assert.equal(await server.end('SIGKILL'), 'SIGKILL');
}

const follow = (token: string) => ask(server.url, null, verifyEmail, { body: { token } });

test('without MAIL_URL the mail and its link stand in the log', async () => {
  server = await spawnServer({ dataDir, settings: { LOG_LEVEL: 'warn' } });
  const said = server.says('/verify-email?token=');
  ann = await join(server.url, 'ann');
  await said;
  const token = /\/verify-email\?token=([\w.-]+)/.exec(server.output())?.[1] ?? '';
  assert.equal((await follow(token)).data.state, 'verified');
  assert.equal((await ann.api(getAccount)).email_verified, true);
  assert.equal(await server.end('SIGTERM'), 0);
});

test('killed after the mail server has the mail and before it said yes: the same mail again, one token', async () => {
  await start();
  const held = Promise.withResolvers<void>();
  gate = held.promise;
  await join(server.url, 'bea');
  const first = await box.next('bea@example.org');
  await kill();
  gate = Promise.resolve();
  held.resolve();
  await start();
  const second = await box.next('bea@example.org');
  assert.equal(first.headers.get('message-id'), second.headers.get('message-id'));
  assert.equal(tokenIn(first), tokenIn(second));
  assert.equal((await follow(tokenIn(second))).data.state, 'verified');
});

test('killed as soon as a wish for a new password is answered: the mail comes, its token works once', async () => {
  for (let round = 0; round < 2; round += 1) {
    const username = `cal${round}`;
    await join(server.url, username);
    const email = `${username}@example.org`;
    await box.next(email);
    await ask(server.url, null, forgotPassword, { body: { email } });
    await kill();
    await start();
    const token = tokenIn(await box.next(email));
    const password = 'nine doors to the garden';
    const reset = () => ask(server.url, null, resetPassword, { body: { token, password } });
    await reset();
    assert.equal((await refusal(reset())).code, 'token_invalid');
    await ask(server.url, null, login, { body: { username, password } });
    await box.next(email);
  }
});

test('a mail server that was away gets the mail when it is back; nothing of it is dead', async () => {
  await box.close();
  const { url } = box;
  const failed = server.says('the mail was not sent');
  await join(server.url, 'dan');
  await failed;
  box = await openMailbox({}, async () => {}, Number(new URL(url).port));
  assert.equal((await follow(tokenIn(await box.next('dan@example.org')))).data.state, 'verified');
  const { data } = await ask(server.url, null, login, {
    body: { username: 'ann', password: PASSWORD },
  });
  // The first of this server, so its admin.
  assert.deepEqual(await new Person(server.url, data).api(listDeadJobs), []);
});
