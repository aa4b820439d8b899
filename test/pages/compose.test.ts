import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page, Route } from 'playwright-core';
import sharp from 'sharp';
import { join, type Person } from '../cast.ts';
import { gradient, picture } from '../pictures.ts';
import { DESK, gone, openSite, type Site, see } from './site.ts';

let site: Site;
before(async () => {
  site = await openSite();
});
after(() => site.close());
afterEach(() => site.leave());

interface File {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** Told apart by their shapes, also when the server has made its own of them. */
async function photo(name: string, width: number, height: number): Promise<File> {
  const buffer = await picture(gradient(width, height)).jpeg().toBuffer();
  return { name, mimeType: 'image/jpeg', buffer };
}

const choose = (page: Page, ...files: readonly File[]) =>
  page.getByLabel(/^(Choose|Add) photos$/).setInputFiles(files);

const card = (page: Page) => page.getByRole('article', { name: 'Your new post' });
const posts = (page: Page) => page.getByRole('article', { name: /^Post by/ });

async function newcomer(name: string): Promise<[Person, Page]> {
  const person = await join(site.url, name);
  return [person, await site.visit({ as: person, at: '/new', viewport: DESK })];
}

test('several photos: chosen, ordered by keys, one removed, each described, one shape', async () => {
  const [alice, page] = await newcomer('alice');
  await choose(
    page,
    await photo('square.jpg', 300, 300),
    await photo('wide.jpg', 400, 250),
    { name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('Not a photo at all.\n') },
    await photo('tall.jpg', 250, 400),
    { name: 'drawing.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') },
    await photo('extra.jpg', 333, 333),
  );
  const left = page.getByRole('status').filter({ hasText: 'left out' });
  await see(
    left.getByText('2 files were left out'),
    left.getByText('notes.jpg is no photo or video that Aperto knows'),
    left.getByText('drawing.svg is a drawing in SVG'),
  );
  const strip = page.getByRole('list', { name: 'Photos' });
  await see(strip.getByRole('button', { name: 'Photo 4 of 4' }));
  await left.getByRole('button', { name: 'Close' }).click();
  await gone(left);

  // The square goes to the third place; focus goes with it, so that the keys can be pressed again.
  await strip.getByRole('button', { name: 'Photo 1 of 4' }).focus();
  await page.keyboard.press('Shift+ArrowRight');
  await see(page.getByText('Photo moved to place 2 of 4'));
  await page.keyboard.press('Shift+ArrowRight');
  await see(page.getByText('Photo moved to place 3 of 4'));
  await strip.getByRole('button', { name: 'Photo 4 of 4' }).click();
  await page.getByRole('button', { name: 'Remove photo' }).click();
  await see(strip.getByRole('button', { name: 'Photo 3 of 3' }));

  await page.getByText('16:9', { exact: true }).click();
  for (const [index, words] of ['wide one', 'tall one', 'square one'].entries()) {
    await page.getByLabel(`Description of photo ${index + 1}`).fill(words);
  }
  await page.getByLabel('Caption').fill('Three of a kind');
  await page.getByRole('button', { name: 'Share' }).last().click();
  await see(posts(page).getByText('Three of a kind'));
  await see(posts(page).getByRole('img', { name: 'wide one' }));

  const [post, ...more] = await alice.grid();
  assert.equal(more.length, 0);
  assert.deepEqual(
    post?.media.map(({ alt, width, height }) => [alt, width, Math.round((9 * width) / height)]),
    [
      ['wide one', 400, 16],
      ['tall one', 250, 16],
      ['square one', 300, 16],
    ],
  );
});

test('a draft is kept while one looks elsewhere, and can be thrown away', async () => {
  const [bob, page] = await newcomer('bob');
  await choose(page, await photo('kept.jpg', 300, 300));
  await page.getByLabel('Caption').fill('Half a thought');
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByRole('button', { name: 'Keep on this device' }).click();
  await see(page.getByText('Your draft is kept on this device.'));
  await page.reload();
  await page.getByRole('link', { name: 'Go on' }).click();
  await see(page.getByRole('list', { name: 'Photos' }));
  assert.equal(await page.getByLabel('Caption').inputValue(), 'Half a thought');
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Discard draft' }).click();
  const ask = page.getByRole('dialog', { name: 'Discard this draft?' });
  await ask.getByRole('button', { name: 'Discard' }).click();
  await see(page.getByText('Choose photos'));
  await page.getByRole('button', { name: 'Back' }).click();
  await see(page.getByRole('heading', { name: 'Your feed is empty so far' }));
  await gone(page.getByText('You have a draft'));
  assert.equal((await bob.grid()).length, 0);
});

test('without a connection an upload waits, and goes on by itself', async () => {
  const [carol, page] = await newcomer('carol');
  const held = await holdUploads(page);
  await choose(page, await photo('far.jpg', 300, 300));
  await page.getByRole('button', { name: 'Share' }).last().click();
  await see(card(page).getByText(/Uploading, \d+%/));
  await page.context().setOffline(true);
  const route = await held.begun;
  await route.abort('internetdisconnected');
  await see(
    card(page).getByText('Waiting for a connection. It goes on by itself.'),
    page.getByText('Offline. What you see may be old.'),
  );
  await page.unroute('**/uploads/**');
  await page.context().setOffline(false);
  await see(posts(page));
  assert.equal((await carol.grid()).length, 1);
});

test('a tab closed in the middle of an upload goes on when it is opened again: one post', async () => {
  const [dan, page] = await newcomer('dan');
  const held = await holdUploads(page);
  await choose(page, await photo('slow.jpg', 320, 200));
  await page.getByLabel('Caption').fill('It took a while');
  await page.getByRole('button', { name: 'Share' }).last().click();
  await see(card(page).getByText(/Uploading, \d+%/));
  await held.begun;
  const profile = page.context();
  await page.close();

  // This time the server makes the post, but its answer is lost on the way, and the tab is closed.
  const again = await profile.newPage();
  const confirmed = Promise.withResolvers<void>();
  await again.route('**/api/v1/posts/confirm', async (route) => {
    await route.fetch();
    confirmed.resolve();
    await route.abort('connectionreset');
  });
  await again.goto('/');
  await see(card(again));
  await confirmed.promise;
  await again.close();

  const last = await profile.newPage();
  await last.goto('/');
  await see(posts(last).getByText('It took a while'));
  await gone(card(last));
  assert.equal((await dan.grid()).length, 1);
  await last.reload();
  await see(posts(last));
  assert.equal(await posts(last).count(), 1);
});

test('a refusal names the file and the reason; retry brings it, discard ends it', async () => {
  const [erin, page] = await newcomer('erin');
  let refused = 0;
  await page.route('**/api/v1/posts/confirm', async (route) => {
    refused += 1;
    if (refused > 1) return route.continue();
    const { upload_ids } = route.request().postDataJSON() as { upload_ids: string[] };
    const details = { upload_id: upload_ids[1] };
    const error = { code: 'media_broken', message: 'It is damaged.', details };
    await route.fulfill({ status: 422, json: { success: false, error } });
  });
  await choose(page, await photo('first.jpg', 300, 300), await photo('second.jpg', 300, 300));
  await see(page.getByRole('button', { name: 'Photo 2 of 2' }));
  await page.getByRole('button', { name: 'Share' }).last().click();
  const alert = card(page).getByRole('alert');
  await see(alert.getByText('Failed at second.jpg: the photo is damaged and cannot be read.'));
  // It is still there after a reload.
  await page.reload();
  await see(alert.getByText('Failed at second.jpg'));
  await alert.getByRole('button', { name: 'Retry' }).click();
  await see(posts(page));
  assert.equal((await erin.grid())[0]?.media.length, 2);

  // What only the server can see: a picture too flat to be shown.
  await page.getByRole('link', { name: 'New post' }).click();
  const flat = await sharp({
    create: { width: 3000, height: 8, channels: 3, background: 'teal' },
  })
    .png()
    .toBuffer();
  await choose(page, { name: 'flat.png', mimeType: 'image/png', buffer: flat });
  await page.getByRole('button', { name: 'Share' }).last().click();
  await see(
    alert.getByText('Failed at flat.png: the photo is too narrow or too flat to be shown.'),
  );
  await alert.getByRole('button', { name: 'Discard' }).click();
  await page
    .getByRole('dialog', { name: 'Discard this post?' })
    .getByRole('button', { name: 'Discard' })
    .click();
  await gone(card(page));
  await page.reload();
  await see(posts(page));
  await gone(card(page));
  assert.equal((await erin.grid()).length, 1);
});

test('a server that is busy is asked again', async () => {
  const [frank, page] = await newcomer('frank');
  let asked = 0;
  await page.route('**/api/v1/posts/confirm', async (route) => {
    asked += 1;
    if (asked > 1) return route.continue();
    const error = { code: 'database_unavailable', message: 'Try again shortly.' };
    await route.fulfill({ status: 503, json: { success: false, error } });
  });
  await choose(page, await photo('patient.jpg', 300, 300));
  await page.getByRole('button', { name: 'Share' }).last().click();
  await see(card(page).getByText('The server is busy. Trying again by itself.'));
  await see(posts(page));
  assert.equal((await frank.grid()).length, 1);
});

test('files can be dropped and pasted', async () => {
  const [, page] = await newcomer('grace');
  const give = async (kind: 'drop' | 'paste', file: File) => {
    await page.evaluate(
      ([kind, name, bytes]) => {
        const data = new DataTransfer();
        const content = Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0));
        data.items.add(new globalThis.File([content], name, { type: 'image/jpeg' }));
        const event =
          kind === 'drop'
            ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
            : new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
        document.body.dispatchEvent(event);
      },
      [kind, file.name, file.buffer.toString('base64')] as const,
    );
  };
  await see(page.getByText('Choose photos'));
  await give('drop', await photo('dropped.jpg', 300, 300));
  await see(page.getByText('Your photo', { exact: true }));
  await give('paste', await photo('pasted.jpg', 300, 300));
  await see(page.getByRole('button', { name: 'Photo 2 of 2' }));
});

/** The next upload stands still; gives it when it has begun. */
async function holdUploads(page: Page): Promise<{ readonly begun: Promise<Route> }> {
  const { promise, resolve } = Promise.withResolvers<Route>();
  await page.route('**/uploads/**', (route) => resolve(route));
  return { begun: promise };
}
