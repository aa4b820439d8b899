import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page, Route } from 'playwright-core';
import { cast, type Person } from '../cast.ts';
import { gradient, phonePicture, type TestPicture } from '../pictures.ts';
import { openSite, type Site, see } from './site.ts';

let site: Site;
let alice: Person;
let pictures: TestPicture[];
before(async () => {
  site = await openSite();
  ({ alice } = await cast(site.url, 'alice'));
  pictures = await Promise.all(
    [gradient(640, 480), gradient(480, 640)].map((raw) => phonePicture(raw)),
  );
});
afterEach(() => site.leave());
after(async () => {
  alice.leave();
  await site.close();
});

const UPLOADS = '**/uploads/**';
const CONFIRM = '**/api/v1/posts/confirm';

/** Opens the composer, chooses files and writes a caption. */
async function begin(page: Page, caption: string, files: readonly TestPicture[]): Promise<void> {
  await page.goto('/new');
  await page.locator('input[type=file]').setInputFiles(files.map(fileOf));
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Caption').fill(caption);
}

const fileOf = ({ name, type, bytes }: TestPicture, index = 0) => ({
  name: `${index}-${name}`,
  mimeType: type,
  buffer: bytes,
});

const share = (page: Page) => page.getByRole('button', { name: 'Share' }).click();
const card = (page: Page) => page.getByRole('article', { name: 'Your new post' });
const posted = (page: Page, caption: string) =>
  page.getByRole('article', { name: /^Post by/ }).filter({ hasText: caption });

/** How many posts with this caption the server has. */
async function countOf(caption: string): Promise<number> {
  const { posts } = await alice.feed();
  return posts.filter((post) => post.caption === caption).length;
}

/** Keeps requests waiting until they are let go. */
async function hold(page: Page, what: string) {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  await page.route(what, async (route) => {
    await opened;
    // The page may be gone by now; then nobody waits for the answer.
    await route.continue().catch(() => undefined);
  });
  return open;
}

const refuse = (status: number, code: string, details: object) => (route: Route) =>
  route.fulfill({
    status,
    contentType: 'application/json',
    body: JSON.stringify({ success: false, error: { code, message: 'No.', details } }),
  });

test('a page that is closed in the middle loses nothing: the next one goes on', async () => {
  const first = await site.visit({ as: alice });
  await hold(first, UPLOADS);
  await begin(first, 'Closed too early', pictures);
  await share(first);
  await see(card(first).getByText('Uploading 1 of 2'));
  const second = await first.context().newPage();
  await first.close();
  await second.goto('/');
  await see(posted(second, 'Closed too early'));
  assert.equal(await countOf('Closed too early'), 1);
});

test('a draft survives a reload with its words, its order and its shape', async () => {
  const page = await site.visit({ as: alice });
  await begin(page, 'Not yet', pictures);
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByText('1:1').click();
  await page.getByRole('button', { name: 'Move later' }).click();
  await see(page.getByText('Photo 2 of 2'));
  const order = () =>
    page.locator('[data-id]').evaluateAll((items) => items.map((item) => item.dataset.id));
  const before = await order();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Description of photo 2').fill('A bright corner');
  await page.reload();
  await see(page.getByText('Photo 1 of 2'));
  assert.deepEqual(await order(), before);
  assert.equal(await page.getByLabel('1:1').isChecked(), true);
  await page.getByRole('button', { name: 'Next' }).click();
  assert.equal(await page.getByLabel('Caption').inputValue(), 'Not yet');
  assert.equal(await page.getByLabel('Description of photo 2').inputValue(), 'A bright corner');
  await share(page);
  await see(posted(page, 'Not yet'));
  const [post] = (await alice.feed()).posts;
  assert.deepEqual(
    post?.media.map(({ alt, width, height }) => [alt, width === height]),
    [
      ['', true],
      ['A bright corner', true],
    ],
  );
});

test('without a connection it waits, and goes on by itself', async () => {
  const page = await site.visit({ as: alice });
  const letGo = await hold(page, CONFIRM);
  await begin(page, 'From the train', pictures.slice(0, 1));
  await share(page);
  await see(card(page));
  await page.context().setOffline(true);
  letGo();
  await see(card(page).getByText('Waiting for a connection'));
  await page.context().setOffline(false);
  await see(posted(page, 'From the train'));
});

test('an answer that is lost makes no second post', async () => {
  const page = await site.visit({ as: alice });
  let lost = 0;
  await page.route(CONFIRM, async (route) => {
    if (lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    await route.abort();
  });
  await begin(page, 'Once', pictures.slice(0, 1));
  await share(page);
  await see(posted(page, 'Once'));
  assert.equal(lost, 1);
  assert.equal(await countOf('Once'), 1);
});

test('a failure says which file and why, and can be edited, tried again and discarded', async () => {
  const page = await site.visit({ as: alice });
  await page.route(CONFIRM, async (route) => {
    const body = route.request().postDataJSON() as { upload_ids: string[] };
    await refuse(422, 'media_broken', { upload_id: body.upload_ids[1] })(route);
  });
  await begin(page, 'Hm', pictures);
  await share(page);
  await see(card(page).getByText(/^Failed at 1-phone\.jpeg: the photo is damaged/));
  await card(page).getByRole('button', { name: 'Edit' }).click();
  await see(page.getByText('Photo 1 of 2'));
  await page.getByRole('button', { name: 'Next' }).click();
  assert.equal(await page.getByLabel('Caption').inputValue(), 'Hm');
  await share(page);
  await see(card(page).getByRole('alert'));
  await page.unroute(CONFIRM);
  await card(page).getByRole('button', { name: 'Retry' }).click();
  await see(posted(page, 'Hm'));

  await page.route(CONFIRM, refuse(422, 'media_unsupported', {}));
  await begin(page, 'Never mind', pictures.slice(0, 1));
  await share(page);
  await card(page).getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
  await card(page).waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => localStorage.getItem('aperto.pending')), null);
});

test('an address for the bytes that is no longer good is replaced by another', async () => {
  const page = await site.visit({ as: alice });
  let refused = 0;
  await page.route(UPLOADS, async (route) => {
    if (refused > 0) return route.continue();
    refused += 1;
    await refuse(403, 'signature_expired', {})(route);
  });
  await begin(page, 'Late', pictures.slice(0, 1));
  await share(page);
  await see(posted(page, 'Late'));
  assert.equal(refused, 1);
});

test('what cannot come is left out with a reason, the rest comes', async () => {
  const page = await site.visit({ as: alice, at: '/new' });
  const [picture] = pictures;
  assert.ok(picture);
  const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1');
  await page
    .locator('input[type=file]')
    .setInputFiles([
      { name: 'IMG_1.HEIC', mimeType: 'image/heic', buffer: heic },
      { name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('a list of things') },
      { name: 'cut.jpg', mimeType: 'image/jpeg', buffer: picture.bytes.subarray(0, 900) },
      { name: 'empty.png', mimeType: 'image/png', buffer: Buffer.alloc(0) },
      fileOf(picture),
    ]);
  await see(
    page.getByText('Your photo', { exact: true }),
    page.getByText('4 files were left out'),
    page.getByText(/^IMG_1\.HEIC is damaged/),
    page.getByText(/^notes\.jpg is no photo or video/),
    page.getByText(/^cut\.jpg is damaged/),
    page.getByText('empty.png is empty.'),
  );
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Discard draft' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Discard draft' }).click();
  await see(page.getByText('Share photos and videos'));
});
