import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { createDraft, listDrafts } from '../../api/drafts.ts';
import { join, type Person } from '../cast.ts';
import { gradient, picture } from '../pictures.ts';
import { until } from '../within.ts';
import { DESK, gone, openSite, type Site, see } from './site.ts';

let site: Site;
before(async () => {
  site = await openSite();
});
after(() => site.close());
afterEach(() => site.leave());

async function photo(name: string, width: number, height: number) {
  const buffer = await picture(gradient(width, height)).jpeg().toBuffer();
  return { name, mimeType: 'image/jpeg', buffer };
}

const drafts = (person: Person) => person.api(listDrafts, { query: {} });
const open = (page: Page, caption: string) =>
  page.getByRole('button', { name: `Open draft: ${caption}` });

async function saveDraft(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Back' }).click();
  const ask = page.getByRole('dialog', { name: 'Keep this draft?' });
  await ask.getByRole('button', { name: 'Save draft' }).click();
  await see(page.getByText('Draft saved.'));
}

test('a draft goes from one device to the other, with all that was said, and becomes a post', async () => {
  const ana = await join(site.url, 'ana');
  const ben = await join(site.url, 'ben');
  await ana.follow(ben);
  const phone = await site.visit({ as: ana, at: '/new', viewport: DESK });
  await phone
    .getByLabel('Choose photos')
    .setInputFiles([await photo('a.jpg', 400, 300), await photo('b.jpg', 300, 300)]);
  await phone.getByText('1:1', { exact: true }).click();
  await phone.getByLabel('Caption').fill('Begun on the phone');
  await phone.getByLabel('Description of photo 2').fill('The second');
  await phone.getByText('Close friends', { exact: true }).click();
  await phone.getByRole('button', { name: 'Tag people' }).click();
  await phone.getByLabel('Person').fill('ben');
  await phone.getByRole('option').first().click();
  await phone.getByRole('button', { name: 'Done' }).click();
  await saveDraft(phone);
  // It is at the server now, and nowhere else.
  await gone(phone.getByText('You have a draft'));

  const desk = await site.visit({ as: ana, at: '/new', viewport: DESK });
  await desk.getByRole('link', { name: 'Drafts' }).click();
  await open(desk, 'Begun on the phone').click();
  await see(
    desk.getByRole('button', { name: 'Photo 2 of 2' }),
    desk.getByText('1 person tagged: @ben'),
    desk.getByText('2 photos uploaded. Share when you like.'),
  );
  assert.equal(await desk.getByLabel('Description of photo 2').inputValue(), 'The second');
  assert.ok(await desk.getByRole('radio', { name: 'Close friends' }).isChecked());
  assert.ok(await desk.getByRole('radio', { name: '1:1' }).isChecked());
  await desk.getByLabel('Caption').fill('Gone on at the desk');
  await saveDraft(desk);
  assert.deepEqual(
    (await drafts(ana)).map(({ content }) => content.caption),
    ['Gone on at the desk'],
  );

  await phone.goto('/drafts');
  await open(phone, 'Gone on at the desk').click();
  await see(phone.getByRole('button', { name: 'Photo 2 of 2' }));
  await phone.getByRole('button', { name: 'Share' }).last().click();
  await see(phone.getByRole('article', { name: /^Post by/ }).getByText('Gone on at the desk'));
  const [post] = await ana.grid();
  assert.equal(post?.audience, 'close_friends');
  assert.deepEqual(
    post?.media.map(({ alt, width, height }) => [alt, width === height]),
    [
      ['', true],
      ['The second', true],
    ],
  );
  assert.deepEqual(
    post?.tagged.map(({ username, x, y }) => [username, x, y]),
    [['ben', 0.5, 0.5]],
  );
  await desk.goto('/drafts');
  await see(desk.getByRole('heading', { name: 'No drafts' }));
  assert.deepEqual(await drafts(ana), []);
});

test('what is not sent stays on this device, and is listed beside the others', async () => {
  const cleo = await join(site.url, 'cleo');
  await cleo.api(createDraft, { body: { caption: 'From elsewhere' } });
  const page = await site.visit({ as: cleo, at: '/new', viewport: DESK });
  await page.getByLabel('Choose photos').setInputFiles(await photo('a.jpg', 300, 300));
  await page.getByLabel('Caption').fill('From here');
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByRole('button', { name: 'Keep on this device' }).click();
  await see(page.getByText('Your draft is kept on this device.'));
  await page.goto('/drafts');
  await see(open(page, 'From elsewhere'), page.getByRole('heading', { name: 'On this device' }));
  await open(page, 'From here').click();
  await see(page.getByText('Photo uploaded. Share when you like.'));
  assert.equal(await page.getByLabel('Caption').inputValue(), 'From here');
});

test('a draft without a connection waits on this device and is saved when it is back', async () => {
  const dora = await join(site.url, 'dora');
  const page = await site.visit({ as: dora, at: '/new', viewport: DESK });
  // The page that is gone back to comes from the worker.
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.reload();
  await page.getByLabel('Choose photos').setInputFiles(await photo('a.jpg', 300, 300));
  await page.getByLabel('Caption').fill('Far out');
  await see(page.getByText('Photo uploaded. Share when you like.'));
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByRole('button', { name: 'Save draft' }).click();
  await see(page.getByText('Waiting for a connection. It goes on by itself.'));
  await page.context().setOffline(false);
  await see(page.getByText('Draft saved.'));
  assert.equal((await drafts(dora))[0]?.content.caption, 'Far out');
  // The browser's own lines for the socket that had no way.
  const rest = site.faults.splice(0).filter((fault) => !fault.includes('INTERNET_DISCONNECTED'));
  assert.deepEqual(rest, []);
});

test('a draft is thrown away, and back by undo', async () => {
  const emil = await join(site.url, 'emil');
  await emil.api(createDraft, { body: { caption: 'One' } });
  await emil.api(createDraft, { body: { caption: 'Two' } });
  const page = await site.visit({ as: emil, at: '/drafts', viewport: DESK });
  const row = page.getByRole('listitem').filter({ has: open(page, 'One') });
  await row.getByRole('button', { name: 'Delete draft' }).click();
  await gone(row);
  await page.getByRole('button', { name: 'Undo' }).click();
  await see(row);
  assert.equal((await drafts(emil)).length, 2);
  await row.getByRole('button', { name: 'Delete draft' }).click();
  await gone(row);
  // Leaving the page does what the toast still offered to undo.
  await page.goto('/');
  await until(async () => (await drafts(emil)).length === 1, 'the draft is gone');
  await page.goto('/drafts');
  await see(open(page, 'Two'));
  await gone(row);
});
