import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { editProfile } from '../../api/people.ts';
import { cast, type Person } from '../cast.ts';
import { gradient, picture } from '../pictures.ts';
import { openSite, PHONE, type Site, see } from './site.ts';

/** The server's time, so that addresses end when the test wants it. */
let ahead = 0;
const clock = {
  now: () => new Date(Date.now() + ahead),
  millis: () => Date.now() + ahead,
};

let site: Site;
let people: Record<'una' | 'vic', Person>;
before(async () => {
  site = await openSite({ clock });
  people = await cast(site.url, 'una', 'vic');
  const { una, vic } = people;
  await vic.follow(una);
  await una.api(editProfile, {
    params: { username: 'una' },
    body: { privacy_level: 'private' },
  });
  for (const caption of ['One', 'Two', 'Three']) {
    const bytes = await picture(gradient(600, 700)).jpeg().toBuffer();
    const photo = { name: 'a.jpg', type: 'image/jpeg', bytes } as const;
    await una.published(una.post(photo, { caption, media: [{ alt: `Photo ${caption}` }] }));
  }
});
after(() => site.close());
afterEach(async () => {
  await site.leave();
  ahead = 0;
});

const image = (page: Page, name: string) => page.getByRole('img', { name, exact: true });

/** Waits until the bytes of a picture are there. */
async function shows(photo: Locator): Promise<void> {
  await see(photo);
  await photo.evaluate(
    (img) =>
      new Promise<void>((resolve) => {
        const look = () => {
          const done = img instanceof HTMLImageElement && img.complete && img.naturalWidth > 0;
          if (done) resolve();
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
}

/** How often each post was asked for. */
function countQuestions(page: Page): Map<string, number> {
  const asked = new Map<string, number>();
  page.on('request', (request) => {
    const id = /\/api\/v1\/posts\/(\d+)$/.exec(new URL(request.url()).pathname)?.[1];
    if (id && request.method() === 'GET') asked.set(id, (asked.get(id) ?? 0) + 1);
  });
  return asked;
}

test('pictures whose addresses have ended are asked for anew, once', async () => {
  const page = await site.visit({ as: people.vic, at: '/', viewport: PHONE });
  await shows(image(page, 'Photo Three'));
  // The feed is kept over a reload, with addresses that end meanwhile. Who listens to requests turns
  // the browser's own cache off.
  ahead += 10 * 60_000;
  await page.route('**/media/**', (route) => route.continue());
  const asked = countQuestions(page);
  await page.reload();
  await shows(image(page, 'Photo Three'));
  await image(page, 'Photo One').scrollIntoViewIfNeeded();
  await shows(image(page, 'Photo One'));
  assert.ok(asked.size > 0);
  assert.deepEqual(new Set(asked.values()), new Set([1]));
});

test('pictures that do not come at all are asked for once, and then said to be missing', async () => {
  const page = await site.visit({ as: people.vic, viewport: PHONE });
  const asked = countQuestions(page);
  let refused = 0;
  await page.route('**/media/**', (route) => {
    refused += 1;
    return route.fulfill({ status: 403 });
  });
  await page.goto('/');
  const missing = page.getByRole('button', { name: 'The photo did not load. Tap to try again.' });
  await see(missing.first());
  assert.deepEqual(new Set(asked.values()), new Set([1]));
  const before = refused;
  await page.unroute('**/media/**');
  await missing.first().click();
  await shows(image(page, 'Photo Three'));
  assert.ok(before <= 6, `${before} requests for three pictures`);
});

test('who may not see a post any more loses its pictures, and nothing of them is kept', async () => {
  const { una, vic } = people;
  const page = await site.visit({ as: vic, viewport: PHONE });
  await page.goto('/');
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.reload();
  await shows(image(page, 'Photo Three'));
  const kept = await page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith('aperto-photos'));
    const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return all.flat().map(({ url }) => url);
  });
  assert.deepEqual(
    kept.filter((url) => url.includes('until=')),
    [],
  );
  await vic.unfollow(una);
  const address = await image(page, 'Photo Three').getAttribute('src');
  ahead += 10 * 60_000;
  assert.equal((await fetch(new URL(address ?? '', site.url))).ok, false);
  await page.goto('/una');
  await see(page.getByRole('heading', { level: 1 }));
  await page.goto('/');
  await see(page.getByRole('heading', { name: 'Your feed is empty so far' }));
  assert.equal(await image(page, 'Photo Three').count(), 0);
});
