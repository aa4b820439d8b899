import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { getAccount } from '../../api/accounts.ts';
import { login } from '../../api/people.ts';
import { join, PASSWORD, type Person, refusal } from '../cast.ts';
import { ask } from '../client.ts';
import { freePort } from '../free-port.ts';
import { linkIn, type Mailbox, openMailbox } from '../mailbox.ts';
import { within } from '../within.ts';
import { examine } from './examine.ts';
import { DESK, gone, openSite, PHONE, type Site, see } from './site.ts';

const OTHER = 'seven lamps under a bridge';
const looks = [
  { colorScheme: 'light', viewport: PHONE, reducedMotion: 'reduce' },
  { colorScheme: 'dark', viewport: DESK, reducedMotion: 'reduce' },
] as const;

let site: Site;
let box: Mailbox;

before(async () => {
  box = await openMailbox();
  const port = await freePort();
  const settings = {
    MAIL_URL: box.url,
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
  };
  site = await openSite({ settings });
});
after(async () => {
  await site.close();
  await box.close();
});
afterEach(() => site.leave());

const mailOf = (username: string) => `${username}@example.org`;
const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { name, level: 1 });
const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true });
const linkTo = async (email: string) => linkIn(await box.next(email)).href;

/** Someone with an account, and the link of the mail that greets them. */
async function newcomer(username: string): Promise<{ person: Person; link: string }> {
  const person = await join(site.url, username);
  return { person, link: await linkTo(mailOf(username)) };
}

async function logsIn(username: string, password: string): Promise<boolean> {
  try {
    await ask(site.url, null, login, { body: { username, password } });
    return true;
  } catch (error) {
    assert.equal((await refusal(Promise.reject(error))).code, 'invalid_credentials');
    return false;
  }
}

for (const look of looks) {
  const tag = look.colorScheme;

  test(`signs up, is told kindly that the address waits, and confirms it, ${tag}`, async () => {
    const name = `nia_${tag}`;
    const page = await site.visit({ ...look, at: '/sign-up' });
    await page.getByLabel('E-mail address').fill(mailOf(name));
    await page.getByLabel('Name', { exact: true }).fill('Nia');
    await page.getByLabel('Username').fill(name);
    await page.getByLabel('Password', { exact: true }).fill('password1234');
    await button(page, 'Sign up').click();
    await see(page.getByText(/tried first/));
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await button(page, 'Sign up').click();
    await see(page.getByRole('heading', { name: 'Your feed is empty so far' }));
    await page.goto('/settings/account');
    await see(page.getByText(`the link that we sent to ${mailOf(name)}`, { exact: false }));
    await examine(page, 'an address that waits');
    await button(page, 'Send it again').click();
    await see(page.getByText('It is on its way.', { exact: false }));

    const link = await linkTo(mailOf(name));
    await page.goto(link);
    await see(heading(page, 'Confirm this address'));
    await examine(page, 'a link to confirm, signed in');
    await button(page, 'Confirm').click();
    await see(heading(page, 'Your address is confirmed'));
    await examine(page, 'confirmed');
    await page.getByRole('link', { name: 'Go to your account' }).click();
    await see(page.getByText('Confirmed', { exact: true }));
    await examine(page, 'a confirmed address');
  });

  test(`forgot the password, sets another one, and logs in with it, ${tag}`, async () => {
    const name = `otto_${tag}`;
    const { person } = await newcomer(name);
    const line = await person.line();
    const page = await site.visit({ ...look, at: '/log-in' });
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await see(heading(page, 'Set a new password'));
    await examine(page, 'forgot');
    const field = page.getByLabel('E-mail address');
    await field.fill('not an address');
    await button(page, 'Send the link').click();
    await see(page.getByText('must be a valid e-mail address'));
    await field.fill(mailOf(name));
    await button(page, 'Send the link').click();
    await see(heading(page, 'Look into your mailbox'));
    assert.ok(
      await heading(page, 'Look into your mailbox').evaluate((h) => h === document.activeElement),
    );
    await examine(page, 'forgot, sent');

    const link = await linkTo(mailOf(name));
    await page.goto(link);
    await see(heading(page, 'Choose a new password'));
    await examine(page, 'reset');
    await page.getByLabel('New password').fill(`${name} is me`);
    await button(page, 'Set the password').click();
    await see(page.getByText('must not contain your username'));
    await examine(page, 'reset, refused');
    await page.getByLabel('New password').fill(OTHER);
    await button(page, 'Set the password').click();
    await see(heading(page, 'Your password is changed'));
    assert.ok(!page.url().includes('token'));
    await examine(page, 'reset, done');
    await within(line.closed, 'the socket closes');

    await page.goto(link);
    await page.getByLabel('New password').fill('eight lamps under a bridge');
    await button(page, 'Set the password').click();
    await see(heading(page, 'This link does not work any more'));
    await examine(page, 'reset, dead');
    await page.goto('/log-in');
    await page.getByLabel('Username or e-mail address').fill(mailOf(name));
    await page.getByLabel('Password', { exact: true }).fill(OTHER);
    await button(page, 'Log in').click();
    await see(page.getByRole('heading', { name: 'Your feed is empty so far' }));
  });

  test(`changes the address, agreed to by both, ${tag}`, async () => {
    const name = `pia_${tag}`;
    const { person, link } = await newcomer(name);
    const stranger = await site.visit({ ...look, at: link });
    await see(heading(stranger, 'Confirm this address'));
    assert.equal((await person.api(getAccount)).email_verified, false, 'nothing by looking');
    await button(stranger, 'Confirm').click();
    await see(heading(stranger, 'Your address is confirmed'));
    await examine(stranger, 'confirmed, not signed in');

    const page = await site.visit({ ...look, as: person, at: '/settings/account' });
    await button(page, 'Change address').click();
    await page.getByLabel('New e-mail address').fill(`${name}.new@example.org`);
    await page.getByLabel('Current password').fill('not hers');
    await button(page, 'Send the links').click();
    await see(page.getByText('The password is not right.'));
    await examine(page, 'another address, refused');
    await page.getByLabel('Current password').fill(PASSWORD);
    await button(page, 'Send the links').click();
    await see(page.getByText(`To be changed to ${name}.new@example.org`, { exact: false }));
    await gone(page.getByLabel('Current password'));
    await examine(page, 'a change that waits');

    await stranger.goto(await linkTo(mailOf(name)));
    await see(heading(stranger, 'A new e-mail address'));
    await examine(stranger, 'a change to agree to');
    await button(stranger, 'Agree to the change').click();
    await see(
      heading(stranger, 'One step is left'),
      stranger.getByText('to your new address as well', { exact: false }),
    );
    await page.reload();
    await see(page.getByRole('listitem').filter({ hasText: 'Present address: agreed' }));
    await page.goto(await linkTo(`${name}.new@example.org`));
    await button(page, 'Confirm').click();
    await see(heading(page, 'Your new address is in use'));
    await page.getByRole('link', { name: 'Go to your account' }).click();
    await see(
      page.getByText(`${name}.new@example.org`),
      page.getByText('Confirmed', { exact: true }),
    );
  });

  test(`sees where they are logged in, and logs out one, then all others, ${tag}`, async () => {
    const name = `quin_${tag}`;
    const { person } = await newcomer(name);
    const line = await person.line();
    const page = await site.visit({ ...look, as: person, at: '/settings/account' });
    // Where the client says nothing of itself, and two that are alike.
    for (const agent of ['otter/1.0', 'Mozilla/5.0 (iPhone) Version/19.0 Mobile Safari/604.1']) {
      const headers = { 'user-agent': agent };
      await ask(site.url, null, login, { body: { username: name, password: PASSWORD }, headers });
    }
    await page.getByRole('link', { name: 'Show devices' }).click();
    const rows = page.getByRole('main').getByRole('listitem');
    await see(rows.filter({ hasText: 'This device' }), rows.filter({ hasText: 'Safari, iPhone' }));
    await examine(page, 'sessions');
    await button(page, 'Log out otter').click();
    await see(page.getByText('Logged out otter'));
    await gone(rows.filter({ hasText: 'otter' }));
    await button(page, 'Log out all others').click();
    const sheet = page.getByRole('dialog', { name: 'Log out all others?' });
    await see(sheet);
    await examine(page, 'logging all others out');
    await sheet.getByRole('button', { name: 'Log out all others' }).click();
    await gone(rows.filter({ hasText: 'iPhone' }));
    assert.equal(await rows.count(), 1);
    await within(line.closed, 'the socket closes');
    await page.reload();
    await see(rows.filter({ hasText: 'This device' }));
    assert.equal(await rows.count(), 1);
  });
}

test('a reset in the browser that is signed in ends that session too, and says how to go on', async () => {
  const { person } = await newcomer('rosa');
  const page = await site.visit({ as: person });
  // Without the socket nothing but the page itself can tell that the session is over.
  await page.routeWebSocket(/./, () => undefined);
  await page.goto('/settings/account');
  await button(page, 'Forgot your password?').click();
  await see(page.getByText('A link is on its way to rosa@example.org'));
  await page.goto(await linkTo(mailOf('rosa')));
  await page.getByLabel('New password').fill(OTHER);
  await button(page, 'Set the password').click();
  await see(heading(page, 'Your password is changed'));
  await page.getByRole('main').getByRole('link', { name: 'Log in' }).click();
  await see(heading(page, 'Welcome back'));
});

test('links without a token, or with a wrong one, say what to do', async () => {
  const page = await site.visit({ at: '/reset-password' });
  await see(heading(page, 'This link does not work any more'));
  await page.getByRole('link', { name: 'Send a new link' }).click();
  await see(heading(page, 'Set a new password'));
  await page.goto('/verify-email?token=1.2.three');
  await button(page, 'Confirm').click();
  await see(heading(page, 'This link does not work any more'));
});

/** Presses Tab until `what` has the focus. */
async function tabTo(page: Page, what: Locator): Promise<void> {
  await see(what);
  for (let stop = 0; stop < 40; stop += 1) {
    if (await what.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`the keyboard does not reach ${what}`);
}

test('changes the password by keyboard; the other device is logged out, and takes the new one', async () => {
  const { person } = await newcomer('sven');
  const phone = await site.visit({ as: person, at: '/settings' });
  await see(heading(phone, 'Settings'));
  const page = await site.visit({ as: person, at: '/settings/account', viewport: DESK });
  await tabTo(page, button(page, 'Change password'));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByLabel('Current password'));
  await page.keyboard.type('not his password');
  await tabTo(page, page.getByLabel('New password'));
  await page.keyboard.type(OTHER);
  await page.keyboard.press('Enter');
  await see(page.getByText('The password is not right.'));
  await page.getByLabel('Current password').fill('');
  await page.getByLabel('Current password').focus();
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await see(page.getByText('Password changed', { exact: true }));
  await gone(page.getByLabel('Current password'));
  await see(heading(phone, 'Welcome back'));
  assert.equal(await logsIn('sven', PASSWORD), false);
  assert.ok(await logsIn('sven', OTHER));
  await page.reload();
  await see(button(page, 'Change password'));
});

test('a suspended person is logged out, and told so when they try to come back', async () => {
  const { person } = await newcomer('tove');
  const page = await site.visit({ as: person, at: '/settings/account' });
  await see(page.getByText(mailOf('tove'), { exact: true }));
  const { db } = site.server.ctx;
  await db.query("update people set state = 'suspended' where person_id = $1", [person.id]);
  await page.reload();
  await see(heading(page, 'Welcome back'));
  await page.getByLabel('Username or e-mail address').fill('tove');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await button(page, 'Log in').click();
  await see(page.getByText(/This account has been suspended/));
});
