import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { cast, type Person } from '../cast.ts';
import { colourPicture } from '../pictures.ts';
import { until } from '../within.ts';
import { examine } from './examine.ts';
import { DESK, gone, openSite, PHONE, type Site, see } from './site.ts';

/** More than one page of the grid. */
const POSTS = 42;

let site: Site;
let people: Record<'rita' | 'fred' | 'fay' | 'ada' | 'ben' | 'cleo', Person>;

before(async () => {
  site = await openSite();
  people = await cast(site.url, 'rita', 'fred', 'fay', 'ada', 'ben', 'cleo');
});
after(() => site.close());
afterEach(() => site.leave());

const grid = (page: Page) => page.getByRole('list', { name: 'Posts of people you do not follow' });
const cells = (page: Page) => grid(page).getByRole('link');

/** What stands beside a cell for who rests on it or hears it. */
const saidOf = (cell: Locator) =>
  cell.evaluate((element) => {
    const said = document.getElementById(element.getAttribute('aria-describedby') ?? '');
    const { opacity } = getComputedStyle(said?.parentElement ?? element);
    return { words: said?.textContent ?? '', opacity: Number(opacity) };
  });

function readToEnd(page: Page): Promise<void> {
  const end = page.getByRole('heading', { name: 'That is all for now' });
  return until(async () => {
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    return end.isVisible();
  }, 'the end');
}

/** Photos of three whom Rita does not follow: liked by who likes what she likes, some by her friend. */
async function fill(): Promise<void> {
  const { rita, fred, fay, ada, ben, cleo } = people;
  const authors = [ada, ben, cleo] as const;
  const share = async (author: Person, caption: string) =>
    author.published(author.post(colourPicture(), { caption }));
  const seed = await share(ada, 'What both like.');
  await rita.like(seed);
  await fay.like(seed);
  await rita.follow(fred);
  for (let count = 1; count <= POSTS; count += 1) {
    const post = await share(authors[count % 3] ?? ada, `Number ${count}.`);
    await (count > POSTS - 3 ? fred : fay).like(post);
  }
}

test('where nothing can be recommended yet it says so, and what to do', async () => {
  const page = await site.visit({ as: people.cleo, at: '/explore' });
  await see(page.getByRole('heading', { name: 'Nothing to explore yet' }));
  await see(page.getByRole('link', { name: 'Find people' }));
  await examine(page, 'nothing to explore');
  await page.route('**/feed/explore*', (route) => route.abort());
  await page.reload();
  await see(page.getByRole('heading', { name: 'Nothing could be found just now' }));
  await page.unroute('**/feed/explore*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await see(page.getByRole('heading', { name: 'Nothing to explore yet' }));
  await fill();
});

test('from the bar at the foot to photos first, page by page, to an end', async () => {
  const page = await site.visit({ as: people.rita, at: '/' });
  const link = page.getByRole('navigation').getByRole('link', { name: 'Explore', exact: true });
  const box = await link.boundingBox();
  assert.ok(box && box.width >= 44 && box.height >= 44 && box.y > PHONE.height * 0.8);
  await link.click();
  await see(page.getByRole('heading', { name: 'Explore', level: 1 }), cells(page).first());
  const first = await cells(page).count();
  assert.ok(first > 20 && first <= 36, `${first} at first`);
  const [large, small] = await Promise.all([
    cells(page).first().boundingBox(),
    cells(page).nth(1).boundingBox(),
  ]);
  assert.ok(large && small && large.width > small.width * 1.9);
  assert.ok(Math.abs(large.width - large.height) < 1 && Math.abs(small.width - small.height) < 1);
  assert.ok(small.y < PHONE.height / 4, 'photos stand first');
  await readToEnd(page);
  const names = await cells(page).evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  assert.ok(names.length > first, `${names.length} in all`);
  assert.equal(new Set(names).size, names.length, 'none comes twice');
});

test('each says why it is there: to who rests on it, hears it, or opens it', async () => {
  const page = await site.visit({ as: people.rita, at: '/explore', viewport: DESK });
  await see(cells(page).first());
  await readToEnd(page);
  const words = await Promise.all((await cells(page).all()).map(async (one) => saidOf(one)));
  assert.ok(words.every(({ words }) => words !== ''));
  const at = words.findIndex((one) => one.words === 'Liked by fred, whom you follow');
  assert.ok(at >= 0, JSON.stringify(words));
  assert.ok(words.some((one) => one.words === 'Liked by people who like what you like'));
  const cell = cells(page).nth(at);
  assert.match(
    (await cell.getAttribute('aria-label')) ?? '',
    /^Post: Number \d+\., by (ada|ben|cleo)$/,
  );

  // By keyboard: it shows with the focus, opens, and the focus comes back to where it was.
  await cells(page)
    .nth(at === 0 ? 1 : at - 1)
    .focus();
  await page.keyboard.press(at === 0 ? 'Shift+Tab' : 'Tab');
  await until(async () => (await saidOf(cell)).opacity === 1, 'it shows with the focus');
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog', { name: /^Post by/ });
  await see(sheet.getByText('From Explore: Liked by fred, whom you follow'));
  await page.keyboard.press('Escape');
  await gone(sheet);
  assert.ok(await cell.evaluate((element) => element === document.activeElement));
  // A pointer that rests on another.
  const other = cells(page).nth(at === 2 ? 3 : 2);
  await other.hover();
  await until(async () => (await saidOf(other)).opacity === 1, 'it shows to a pointer');
});

test('the place is kept over a post that was opened', async () => {
  const page = await site.visit({ as: people.rita, at: '/explore' });
  await see(cells(page).first());
  const cell = cells(page).nth(17);
  await cell.scrollIntoViewIfNeeded();
  const href = await cell.getAttribute('href');
  const before = await page.evaluate(() => scrollY);
  assert.ok(before > 100);
  await cell.click();
  await see(page.getByRole('heading', { name: 'Post', exact: true }));
  await page.goBack();
  const again = page.locator(`a[href="${href}"]`);
  await see(again);
  await until(
    async () => Math.abs((await page.evaluate(() => scrollY)) - before) <= 2,
    'where it was',
  );
});

for (const [colorScheme, viewport] of [
  ['light', PHONE],
  ['dark', DESK],
] as const) {
  test(`explore keeps the rules for everyone, ${colorScheme}`, async () => {
    const look = { colorScheme, viewport, reducedMotion: 'reduce' } as const;
    const page = await site.visit({ as: people.rita, at: '/explore', ...look });
    await see(cells(page).nth(5));
    await page.keyboard.press('Tab');
    await cells(page).nth(2).focus();
    await examine(page, 'explore');
  });
}
