import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { cast, join, PASSWORD, type Person } from '../cast.ts';
import { gradient, picture } from '../pictures.ts';
import { DESK, gone, openSite, type Site, see } from './site.ts';

let site: Site;
let dora: Person;
before(async () => {
  site = await openSite();
  ({ dora } = await cast(site.url, 'dora'));
});
after(() => site.close());
afterEach(() => site.leave());

/** More than any page here has. */
const STOPS_MAX = 60;

/** Presses Tab until `what` has the focus; at each stop the focus must be seen. */
async function tabTo(page: Page, what: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await see(what);
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    if (await hasFocus(what)) return;
    await page.keyboard.press(key);
    const unseen = await page.evaluate(findUnseenFocus);
    assert.equal(unseen, null, `no focus to be seen on the way to ${what}`);
  }
  assert.fail(`the keyboard does not reach ${what}`);
}

const hasFocus = (what: Locator) => what.evaluate((element) => element === document.activeElement);

/** Waits until it has the focus. */
const focused = (page: Page, what: Locator) => what.and(page.locator(':focus')).waitFor();

/** Runs in the page: what has the focus without showing it, or null. */
function findUnseenFocus(): string | null {
  const element = document.activeElement;
  // Past the last stop the focus is in the browser's own bars.
  if (!element || element === document.body) return null;
  const shows = (one: Element | null): boolean => {
    if (!one) return false;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
    const ringed = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
    return ringed || /\b0px 0px 0px [1-9]/.test(boxShadow);
  };
  // A field's ring stands around its box, a hidden input's around its label.
  const around = [
    element,
    element.parentElement,
    element.closest('label, .field'),
    element.nextElementSibling,
  ];
  const box = element.getBoundingClientRect();
  const inView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return inView && around.some(shows) ? null : element.outerHTML.slice(0, 300);
}

async function press(page: Page, what: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, what);
  await page.keyboard.press(key);
}

async function write(page: Page, what: Locator, text: string): Promise<void> {
  await tabTo(page, what);
  await page.keyboard.type(text);
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('signs up, posts, comments, follows, chooses a look, logs out and in: by keyboard', async () => {
  const page = await site.visit({ at: '/', viewport: DESK, reducedMotion: 'reduce' });
  await write(page, page.getByLabel('E-mail address'), 'kim@example.org');
  await write(page, page.getByLabel('Name', { exact: true }), 'Kim');
  await write(page, page.getByLabel('Username'), 'kim');
  await write(page, page.getByLabel('Password', { exact: true }), PASSWORD);
  await page.keyboard.press('Enter');

  await press(page, page.getByRole('link', { name: 'Share a photo' }));
  const heading = page.getByRole('heading', { name: 'New post', level: 1 });
  await see(heading);
  await focused(page, heading);
  const chooser = page.waitForEvent('filechooser');
  await press(page, page.getByLabel('Choose photos'));
  const buffer = await picture(gradient(400, 300)).jpeg().toBuffer();
  await (await chooser).setFiles({ name: 'key.jpg', mimeType: 'image/jpeg', buffer });
  await tabTo(page, page.getByRole('group', { name: /^Crop of photo 1/ }));
  await page.keyboard.press('+');
  await page.keyboard.press('ArrowLeft');
  await tabTo(page, page.getByRole('radio', { name: 'Original' }));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  assert.ok(await page.getByRole('radio', { name: '1:1' }).isChecked());
  await write(page, page.getByLabel('Caption'), 'Typed');
  await write(page, page.getByLabel('Describe this photo'), 'Two gradients');
  await press(page, button(page, 'Share').last());

  const post = page.getByRole('article', { name: 'Post by Kim' });
  const comment = post.getByRole('button', { name: 'Comment', exact: true });
  await press(page, comment);
  const sheet = page.getByRole('dialog', { name: 'Comments' });
  const area = sheet.getByLabel('Write a comment');
  await see(area);
  await focused(page, area);
  await page.keyboard.type('By hand');
  await page.keyboard.press('Enter');
  await see(sheet.getByText('By hand'));
  await page.keyboard.press('Escape');
  await gone(sheet);
  await focused(page, comment);

  // The menu: arrows, Escape, and back on its button.
  const menu = post.getByRole('button', { name: 'More about this post' });
  await tabTo(page, menu, 'Shift+Tab');
  await page.keyboard.press('Enter');
  await see(page.getByRole('menu'));
  await page.keyboard.press('e');
  await focused(page, page.getByRole('menuitem', { name: 'Edit' }));
  await page.keyboard.press('Escape');
  await gone(page.getByRole('menu'));
  await focused(page, menu);

  await page.goto('/dora');
  await press(page, button(page, 'Follow: dora'));
  await see(button(page, 'Following: dora'));

  await press(page, page.getByRole('link', { name: 'Settings' }));
  await tabTo(page, page.getByRole('radio', { name: 'System' }));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  assert.ok(await page.getByRole('radio', { name: 'Dark' }).isChecked());
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  await press(page, button(page, 'Log out'));

  await press(page, page.getByRole('link', { name: 'Log in' }));
  await write(page, page.getByLabel('Username or e-mail address'), 'kim');
  await write(page, page.getByLabel('Password', { exact: true }), PASSWORD);
  await page.keyboard.press('Enter');
  await see(post);
});

test('the feed by j, k, l, o and ?', async () => {
  for (const caption of ['third', 'second', 'first'])
    await dora.published(dora.post(undefined, { caption }));
  const page = await site.visit({ as: dora, at: '/', viewport: DESK });
  const feed = page.getByRole('feed');
  const card = (caption: string) => feed.getByRole('article').filter({ hasText: caption });
  await see(card('third'));
  const at = (caption: string) =>
    page.waitForFunction(
      (words) =>
        document.activeElement?.matches('article') &&
        document.activeElement.textContent?.includes(words),
      caption,
    );
  await page.keyboard.press('j');
  await at('first');
  await page.keyboard.press('j');
  await at('second');
  await page.keyboard.press('l');
  await see(card('second').getByRole('button', { name: 'Unlike' }));
  await page.keyboard.press('j');
  await at('third');
  await page.keyboard.press('k');
  await at('second');
  await page.keyboard.press('l');
  await see(card('second').getByRole('button', { name: 'Like', exact: true }));

  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keys' });
  await see(help.getByText('Next post'));
  await page.keyboard.press('j');
  await page.keyboard.press('Escape');
  await gone(help);
  await at('second');

  await page.keyboard.press('o');
  const post = page.getByRole('dialog', { name: 'Post by Dora' });
  await see(post.getByText('second'));
  await page.keyboard.press('Escape');
  await gone(post);
  assert.equal(new URL(page.url()).pathname, '/');
  await at('second');

  // In a field the letters are letters.
  await card('second').getByRole('button', { name: 'Comment' }).click();
  await page.keyboard.type('jk?l');
  assert.equal(await page.getByLabel('Write a comment').inputValue(), 'jk?l');
});

test('a way past the navigation, and focus that stays inside a sheet', async () => {
  const finn = await join(site.url, 'finn');
  await finn.follow(dora);
  const page = await site.visit({ as: finn, at: '/dora', viewport: DESK });
  await see(page.getByRole('button', { name: 'Following: dora' }));
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to content' });
  await focused(page, skip);
  await page.keyboard.press('Enter');
  await focused(page, page.getByRole('main'));
  await page.keyboard.press('Tab');
  assert.ok(await page.evaluate(() => document.activeElement?.closest('main') !== null));

  const post = page.getByRole('list').getByRole('link', { name: /^Post/ }).first();
  await press(page, post);
  const sheet = page.getByRole('dialog', { name: 'Post by Dora' });
  await see(sheet.getByRole('button', { name: 'Like', exact: true }));
  for (let stop = 0; stop < 20; stop += 1) {
    await page.keyboard.press('Tab');
    const inside = await page.evaluate(
      () =>
        document.activeElement === document.body ||
        document.activeElement?.closest('dialog') !== null,
    );
    assert.ok(inside, 'the page behind a sheet takes no focus');
  }
  await page.keyboard.press('Escape');
  await gone(sheet);
  await focused(page, post);
});
