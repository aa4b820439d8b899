import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  cancelEmailChange,
  changeEmail,
  changePassword,
  endOtherSessions,
  forgotPassword,
  getAccount,
  resendMail,
  resetPassword,
  verifyEmail,
} from '../../api/accounts.ts';
import { homeFeed } from '../../api/feed.ts';
import { listSessions, login, refresh, register } from '../../api/people.ts';
import { CLOSE_CODES } from '../../api/realtime.ts';
import { sweepAccountMails } from '../../server/features/accounts/mails/sweep.ts';
import { startReset } from '../../server/features/accounts/reset-password.ts';
import { Problem } from '../../server/kernel/problem.ts';
import { join, PASSWORD, Person, refusal } from '../cast.ts';
import { ask } from '../client.ts';
import type { Line } from '../line.ts';
import { linkIn, type Mailbox, openMailbox, tokenIn } from '../mailbox.ts';
import { type HeldClock, holdClock, openTestServer, type TestServer } from '../server.ts';
import { until, within } from '../within.ts';

const SITE = 'https://photos.example.org';
const OTHER = 'seven lamps under a bridge';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let server: TestServer;
let clock: HeldClock;
let box: Mailbox;

before(async () => {
  box = await openMailbox();
  clock = holdClock();
  server = await openTestServer({ clock, settings: { MAIL_URL: box.url, PUBLIC_URL: SITE } });
});
after(async () => {
  await server.stop();
  await box.close();
  const others = server.errors.filter((line) => !line.includes('has just woken up'));
  assert.deepEqual(others, []);
});

const mailOf = (username: string) => `${username}@example.org`;
const signIn = async (username: string, password = PASSWORD) =>
  new Person(
    server.url,
    (await ask(server.url, null, login, { body: { username, password } })).data,
  );
const follow = async (token: string) =>
  (await ask(server.url, null, verifyEmail, { body: { token } })).data.state;
const forget = (email: string) => ask(server.url, null, forgotPassword, { body: { email } });
const reset = (token: string, password = OTHER) =>
  ask(server.url, null, resetPassword, { body: { token, password } });
const works = (person: Person) => person.api(homeFeed);
const closedWith = (line: Line) => within(line.closed, 'the socket closes');
const code = async (work: Promise<unknown>) => (await refusal(work)).code;

/** Someone who has got the mail that greets them, and followed its link when told. */
async function newcomer(username: string, verified = false): Promise<Person> {
  const person = await join(server.url, username);
  const token = tokenIn(await box.next(mailOf(username)));
  if (verified) assert.equal(await follow(token), 'verified');
  return person;
}

/** Time passes. The server makes no ids until it has renewed its lease on them; each try asks it to. */
async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  const { ids, db } = server.ctx;
  await until(async () => {
    await db.query('select 1');
    try {
      return ids.next() !== '';
    } catch (error) {
      assert.ok(error instanceof Problem, String(error));
      return false;
    }
  }, 'the server comes to terms with its clock');
}

/** Once every job that could send a mail has run: so none is on its way any more. */
async function allSent(): Promise<void> {
  await until(async () => {
    const jobs = await server.ctx.db.query(
      `select id from graphile_worker.jobs
       where task_identifier in ('start_reset', 'send_account_mail') and attempts < max_attempts`,
    );
    return jobs.length === 0;
  }, 'no mail is waiting');
}

test('a new address gets one mail, whose link verifies it, again and again', async () => {
  const ada = await join(server.url, 'ada');
  assert.deepEqual(await ada.api(getAccount), {
    user_id: ada.id,
    username: 'ada',
    email: mailOf('ada'),
    email_verified: false,
    email_change: null,
    created_at: clock.now().toISOString(),
  });
  const mail = await box.next(mailOf('ada'));
  assert.equal(mail.headers.get('subject'), 'Confirm your e-mail address');
  assert.equal(mail.headers.get('from'), 'Aperto <no-reply@photos.example.org>');
  const link = linkIn(mail);
  assert.equal(link.origin + link.pathname, `${SITE}/verify-email`);
  assert.match(mail.text, /^Hello ada,/);
  assert.doesNotMatch(mail.html, /<img|<script|src=/);
  assert.equal(await follow(tokenIn(mail)), 'verified');
  assert.equal(await follow(tokenIn(mail)), 'verified');
  assert.equal((await ada.api(getAccount)).email_verified, true);
});

test('opening the link does nothing: it is a page, and only a POST verifies', async () => {
  const gil = await join(server.url, 'gil');
  const link = linkIn(await box.next(mailOf('gil')));
  for (const method of ['GET', 'HEAD']) {
    const page = await fetch(server.url + link.pathname + link.search, { method });
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type') ?? '', /html/);
  }
  assert.equal((await gil.api(getAccount)).email_verified, false);
});

test('tokens that are wrong, late, for something else or for someone else do nothing', async () => {
  const [ben, cleo] = [await join(server.url, 'ben'), await join(server.url, 'cleo')];
  const [forBen, forCleo] = [
    tokenIn(await box.next(mailOf('ben'))),
    tokenIn(await box.next(mailOf('cleo'))),
  ];
  const [person = '', mail = '', signature = ''] = forBen.split('.');
  const [, cleosMail = '', cleosSignature = ''] = forCleo.split('.');
  for (const token of [
    'x',
    '...',
    `${person}.${mail}`,
    `${person}.${mail}.`,
    `${person}.${mail}.${signature}x`,
    `${person}.${mail}.${cleosSignature}`,
    `${person}.${cleosMail}.${signature}`,
    `${person}.${cleosMail}.${cleosSignature}`,
    `${cleo.id}.${mail}.${signature}`,
    `${person}.${mail}.${signature}.${signature}`,
    `0${forBen}`,
  ]) {
    const refused = await refusal(follow(token));
    assert.deepEqual([refused.status, refused.code], [410, 'token_invalid'], token);
  }
  assert.equal(await code(reset(forBen)), 'token_invalid', 'one that verifies sets no password');
  await pass(72 * HOUR);
  assert.equal(await code(follow(forBen)), 'token_invalid');
  const again = await signIn('ben');
  assert.equal((await again.api(getAccount)).email_verified, false);
  await again.api(resendMail);
  assert.equal(await follow(tokenIn(await box.next(mailOf('ben')))), 'verified');
  ben.leave();
});

test('asked for again, at most one mail a minute and five an hour go out; nobody is told', async () => {
  const dot = await newcomer('dot');
  await dot.api(resendMail);
  await dot.api(resendMail);
  for (let count = 0; count < 8; count += 1) {
    await pass(MINUTE + 1);
    await Promise.all([dot.api(resendMail), dot.api(resendMail)]);
  }
  await allSent();
  const got = box.waiting.filter((mail) => mail.to === mailOf('dot'));
  assert.equal(got.length, 4, 'five with the first one');
  for (const mail of got) await box.next(mail.to);
});

test('a forgotten password: the link works once, for an hour, and ends every session at once', async () => {
  const eve = await newcomer('eve');
  const phone = await signIn('eve');
  const lines = [await eve.line(), await phone.line()];
  await forget('Eve@Example.ORG');
  const mail = await box.next(mailOf('eve'));
  assert.equal(`${SITE}/reset-password`, linkIn(mail).origin + linkIn(mail).pathname);
  const token = tokenIn(mail);
  const weak = await refusal(reset(token, 'Sunshine2024!'));
  assert.deepEqual([weak.code, weak.fields], ['validation_failed', ['body.password']]);
  await reset(token);
  const began = performance.now();
  for (const line of lines) assert.equal(await closedWith(line), CLOSE_CODES.session_ended);
  assert.ok(performance.now() - began < 1000, 'sockets end within a second');
  for (const session of [eve, phone]) {
    assert.equal(await code(works(session)), 'unauthenticated');
    const refresh_token = session.session.refresh_token ?? '';
    const rotated = ask(server.url, null, refresh, { body: { refresh_token } });
    assert.equal(await code(rotated), 'refresh_token_invalid');
  }
  assert.equal(await code(signIn('eve')), 'invalid_credentials');
  assert.equal(await code(reset(token)), 'token_invalid', 'a second time');
  assert.equal(await code(follow(token)), 'token_invalid', 'for something else');
  const back = await signIn('eve', OTHER);
  assert.equal((await back.api(getAccount)).email_verified, true, 'who reads mail there owns it');
  const notice = await box.next(mailOf('eve'));
  assert.equal(notice.headers.get('subject'), 'Your password was changed');
  assert.equal(tokenIn(notice), '');
});

test('a link to reset is dead after an hour, after a newer one, and after the password was changed', async () => {
  const finn = await newcomer('finn');
  const ask1 = async () => {
    await forget(mailOf('finn'));
    return tokenIn(await box.next(mailOf('finn')));
  };
  const first = await ask1();
  await pass(HOUR);
  assert.equal(await code(reset(first)), 'token_invalid');
  const second = await ask1();
  await pass(MINUTE + 1);
  const third = await ask1();
  assert.equal(await code(reset(second)), 'token_invalid');
  const finnAgain = await signIn('finn');
  const body = { current_password: PASSWORD, new_password: OTHER };
  await finnAgain.api(changePassword, { body });
  assert.equal(await code(reset(third)), 'token_invalid');
  await box.next(mailOf('finn'));
  await signIn('finn', OTHER);
  finn.leave();
});

test('whether there is an account, neither the answer nor what is done for it tells', async () => {
  await newcomer('gus');
  const answers = [];
  for (const email of [mailOf('gus'), 'nobody@example.org', mailOf('gus'), 'none@example.org']) {
    const statements: string[] = [];
    const { db } = server.ctx;
    const { query } = db;
    const watched: typeof query = (...args) => {
      if (!args[0].includes('id_leases')) statements.push(args[0]);
      return query.apply(db, args) as Promise<never>;
    };
    db.query = watched;
    const answer = await forget(email).finally(() => Object.assign(db, { query }));
    const mine = statements.filter((text) => text.includes('add_job'));
    answers.push({ status: answer.status, data: answer.data, mine });
  }
  const [one, ...others] = answers;
  for (const other of others) assert.deepEqual(other, one);
  await allSent();
  await box.next(mailOf('gus'));
  const more = box.waiting.filter((mail) => /^(gus|nobody|none)@/.test(mail.to));
  assert.deepEqual(more, [], 'one mail, although asked for twice');
});

test('of two resets at once with one token, one wins', async () => {
  await newcomer('hal');
  for (let round = 0; round < 4; round += 1) {
    await pass(13 * MINUTE);
    await forget(mailOf('hal'));
    const mail = await box.next(mailOf('hal'));
    // The notices about changed passwords come in between.
    const token = tokenIn(mail) || tokenIn(await box.next(mailOf('hal')));
    const wishes = [`wish one of round ${round}`, `wish two of round ${round}`];
    const all = await Promise.allSettled(wishes.map((wish) => reset(token, wish)));
    const won = all.map((one) => one.status === 'fulfilled');
    assert.equal(won.filter(Boolean).length, 1);
    for (const [index, wish] of wishes.entries()) {
      if (won[index]) await signIn('hal', wish);
      else assert.equal(await code(signIn('hal', wish)), 'invalid_credentials');
    }
    await allSent();
    while (box.waiting.some((one) => one.to === mailOf('hal'))) await box.next(mailOf('hal'));
  }
});

test('a log-in that was under way with the old password does not outlive a reset', async () => {
  await newcomer('ida');
  await forget(mailOf('ida'));
  const token = tokenIn(await box.next(mailOf('ida')));
  const { db } = server.ctx;
  const { query } = db;
  // It looks the password up before the reset, and opens its session after it.
  const slow: typeof query = async (...args) => {
    const rows = await query.apply(db, args);
    if (!args[0].includes('from credentials')) return rows as never;
    db.query = query;
    await reset(token);
    return rows as never;
  };
  db.query = slow;
  assert.equal(await code(signIn('ida')), 'invalid_credentials');
  assert.equal(db.query, query);
});

test('a changed password ends every session but the one that changed it', async () => {
  const jo = await newcomer('jo');
  const phone = await signIn('jo');
  const line = await phone.line();
  const change = (current_password: string, new_password: string) =>
    jo.api(changePassword, { body: { current_password, new_password } });
  const wrong = await refusal(change('not hers at all', OTHER));
  assert.deepEqual([wrong.status, wrong.code], [403, 'password_wrong']);
  for (const weak of [PASSWORD, 'jo1234567890', 'password2024', 'aaaaaaaaaa']) {
    const refused = await refusal(change(PASSWORD, weak));
    assert.deepEqual(refused.fields, ['body.new_password'], weak);
  }
  await works(phone);
  await change(PASSWORD, OTHER);
  await works(jo);
  assert.equal(await closedWith(line), CLOSE_CODES.session_ended);
  assert.equal(await code(works(phone)), 'unauthenticated');
  assert.equal(await code(signIn('jo')), 'invalid_credentials');
  await signIn('jo', OTHER);
  const notice = await box.next(mailOf('jo'));
  assert.equal(notice.headers.get('subject'), 'Your password was changed');
});

test('of two changes of password at once, one wins', async () => {
  const kay = await newcomer('kay');
  const wishes = ['four boats on a river', 'five boats on a river'];
  const all = await Promise.allSettled(
    wishes.map((new_password) =>
      kay.api(changePassword, { body: { current_password: PASSWORD, new_password } }),
    ),
  );
  const won = all.map((one) => one.status === 'fulfilled');
  assert.equal(won.filter(Boolean).length, 1);
  await signIn('kay', wishes[won.indexOf(true)]);
  assert.equal(await code(signIn('kay', wishes[won.indexOf(false)])), 'invalid_credentials');
  await box.next(mailOf('kay'));
});

test('all other sessions at once', async () => {
  const lou = await newcomer('lou');
  const others = [await signIn('lou'), await signIn('lou')];
  const line = await (others[0] ?? lou).line();
  assert.deepEqual(await lou.api(endOtherSessions), { ended: 2 });
  assert.deepEqual(await lou.api(endOtherSessions), { ended: 0 });
  assert.equal(await closedWith(line), CLOSE_CODES.session_ended);
  for (const other of others) assert.equal(await code(works(other)), 'unauthenticated');
  assert.equal((await lou.api(listSessions)).length, 1);
});

test('a changed address is in use when both have agreed, in either order', async () => {
  for (const [name, order] of [
    ['mia', ['old', 'new']],
    ['max', ['new', 'old']],
  ] as const) {
    const person = await newcomer(name, true);
    const email = `${name}.new@example.org`;
    const wrong = await refusal(person.api(changeEmail, { body: { email, password: 'no' } }));
    assert.deepEqual([wrong.status, wrong.code], [403, 'password_wrong']);
    const asked = await person.api(changeEmail, { body: { email, password: PASSWORD } });
    assert.deepEqual(
      [asked.email, asked.email_change?.email, asked.email_change?.confirmed_by_old],
      [mailOf(name), email, false],
    );
    const mails = { old: await box.next(mailOf(name)), new: await box.next(email) };
    assert.match(mails.old.text, new RegExp(email), 'the old address hears which it is to be');
    assert.doesNotMatch(mails.new.text, new RegExp(mailOf(name)));
    const [first, second] = order;
    const waits = `waiting_for_${second}`;
    assert.equal(await follow(tokenIn(mails[first])), waits);
    assert.equal(await follow(tokenIn(mails[first])), waits, 'twice the same counts once');
    const half = await person.api(getAccount);
    assert.equal(half.email, mailOf(name));
    assert.equal(half.email_change?.confirmed_by_old, first === 'old');
    assert.equal(half.email_change?.confirmed_by_new, first === 'new');
    assert.equal(await follow(tokenIn(mails[second])), 'changed');
    assert.equal(await follow(tokenIn(mails[first])), 'changed');
    const done = await person.api(getAccount);
    assert.deepEqual([done.email, done.email_verified, done.email_change], [email, true, null]);
    await signIn(email);
    assert.equal(await code(signIn(mailOf(name))), 'invalid_credentials');
    // The old one is free for somebody else.
    await join(server.url, `${name}2`).catch(() => assert.fail('a name is free'));
    await box.next(mailOf(`${name}2`));
  }
});

test('who never verified the old address needs only the new one, and the old one hears of it', async () => {
  const nan = await newcomer('nan');
  const email = 'nan.right@example.org';
  const asked = await nan.api(changeEmail, { body: { email, password: PASSWORD } });
  assert.equal(asked.email_change?.confirmed_by_old, true);
  const notice = await box.next(mailOf('nan'));
  assert.match(notice.text, /nan\.right@example\.org/);
  assert.doesNotMatch(notice.text, /token=/);
  assert.equal(await follow(tokenIn(await box.next(email))), 'changed');
});

test('a newer wish takes the place of an older one; taken back, its links are dead', async () => {
  const oli = await newcomer('oli', true);
  const wish = (email: string) => oli.api(changeEmail, { body: { email, password: PASSWORD } });
  await wish('oli.1@example.org');
  const olds = [tokenIn(await box.next(mailOf('oli')))];
  const news = [tokenIn(await box.next('oli.1@example.org'))];
  await pass(MINUTE + 1);
  await wish('oli.2@example.org');
  olds.push(tokenIn(await box.next(mailOf('oli'))));
  news.push(tokenIn(await box.next('oli.2@example.org')));
  assert.equal(await code(follow(olds[0] ?? '')), 'token_invalid');
  assert.equal(await code(follow(news[0] ?? '')), 'token_invalid');
  assert.equal((await oli.api(cancelEmailChange)).email_change, null);
  assert.equal((await oli.api(cancelEmailChange)).email_change, null, 'nothing to take back');
  assert.equal(await code(follow(olds[1] ?? '')), 'token_invalid');
  assert.equal((await oli.api(getAccount)).email, mailOf('oli'));
  await pass(MINUTE + 1);
  await wish('oli.3@example.org');
  const late = tokenIn(await box.next('oli.3@example.org'));
  const agreed = tokenIn(await box.next(mailOf('oli')));
  assert.equal(await follow(agreed), 'waiting_for_new');
  await pass(24 * HOUR);
  assert.equal(await code(follow(late)), 'token_invalid');
  const again = await signIn('oli');
  assert.equal((await again.api(getAccount)).email_change, null, 'its day is over');
});

test('an address that is taken, before or in between, is not changed to', async () => {
  const [pam, quin] = [await newcomer('pam', true), await newcomer('quin', true)];
  const wish = (person: Person, email: string) =>
    person.api(changeEmail, { body: { email, password: PASSWORD } });
  assert.equal(await code(wish(pam, mailOf('quin'))), 'email_taken');
  assert.equal(await code(wish(pam, 'QUIN@example.org')), 'email_taken');
  assert.deepEqual((await refusal(wish(pam, 'Pam@example.org'))).fields, ['body.email']);
  const email = 'prize@example.org';
  await Promise.all([wish(pam, email), wish(quin, email)]);
  for (const name of ['pam', 'quin']) {
    assert.equal(await follow(tokenIn(await box.next(mailOf(name)))), 'waiting_for_new');
  }
  const tokens = [tokenIn(await box.next(email)), tokenIn(await box.next(email))];
  const all = await Promise.allSettled(tokens.map(follow));
  assert.equal(all.filter((one) => one.status === 'fulfilled').length, 1);
  const lost = all.find((one) => one.status === 'rejected');
  assert.equal(lost?.reason.code, 'email_taken');
  const accounts = await Promise.all([pam.api(getAccount), quin.api(getAccount)]);
  assert.equal(accounts.filter((account) => account.email === email).length, 1);
  const body = { username: 'rex', email, password: PASSWORD, full_name: 'Rex' };
  assert.equal(await code(ask(server.url, null, register, { body })), 'email_taken');
});

test('a link to reset that lies in the old mailbox is dead once the address has changed', async () => {
  const sam = await newcomer('sam', true);
  await forget(mailOf('sam'));
  const link = tokenIn(await box.next(mailOf('sam')));
  await sam.api(changeEmail, { body: { email: 'sam.new@example.org', password: PASSWORD } });
  await follow(tokenIn(await box.next(mailOf('sam'))));
  await follow(tokenIn(await box.next('sam.new@example.org')));
  assert.equal(await code(reset(link)), 'token_invalid');
  await startReset(server.ctx, 'ab'.repeat(32));
});

test('a suspended person hears so after the right password only, and is out everywhere', async () => {
  const tia = await newcomer('tia');
  const other = await signIn('tia');
  await server.ctx.db.query("update people set state = 'suspended' where person_id = $1", [tia.id]);
  const refused = await refusal(signIn('tia'));
  assert.deepEqual([refused.status, refused.code], [403, 'account_suspended']);
  assert.equal(await code(signIn('tia', 'not her password')), 'invalid_credentials');
  const refresh_token = tia.session.refresh_token ?? '';
  const rotate = () => ask(server.url, null, refresh, { body: { refresh_token } });
  assert.equal(await code(rotate()), 'account_suspended');
  await pass(31_000);
  assert.equal(await code(works(other)), 'unauthenticated');
  await server.ctx.db.query("update people set state = 'active' where person_id = $1", [tia.id]);
  await rotate();
  await server.ctx.db.query("update people set state = 'deleted' where person_id = $1", [tia.id]);
  assert.equal(await code(signIn('tia')), 'invalid_credentials');
});

test('nothing in the database is a token, and what is over is forgotten', async () => {
  await newcomer('uma', true);
  await forget(mailOf('uma'));
  const token = tokenIn(await box.next(mailOf('uma')));
  const secret = token.split('.')[2] ?? '';
  assert.ok(secret.length >= 40);
  for (const table of ['account_mails', 'email_changes', 'graphile_worker._private_jobs']) {
    const rows = await server.ctx.db.query<{ text: string }>(
      `select t::text as text from ${table} t order by 1`,
    );
    const text = rows.map((row) => row.text).join('\n');
    assert.ok(!text.includes(secret) && !text.includes('uma@example.org'), table);
    assert.ok(!text.includes(Buffer.from(secret).toString('hex')), table);
  }
  await allSent();
  await pass(80 * HOUR);
  await sweepAccountMails(server.ctx);
  for (const table of ['account_mails', 'email_changes']) {
    assert.deepEqual(await server.ctx.db.query(`select person_id from ${table} limit 1`), []);
  }
});
