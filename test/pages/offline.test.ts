import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { cast, PASSWORD, type Person } from '../cast.ts';
import { colourPicture } from '../pictures.ts';
import { until, within } from '../within.ts';
import { DESK, gone, openSite, type Site, see } from './site.ts';

let site: Site;
let people: Record<'rita' | 'sam', Person>;
before(async () => {
  site = await openSite();
  people = await cast(site.url, 'rita', 'sam');
  const { rita, sam } = people;
  await sam.follow(rita);
  for (const caption of ['One.', 'Two.', 'Three.']) {
    const media = [{ alt: `Photo ${caption}` }];
    await rita.published(rita.post(colourPicture(), { caption, media }));
  }
});
after(() => site.close());
afterEach(() => site.leave());

const banner = (page: Page) => page.getByText('Offline. What you see may be old.');

/** Opens home with the service worker in charge of the page. */
async function openServed(page: Page): Promise<void> {
  await page.goto('/');
  const ready = page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await within(ready, 'a service worker is there');
  // A page that was on its way while the worker began is not always taken over; the next one is.
  await page.reload();
  assert.ok(await page.evaluate(() => navigator.serviceWorker.controller !== null));
}

/** The same, with three posts and their photos kept. */
async function settle(page: Page): Promise<void> {
  await openServed(page);
  await see(page.getByRole('article').nth(2));
  await until(async () => (await keptPhotos(page)).length >= 3, 'the photos are kept');
}

test('without a connection the shell and the last feed are there, photos too', async () => {
  const page = await site.visit({ as: people.sam });
  await settle(page);
  await page.context().setOffline(true);
  await page.reload();
  await see(banner(page), page.getByRole('article').filter({ hasText: 'Three.' }));
  const photo = page.getByRole('img', { name: 'Photo Three.' });
  await page.waitForFunction(
    (img) => img instanceof HTMLImageElement && img.complete && img.naturalWidth > 0,
    await photo.elementHandle(),
  );

  // A like shows, is refused by the network, and is taken back with a way to try again.
  const post = page.getByRole('article').filter({ hasText: 'Three.' });
  await post.getByRole('button', { name: 'Like', exact: true }).click();
  await see(page.getByText(/Your like did not arrive/));
  await see(post.getByRole('button', { name: 'Like', exact: true }));

  // A tab of its own, opened without a connection.
  const other = await page.context().newPage();
  await other.goto('/');
  await see(banner(other), other.getByRole('article').filter({ hasText: 'Two.' }));
  // What this device has never seen says so, and what to do.
  await other.goto('/settings');
  await see(other.getByText('This page could not be loaded.'));

  await page.context().setOffline(false);
  await gone(banner(page));
  await other.getByRole('button', { name: 'Try again' }).click();
  await see(other.getByRole('heading', { name: 'Settings', level: 1 }));
  const { rita } = people;
  await rita.published(rita.post(colourPicture(), { caption: 'After the tunnel.' }));
  await see(page.getByText('After the tunnel.'));
  // The browser said what it could not get, and the app which page that was.
  const said = site.faults.splice(0);
  assert.ok(
    said.every((one) => /ERR_(FAILED|INTERNET)|code of a page/.test(one)),
    said.join('\n'),
  );
});

test('nothing of the API is kept by the worker, and it stands before none of its requests', async () => {
  const page = await site.visit({ as: people.sam });
  const throughWorker: string[] = [];
  page.on('response', (answer) => {
    if (answer.fromServiceWorker()) throughWorker.push(new URL(answer.url()).pathname);
  });
  await settle(page);
  const post = page.getByRole('article').filter({ hasText: 'One.' });
  await post.getByRole('button', { name: 'Like', exact: true }).click();
  await see(post.getByRole('button', { name: '1 like' }));
  await post.getByRole('button', { name: 'Comment', exact: true }).click();
  await page.getByLabel('Write a comment').fill('Kept by the server only');
  await page.keyboard.press('Enter');
  await see(page.getByText('now').last());
  await page.goto('/settings/sessions');
  await see(page.getByText('This device'));
  const kept = await page.evaluate(listCached);
  assert.ok(kept.some((path) => path.startsWith('/assets/')) && kept.includes('/'), `${kept}`);
  const ofApi = (path: string) => /^\/(api|uploads|health)/.test(path);
  assert.deepEqual(kept.filter(ofApi), []);
  assert.ok(
    throughWorker.some((path) => path.startsWith('/assets/')),
    'it did serve',
  );
  assert.deepEqual(throughWorker.filter(ofApi), []);
});

test('logging out takes what was private off the device', async () => {
  const page = await site.visit({ as: people.sam, viewport: DESK });
  await settle(page);
  await page.getByRole('link', { name: 'New post' }).click();
  const { name, bytes: buffer } = colourPicture();
  await page.getByLabel('Choose photos').setInputFiles({ name, mimeType: 'image/jpeg', buffer });
  await page.getByLabel('Caption').fill('Nobody else may read this');
  await see(page.getByText('Photo uploaded. Share when you like.'));
  const holds = async (text: string) => (await page.evaluate(readDevice)).includes(text);
  await until(() => holds('Nobody else may read this'), 'the draft is kept');
  assert.ok(await holds('Three.'));
  assert.notDeepEqual(await keptPhotos(page), []);

  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Log out', exact: true }).click();
  const ask = page.getByRole('dialog', { name: 'Log out with unsent photos?' });
  await ask.getByRole('button', { name: 'Log out' }).click();
  await see(page.getByRole('heading', { name: /quiet place/ }));
  await until(async () => (await keptPhotos(page)).length === 0, 'the photos are gone');
  await page.waitForFunction(() => localStorage.getItem('aperto.pending') === null);
  const after = await page.evaluate(readDevice);
  for (const secret of ['Nobody else', 'Three.', 'sam', 'rita', 'blob of']) {
    assert.ok(!after.includes(secret), `${secret} is still here: ${after}`);
  }
  assert.deepEqual(
    (await page.evaluate(listCached)).filter((path) => !/^\/(assets\/|icon|manifest|$)/.test(path)),
    [],
  );
  await page.context().setOffline(true);
  await page.reload();
  await see(page.getByRole('heading', { name: /quiet place/ }));
});

test('a new build is offered in every tab, and each takes it when its reader asks', async (t) => {
  const proxy = await openProxy();
  t.after(() => proxy.close());
  const one = await site.visit({ baseURL: proxy.url, viewport: DESK });
  await openServed(one);
  const two = await one.context().newPage();
  await two.goto('/');
  const tabs = [one, two];
  const again = (page: Page) => page.getByRole('button', { name: 'Reload' });
  await see(...tabs.map((page) => page.getByRole('heading', { name: /quiet place/ })));
  proxy.worker = `${await (await fetch(`${site.url}/service-worker.js`)).text()}\n// Another build.`;
  await one.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  await see(...tabs.map(again));
  for (const page of tabs) {
    const anew = page.waitForEvent('load');
    await again(page).click();
    await anew;
    await see(page.getByRole('heading', { name: /quiet place/ }));
    await gone(again(page));
  }
});

test('the way back: a build without a worker takes the old one and all that it kept away', async (t) => {
  const proxy = await openProxy();
  t.after(() => proxy.close());
  const page = await site.visit({ baseURL: proxy.url });
  await page.goto('/log-in');
  await page.getByLabel('Username or e-mail address').fill('sam');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await see(page.getByRole('article').first());
  await settle(page);
  proxy.worker = await buildEmptyWorker();
  // The next visit is all that it takes; the page that is open goes on as before.
  await page.reload();
  await see(page.getByRole('article').nth(2));
  await until(async () => {
    if (await page.evaluate(hasNoWorker)) return true;
    // Chromium puts its own look off while the page is busy: for as long as the machine is.
    await page.evaluate(lookForWorker);
    return false;
  }, 'the worker is gone');
  assert.deepEqual(await page.evaluate(listCached), []);
  const post = page.getByRole('article').filter({ hasText: 'Two.' });
  await post.getByRole('button', { name: 'Like', exact: true }).click();
  await see(post.getByRole('button', { name: '1 like' }));
  // From then on every page and every photo comes from the server, or not at all.
  const throughWorker: string[] = [];
  page.on('response', (answer) => {
    if (answer.fromServiceWorker()) throughWorker.push(answer.url());
  });
  await page.reload();
  await see(page.getByRole('article').nth(2));
  assert.deepEqual(throughWorker, []);
  assert.deepEqual(await page.evaluate(listCached), []);
  await page.context().setOffline(true);
  await assert.rejects(page.reload(), /ERR_INTERNET_DISCONNECTED/);
});

/**
 * Stands before the site with a worker of its own, once it has one. Browsers look for a new worker
 * past everything that a test could put in between on their side.
 */
async function openProxy() {
  const server = createServer((asked, answer) => {
    if (asked.url === '/service-worker.js' && proxy.worker !== null) {
      answer.writeHead(200, { 'content-type': 'text/javascript', 'cache-control': 'no-cache' });
      answer.end(proxy.worker);
      return;
    }
    const { method, headers } = asked;
    const to = new URL(asked.url ?? '/', site.url);
    // A connection for each: a kept one may be closed by the server just as it is used again.
    const onward = request(to, { method, headers, agent: false }, (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    worker: null as string | null,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return proxy;
}

/** The worker of a build without one, as the file that a browser would fetch. */
async function buildEmptyWorker(): Promise<string> {
  const { build } = await import('vite');
  const built = await build({
    configFile: resolve(import.meta.dirname, '../../web/vite.config.ts'),
    mode: 'no-service-worker',
    logLevel: 'error',
    build: { write: false },
  });
  if (Array.isArray(built) || !('output' in built))
    throw new TypeError('one build gives one output');
  const worker = built.output.find(({ fileName }) => fileName === 'service-worker.js');
  assert.ok(worker?.type === 'chunk');
  return worker.code;
}

/** What the browser does on a visit, in its own time. */
async function lookForWorker(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  // Refused when the worker goes in this very moment, which is what is waited for.
  await registration?.update().catch((error: unknown) => console.info('No look:', error));
}

/** Runs in the page. */
async function hasNoWorker(): Promise<boolean> {
  return (await navigator.serviceWorker.getRegistrations()).length === 0;
}

const keptPhotos = async (page: Page) =>
  (await page.evaluate(listCached)).filter((path) => path.startsWith('/media/'));

/** Runs in the page: the paths of all that any cache holds. */
async function listCached(): Promise<string[]> {
  const names = await caches.keys();
  const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return requests.flat().map((request) => `${new URL(request.url).pathname}`);
}

/** Runs in the page: everything in its stores and databases, as text. */
async function readDevice(): Promise<string> {
  const ask = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const found: unknown[] = [{ ...localStorage }, { ...sessionStorage }];
  for (const { name } of await indexedDB.databases()) {
    const database = await ask(indexedDB.open(name ?? ''));
    for (const store of database.objectStoreNames) {
      const values = await ask(database.transaction(store).objectStore(store).getAll());
      found.push(values.map((value) => (value instanceof Blob ? `blob of ${value.size}` : value)));
    }
    database.close();
  }
  return JSON.stringify(found);
}
