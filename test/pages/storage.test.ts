import assert from 'node:assert/strict';
import { readFile, rename } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { archivePost } from '../../api/own-posts.ts';
import type { Post } from '../../api/posts.ts';
import { findNearDuplicates } from '../../server/features/near-duplicates/find.ts';
import { deliverEvents } from '../../server/kernel/deliver-events.ts';
import { cast, type Person } from '../cast.ts';
import { colourPicture, gradient, picture, type TestPicture } from '../pictures.ts';
import { examine } from './examine.ts';
import { DESK, gone, openSite, PHONE, type Site, see } from './site.ts';

let site: Site;
let people: Record<'ada' | 'ben', Person>;
let film: TestPicture;
let post: Post;

before(async () => {
  // Three places for files, of which each is kept in two.
  site = await openSite({ settings: { BLOBS_URL: 'file:one,two,three' } });
  // The first is the server's admin.
  people = await cast(site.url, 'ada', 'ben');
  const bytes = await picture(gradient(900, 600)).jpeg().toBuffer();
  film = { name: 'film.jpg', type: 'image/jpeg', bytes };
  post = await share([film, colourPicture()]);
});
after(() => site.close());
afterEach(() => site.leave());

/** Published, and held against what its author has posted before. */
async function share(pictures: readonly TestPicture[]): Promise<Post> {
  const made = await people.ben.published(people.ben.post(pictures));
  await deliverEvents(site.server.ctx, [findNearDuplicates], { group: 'posts', key: made.post_id });
  return made;
}

async function both(look: (page: Page, where: string) => Promise<void>, as: Person, at: string) {
  for (const viewport of [PHONE, DESK]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await site.visit({ as, at, viewport, colorScheme });
      await look(page, `${at} at ${viewport.width}, ${colorScheme}`);
      await site.leave();
    }
  }
}

async function openOriginals(page: Page) {
  await page.getByRole('button', { name: 'More about this post' }).first().click();
  await page.getByRole('menuitem', { name: 'Original files' }).click();
  const sheet = page.getByRole('dialog', { name: 'Original files' });
  await see(sheet.getByText('Stored in 2 places', { exact: false }).nth(1));
  return sheet;
}

test('an author sees in how many places an original is kept, and downloads it bit for bit', async () => {
  await both(
    async (page, where) => {
      await openOriginals(page);
      await examine(page, where);
    },
    people.ben,
    `/p/${post.post_id}`,
  );
  const page = await site.visit({ as: people.ben, at: `/p/${post.post_id}` });
  const sheet = await openOriginals(page);
  const today = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'long' }).format(new Date());
  await see(sheet.getByText(`Stored in 2 places, checked on ${today}`).first());
  await see(sheet.getByText('JPEG,', { exact: false }).first());
  const coming = page.waitForEvent('download');
  await sheet.getByRole('button', { name: 'Download original of Photo 1' }).click();
  const download = await coming;
  assert.match(download.suggestedFilename(), /^aperto-[0-9]+\.jpg$/);
  assert.deepEqual(await readFile(await download.path()), film.bytes);
  await page.keyboard.press('Escape');
  await gone(sheet);
});

test('others have no such entry in the menu', async () => {
  const page = await site.visit({ as: people.ada, at: `/p/${post.post_id}` });
  await page.getByRole('button', { name: 'More about this post' }).first().click();
  await see(page.getByRole('menuitem', { name: 'Copy link' }));
  assert.equal(await page.getByRole('menuitem', { name: 'Original files' }).count(), 0);
});

test('similar photos stand side by side; one goes with a way back, or both stay', async () => {
  const { ben } = people;
  const empty = await site.visit({ as: ben, at: '/settings/similar-photos' });
  await see(empty.getByRole('heading', { name: 'No similar photos' }));
  await examine(empty, 'no similar photos');
  const second = await share([film]);
  await ben.api(archivePost, { params: { post_id: second.post_id } });
  await both(
    async (page, where) => {
      await see(page.getByRole('heading', { name: 'The same file, twice' }));
      await see(page.getByText('One of 2 photos in its post'));
      await page.waitForFunction(() => document.querySelectorAll('.photo--shown').length === 2);
      await examine(page, where);
    },
    ben,
    '/settings/similar-photos',
  );

  const page = await site.visit({ as: ben, at: '/settings' });
  await page.getByRole('searchbox', { name: 'Search settings' }).fill('duplicates');
  await page.getByRole('link', { name: 'Similar photos' }).click();
  const pair = page.getByRole('listitem').filter({ hasText: 'The same file, twice' });
  await see(pair);
  // The earlier one is on the left.
  await pair
    .getByRole('button', { name: /^Delete post of/ })
    .last()
    .click();
  await gone(pair);
  await page.getByRole('button', { name: 'Undo' }).click();
  await see(pair);
  await see(page.getByText('Post restored.'));

  await page.reload();
  await pair.getByRole('button', { name: /^Keep both/ }).click();
  await see(page.getByText('Both stay.', { exact: false }));
  await gone(pair);
  await page.reload();
  await see(page.getByRole('heading', { name: 'No similar photos' }));
});

test('an admin sees the places, has all files checked, and sees a disk that is away', async () => {
  const { ada, ben } = people;
  await both(
    async (page, where) => {
      await see(page.getByRole('heading', { name: 'Storage' }), page.getByText('/two'));
      await examine(page, where);
    },
    ada,
    '/admin',
  );
  const page = await site.visit({ as: ada, at: '/admin' });
  const storage = page.getByRole('region', { name: 'Storage' });
  const places = storage.getByRole('list', { name: 'Places' }).getByRole('listitem');
  await see(places.nth(1).getByText('Works'));
  assert.equal(await places.count(), 3);
  const rounds = storage.getByRole('region', { name: 'Checks' }).getByRole('row');
  const before = await rounds.count();
  await storage.getByRole('button', { name: 'Check now' }).click();
  await page.waitForFunction(
    () =>
      document.querySelector('[aria-labelledby=storage] tbody tr td:nth-child(3)')?.textContent ===
      'Done',
  );
  assert.ok((await rounds.count()) >= before);
  await see(storage.getByText('every copy that was read is whole', { exact: false }));

  const two = joinPath(site.server.dataDir, 'two');
  await rename(two, `${two}.away`);
  await page.reload();
  await see(
    places.getByText('Cannot be reached'),
    storage.getByText('Mount it again', { exact: false }),
  );
  await see(page.getByText('1 of 3 places for files cannot be reached'));
  await examine(page, 'a place is away');
  await rename(`${two}.away`, two);

  const moderated = await site.visit({ as: ben, at: '/admin' });
  await see(moderated.getByText('Only for those who run the server'));
});
