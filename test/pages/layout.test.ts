import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Locator, Page, Route } from 'playwright-core';
import { createDraft } from '../../api/drafts.ts';
import type { PostId } from '../../api/ids.ts';
import { editProfile } from '../../api/people.ts';
import { createPlace } from '../../api/places.ts';
import { editPost } from '../../api/posts.ts';
import { cast, join, type Person, type PostWish } from '../cast.ts';
import { colourPicture, gradient, picture, type TestPicture } from '../pictures.ts';
import { until } from '../within.ts';
import { DESK, gone, openSite, PHONE, type Site, see } from './site.ts';

/** Thirty characters, the most there are, and of the widest. */
const LONG_NAME = 'mmmmmmmmmmmmmmmmmmmmmmmmmmmmmm';
const FAMILY = '👩‍👩‍👧‍👦';
const ARABIC = 'صباح الخير من الجبال، الضوء جميل اليوم';
/** 2,200 characters with a word that no line holds, an address, and mentions. */
const LONG_CAPTION = [
  `${'W'.repeat(120)} https://example.org/${'path/'.repeat(30)} @${LONG_NAME}`,
  ARABIC,
  `${FAMILY} `.repeat(20),
  'and on it goes, ',
]
  .join('\n')
  .padEnd(2200, 'and on it goes, ');

let site: Site;
let people: Record<'ida' | typeof LONG_NAME, Person>;
let longPost: string;
let ownPost: PostId;

before(async () => {
  site = await openSite();
  people = await cast(site.url, 'ida', LONG_NAME);
  const { ida, [LONG_NAME]: long } = people;
  await long.api(editProfile, {
    params: { username: LONG_NAME },
    body: {
      full_name: 'Wolfeschlegelsteinhausenbergerdorff-Montmorency-Laval MMMMMM',
      bio: `${'B'.repeat(90)} ${ARABIC} ${FAMILY}`,
      link: `https://example.org/${'long/'.repeat(30)}`,
    },
  });
  await ida.follow(long);
  await long.follow(ida);
  // The widest and the tallest that a post may be, and several shapes in one.
  const shapes = await Promise.all([shaped(900, 300), shaped(300, 900), shaped(400, 400)]);
  await share(long, [...shapes], { caption: LONG_CAPTION });
  const post = await share(ida, shapes[1] ?? colourPicture(), { caption: `${ARABIC} 🌄` });
  longPost = (await long.grid())[0]?.post_id ?? '';
  ownPost = post.post_id;
  const place = await ida.api(createPlace, { body: { name: `${'Llanfairpwll'.repeat(8)}` } });
  const [media] = post.media;
  const tagged = [LONG_NAME, 'ida'].map((username, at) => ({ username, x: at, y: 1 - at }));
  await ida.api(editPost, {
    params: { post_id: ownPost },
    body: {
      audience: 'followers',
      place_id: place.place_id,
      media: media ? [{ media_id: media.media_id, tagged }] : [],
    },
  });
  await ida.api(createDraft, { body: { caption: LONG_CAPTION } });
  await long.comment(post, `${'w'.repeat(200)} ${ARABIC} ${FAMILY}`);
  for (let count = 0; count < 18; count += 1)
    await share(ida, colourPicture(), { caption: `${count}` });
});
after(() => site.close());
afterEach(() => site.leave());

async function shaped(width: number, height: number): Promise<TestPicture> {
  const bytes = await picture(gradient(width, height)).jpeg().toBuffer();
  return { name: `${width}.jpg`, type: 'image/jpeg', bytes };
}

const share = (person: Person, pictures: TestPicture | TestPicture[], wish: PostWish) =>
  person.published(person.post(pictures, wish));

const sizes = [{ width: 320, height: 640 }, PHONE, { width: 820, height: 1180 }, DESK];

/** Each page, and what is there when it is complete. */
const stops: readonly (readonly [at: string, ready: (page: Page) => Locator])[] = [
  ['/', (page) => page.getByRole('article').nth(1)],
  [`/${LONG_NAME}`, (page) => page.getByRole('heading', { name: /Wolfeschlegel/ })],
  [`/${LONG_NAME}/followers`, (page) => page.getByRole('link', { name: /ida/ })],
  ['/ida/followers', (page) => page.getByRole('link', { name: LONG_NAME })],
  ['/p/LONG', (page) => page.getByRole('article')],
  ['/new', (page) => page.getByRole('heading', { level: 2 })],
  ['/ida?tab=tagged', (page) => page.getByRole('heading', { level: 2 }).nth(1)],
  ['/p/OWN/edit', (page) => page.getByRole('textbox').nth(1)],
  ['/drafts', (page) => page.getByRole('listitem')],
  ['/archive', (page) => page.getByRole('heading', { level: 1 })],
  ['/recently-deleted', (page) => page.getByRole('heading', { level: 1 })],
  ['/explore', (page) => page.getByRole('heading', { level: 1 })],
  ['/settings/feed', (page) => page.getByRole('slider').nth(3)],
  ['/settings', (page) => page.getByRole('radio').nth(2)],
  ['/settings/profile', (page) => page.getByRole('textbox').nth(2)],
  ['/admin', (page) => page.getByRole('table').or(page.getByRole('heading', { level: 2 }).nth(1))],
  ['/no/such', (page) => page.getByRole('heading', { level: 1 })],
];
const visitorStops = [
  ['/', (page: Page) => page.getByRole('textbox').nth(3)],
  ['/log-in', (page: Page) => page.getByRole('textbox').nth(1)],
  ['/p/LONG', (page: Page) => page.getByRole('article')],
] as const;

/** Runs in the page: what stands out at a side, or null when the page does not scroll sideways. */
function findOverflow(): string | null {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return null;
  const out = [...document.querySelectorAll('body *')].findLast((element) => {
    const { left, right } = element.getBoundingClientRect();
    return right > clientWidth + 1 || left < -1;
  });
  return `${scrollWidth} > ${clientWidth}: ${out?.outerHTML.slice(0, 300)}`;
}

for (const mode of ['', '?dir=rtl', '?locale=pseudo']) {
  test(`nothing stands out at the sides ${mode}`, async () => {
    const look = async (page: Page, list: typeof stops | typeof visitorStops) => {
      for (const [at, ready] of list) {
        await page.goto(
          at.replace('LONG', longPost).replace('OWN', ownPost) +
            (at.includes('?') ? mode.replace('?', '&') : mode),
        );
        await see(ready(page).first());
        for (const size of sizes) {
          await page.setViewportSize(size);
          const found = await page.evaluate(findOverflow);
          assert.equal(found, null, `${at} at ${size.width}×${size.height}`);
        }
      }
    };
    await look(await site.visit({ as: people.ida }), stops);
    await look(await site.visit(), visitorStops);
  });
}

test('a long name and a long caption keep to their lines', async () => {
  const page = await site.visit({
    as: people.ida,
    at: `/p/${longPost}`,
    viewport: { width: 320, height: 640 },
  });
  const post = page.getByRole('article');
  await see(post);
  const name = await post.getByRole('link', { name: LONG_NAME }).first().boundingBox();
  const menu = await post.getByRole('button', { name: 'More about this post' }).boundingBox();
  assert.ok(name && menu);
  assert.ok(name.x + name.width <= menu.x, 'the name ends before the menu');
  assert.ok(name.height < 40, 'on one line');
  const shown = (await post.textContent()) ?? '';
  assert.ok(shown.includes(FAMILY) && shown.includes(ARABIC));
  const next = post.getByRole('button', { name: 'Next photo' });
  await next.click();
  await next.click();
  await see(post.getByRole('button', { name: 'Previous photo' }));
  await gone(next);
});

test('what is pressed most is large enough for a finger', async () => {
  const page = await site.visit({ as: people.ida, at: '/' });
  const main = page.getByRole('article').first();
  const large = async (what: Locator) => {
    const box = await what.boundingBox();
    assert.ok(box && box.width >= 44 && box.height >= 44, `${what}: ${JSON.stringify(box)}`);
  };
  await see(main);
  for (const name of ['Like', 'Comment', 'Share', 'More about this post']) {
    await large(main.getByRole('button', { name, exact: true }));
  }
  for (const name of ['Home', 'Explore', 'New post', 'Profile']) {
    await large(page.getByRole('navigation').getByRole('link', { name, exact: true }));
  }
  await page.goto(`/${LONG_NAME}`);
  await see(page.getByRole('button', { name: /^Following/ }));
  await large(page.getByRole('button', { name: /^Following/ }));
  await large(page.getByRole('button', { name: 'Back' }));
  await page.goto('/new');
  await see(page.getByText('Choose photos'));
  await large(page.getByText('Choose photos'));
  const visitor = await site.visit({ at: '/sign-up' });
  await see(visitor.getByRole('button', { name: 'Sign up' }));
  await large(visitor.getByRole('button', { name: 'Sign up' }));
  // The field's line stands around it.
  await large(visitor.getByLabel('Username').locator('..'));
  await large(visitor.getByRole('button', { name: 'Show password' }));
});

test('nothing jumps while a feed of twenty posts loads and is read, each picture late', async () => {
  // Without a worker, whose cache would have the pictures at once.
  const page = await site.visit({ as: people.ida, serviceWorkers: 'block' });
  const waiting = new Map<string, Route>();
  await page.route(
    '**/media/**',
    (route) => void waiting.set(nameOf(route.request().url()), route),
  );
  await page.addInitScript(watchShifts);
  await page.goto('/');
  await see(page.getByRole('article').nth(1));
  let late = 0;
  for (let atEnd = false; !atEnd; ) {
    await page.evaluate(drawTwice);
    await until(async () => {
      const missing = await page.evaluate(findMissing);
      for (const name of missing.map(nameOf)) {
        await waiting.get(name)?.continue();
        if (waiting.delete(name)) late += 1;
      }
      return missing.length === 0;
    }, 'the pictures in the window are shown');
    await page.evaluate(drawTwice);
    atEnd = await page.evaluate(scrollOn);
  }
  await see(page.getByText('You’re all caught up'));
  // One of each post; those that a finger would bring are not in the window.
  assert.ok(late >= 20, `${late} pictures came when their place was in sight`);
  const shifts = await page.evaluate(() => Reflect.get(window, 'shifts') as [number, string][]);
  const sum = shifts.reduce((total, [value]) => total + value, 0);
  assert.ok(sum <= 0.01, `${sum}: ${JSON.stringify(shifts)}`);
  // The browser that is told to do without a worker says so; nobody else does.
  site.faults.splice(0);
});

/** Runs in the page, before it: writes down what moves without being asked to. */
function watchShifts(): void {
  const shifts: [number, string][] = [];
  Reflect.set(window, 'shifts', shifts);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { value, hadRecentInput, sources } = entry as PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
        sources: readonly { node: Node | null }[];
      };
      const node = sources[0]?.node;
      const what = node instanceof Element ? node.outerHTML.slice(0, 200) : String(node?.nodeName);
      if (!hadRecentInput) shifts.push([value, what]);
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

/** Runs in the page: resolves when what was done has been drawn. */
function drawTwice(): Promise<unknown> {
  return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
}

/** What all sizes of a picture have in common in their addresses. */
const nameOf = (url: string) => url.replace(/-[a-z]+-[^/]+$/, '');

/** Runs in the page: addresses of the pictures in the window that have not come yet. */
function findMissing(): string[] {
  return [...document.querySelectorAll<HTMLImageElement>('article img')].flatMap((img) => {
    const { top, right, bottom, left } = img.getBoundingClientRect();
    const inSight = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
    return inSight && img.naturalWidth === 0 ? [img.src] : [];
  });
}

/** Runs in the page: reads on by less than a window; true when this was its end already. */
function scrollOn(): boolean {
  const before = scrollY;
  scrollBy(0, innerHeight * 0.6);
  return scrollY === before;
}

test('after 200 posts the page is no larger than after 20', async () => {
  const [lena, max] = [await join(site.url, 'lena'), await join(site.url, 'max')];
  await max.follow(lena);
  const post = (_: unknown, index: number) =>
    share(lena, colourPicture(), { caption: `Number ${index}` });
  for (let batch = 0; batch < 20; batch += 1) {
    await Promise.all(Array.from({ length: 10 }, (_, index) => post(_, batch * 10 + index)));
  }
  const page = await site.visit({ as: max, at: '/' });
  await see(page.getByRole('article').first());
  const end = page.getByText('You’re all caught up');
  let most = 0;
  while (!(await end.isVisible())) {
    const count = await page.evaluate(async () => {
      scrollBy(0, innerHeight * 2);
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
      return document.querySelectorAll('*').length;
    });
    most = Math.max(most, count);
  }
  assert.ok(most <= 1500, `${most} elements`);
  const seen = await page.evaluate(() => scrollY / 300);
  assert.ok(seen > 150, 'it was 200 posts long');
});

test('the feed loads at most 90 KB of scripts and 15 KB of styles', async () => {
  const page = await site.visit({ as: people.ida, serviceWorkers: 'block' });
  const files: Promise<[type: string, size: number, url: string]>[] = [];
  page.on('response', (response) => {
    const type = response.request().resourceType();
    if (type !== 'script' && type !== 'stylesheet') return;
    files.push(response.body().then((body) => [type, gzipSync(body).length, response.url()]));
  });
  await page.goto('/');
  await see(page.getByRole('article').nth(1));
  await page.waitForLoadState('networkidle');
  const loaded = await Promise.all(files);
  const sum = (wanted: string) =>
    loaded.reduce((total, [type, size]) => total + (type === wanted ? size : 0), 0);
  assert.ok(sum('script') > 10_000 && sum('stylesheet') > 1000, 'they were seen');
  assert.ok(sum('script') <= 90_000, JSON.stringify(loaded));
  assert.ok(sum('stylesheet') <= 15_000, JSON.stringify(loaded));
  // The browser that is told to do without a worker says so; nobody else does.
  site.faults.splice(0);
});
