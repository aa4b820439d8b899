import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { endOtherSessions } from '../../api/accounts.ts';
import { PART_BYTES } from '../../api/limits.ts';
import { login } from '../../api/people.ts';
import { cast, PASSWORD, type Person } from '../cast.ts';
import { pathOf } from '../client.ts';
import { freePort } from '../free-port.ts';
import { noisePicture } from '../large-files.ts';
import { killSpawned, spawnServer } from '../server.ts';
import { within } from '../within.ts';
import { openSite, PATIENCE, PHONE, type Site, see } from './site.ts';

let site: Site;
let alice: Person;
/** 20 MB: two parts of 8 MiB and a shorter one. */
let photo: string;
/** 9 MB: two parts. */
let smaller: string;
let folder: string;
before(async () => {
  site = await openSite();
  ({ alice } = await cast(site.url, 'alice'));
  folder = await mkdtemp(join(tmpdir(), 'aperto-large-files-'));
  photo = await writeNoise(2800, 2400, 3);
  smaller = await writeNoise(1900, 1500, 2);
});
afterEach(() => site.leave());
after(async () => {
  alice.leave();
  await site.close();
  killSpawned();
  await rm(folder, { recursive: true });
});

/** A file of so many parts, on the disk, from where browsers take large ones. Gives its path. */
async function writeNoise(width: number, height: number, parts: number): Promise<string> {
  const { bytes } = await noisePicture(width, height);
  assert.equal(Math.ceil(bytes.length / PART_BYTES), parts);
  const path = join(folder, `${parts}.png`);
  await writeFile(path, bytes);
  return path;
}

const PART = /\/uploads\/.*[?&]part=(\d+)/;
const COMPLETE = '**/api/v1/uploads/*/complete';

/** How often each part has arrived, over all pages of a profile. */
function countParts(profile: BrowserContext) {
  const arrived = new Map<string, number>();
  let heard = () => {};
  profile.on('response', (answer) => {
    const number = PART.exec(answer.url())?.[1];
    if (!number || answer.request().method() !== 'PUT' || !answer.ok()) return;
    arrived.set(number, (arrived.get(number) ?? 0) + 1);
    heard();
  });
  return {
    /** Sorted, as `[number, times]`. */
    get times() {
      return [...arrived].sort();
    },
    reaches(count: number) {
      const reached = async () => {
        while (arrived.size < count) {
          await new Promise<void>((resolve) => {
            heard = resolve;
          });
        }
      };
      return within(reached(), `${count} parts have arrived`);
    },
  };
}

const TWO_ONCE = [
  ['1', 1],
  ['2', 1],
];
const THREE_ONCE = [...TWO_ONCE, ['3', 1]];

async function begin(page: Page, caption: string, path: string): Promise<void> {
  await page.goto('/new');
  await page.locator('input[type=file]').setInputFiles(path);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Caption').fill(caption);
  await page.getByRole('button', { name: 'Share' }).click();
}

const card = (page: Page) => page.getByRole('article', { name: 'Your new post' });
const posted = (page: Page, caption: string) =>
  page.getByRole('article', { name: /^Post by/ }).filter({ hasText: caption });

/** Keeps requests waiting until they are let go. */
async function hold(page: Page, what: string | RegExp) {
  const opened = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  await page.route(what, async (route) => {
    reached.resolve();
    await opened.promise;
    // The page may be gone by now; then nobody waits for the answer.
    await route.continue().catch(() => undefined);
  });
  return {
    letGo: opened.resolve,
    reached: () => within(reached.promise, `a request for ${what}`),
  };
}

test('without a connection, closed and opened again: it goes on with what is missing', async () => {
  const page = await site.visit({ as: alice });
  const parts = countParts(page.context());
  const third = await hold(page, /[?&]part=3/);
  await begin(page, 'On the ferry', photo);
  await parts.reaches(2);
  await third.reached();
  // 16 of 20 MB have arrived.
  await see(card(page).getByText('Uploading, 83%'));
  await page.context().setOffline(true);
  third.letGo();
  await see(card(page).getByText('Waiting for a connection'));
  await page.close();

  const next = await page.context().newPage();
  const missing = await hold(next, /[?&]part=3/);
  await page.context().setOffline(false);
  await next.goto('/');
  await missing.reached();
  await see(card(next).getByText('Uploading, 83%'));
  missing.letGo();
  await see(posted(next, 'On the ferry'));
  assert.deepEqual(parts.times, THREE_ONCE, 'no part was sent twice');
});

test('a session that ends meanwhile: it goes on when the same person is back', async () => {
  const page = await site.visit({ as: alice });
  const parts = countParts(page.context());
  const complete = await hold(page, COMPLETE);
  await begin(page, 'Signed out', smaller);
  await complete.reached();
  await alice.api(endOtherSessions);
  complete.letGo();
  await page.getByRole('link', { name: 'Log in' }).click();
  await page.getByLabel('Username or e-mail address').fill(alice.username);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await see(posted(page, 'Signed out'));
  assert.deepEqual(parts.times, TWO_ONCE);
});

test('a device that is full: it goes as long as the page is open, and that is said', async () => {
  const page = await site.visit({ as: alice, at: '/' });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: site.url, quotaSize: 8_000_000 });
  const complete = await hold(page, COMPLETE);
  await begin(page, 'No room', smaller);
  await complete.reached();
  await see(card(page).getByText(/no room to keep it. Leave this page open/));
  complete.letGo();
  await see(posted(page, 'No room'));
});

test('a server that is killed and comes back: it goes on by itself', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'aperto-large-page-'));
  const settings = { PORT: String(await freePort()) };
  let server = await spawnServer({ dataDir, settings });
  const { bella } = await cast(server.url, 'bella');
  const profile = await site.browser.newContext({ baseURL: server.url, viewport: PHONE });
  try {
    const page = await profile.newPage();
    const body = { username: 'bella', password: PASSWORD, keep: 'cookie' };
    await page.request.post(pathOf(login), { data: body });
    const me = JSON.stringify({ user: bella.session.user, role: bella.session.role });
    await page.addInitScript((text) => localStorage.setItem('aperto.me', text), me);
    const parts = countParts(profile);
    const second = await hold(page, /[?&]part=2/);
    await begin(page, 'Restarted', smaller);
    await parts.reaches(1);
    await second.reached();
    await server.end('SIGKILL');
    second.letGo();
    await see(card(page).getByText('Waiting for a connection'));
    server = await spawnServer({ dataDir, settings });
    await posted(page, 'Restarted').waitFor({ timeout: 3 * PATIENCE });
    assert.deepEqual(parts.times, TWO_ONCE);
  } finally {
    bella.leave();
    await profile.close();
    await server.end('SIGTERM');
    await rm(dataDir, { recursive: true });
  }
});
