import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { followHashtag } from '../../api/hashtags.ts';
import { editProfile } from '../../api/people.ts';
import { createPlace } from '../../api/places.ts';
import { editPost, type Post } from '../../api/posts.ts';
import { cast, type Person } from '../cast.ts';
import { colourPicture } from '../pictures.ts';
import { hearAll } from '../said-posts.ts';
import { examine } from './examine.ts';
import { DESK, gone, openSite, PHONE, type Site, see } from './site.ts';

let site: Site;
let people: Record<'ada' | 'ben', Person>;
/** The two at the lake, and one that is in Arabic. */
let lake: readonly Post[];
let arabic: Post;
let placeId: string;

before(async () => {
  site = await openSite();
  people = await cast(site.url, 'ada', 'ben');
  const { ada, ben } = people;
  const place = await ada.api(createPlace, {
    body: { name: 'Großer Müggelsee', latitude: 52.4372, longitude: 13.6482 },
  });
  placeId = place.place_id;
  const share = (author: Person, alt: string, caption: string) =>
    author.published(author.post(colourPicture(), { caption, media: [{ alt }] }));
  const first = await share(ada, 'Still water', 'Early #Müggelsee #a#b');
  const second = await share(
    ben,
    'A jetty',
    '#müggelsee with <b>no</b> tags, @ada @nobody_here\nhttps://example.org/#Müggelsee.',
  );
  for (const [author, { post_id }] of [
    [ada, first],
    [ben, second],
  ] as const) {
    await author.api(editPost, { params: { post_id }, body: { place_id: place.place_id } });
    await hearAll(site.server.ctx, post_id);
  }
  lake = [first, second];
  arabic = await share(ada, 'A garden', 'صباح الخير من #الحديقة مع الأصدقاء');
  await ada.like(first);
  const params = { username: 'ada' };
  await ada.api(editProfile, { params, body: { bio: 'Photos of #Müggelsee, with @ben' } });
});
after(() => site.close());
afterEach(() => site.leave());

const path = (tag: string) => `/tags/${encodeURIComponent(tag)}`;

test('from a caption to its hashtag: counted, followed, top and recent', async () => {
  const page = await site.visit({ as: people.ben, at: `/p/${lake[0]?.post_id}` });
  await page.getByRole('link', { name: '#Müggelsee' }).click();
  await see(page.getByRole('heading', { level: 1, name: '#müggelsee' }));
  assert.equal(new URL(page.url()).pathname, path('müggelsee'));
  await see(page.getByText('2 public posts'));
  const names = () =>
    page
      .getByRole('tabpanel')
      .getByRole('link')
      .evaluateAll((links) => links.map((link) => link.getAttribute('aria-label')));
  await see(page.getByRole('link', { name: 'Post: A jetty' }));
  assert.deepEqual(await names(), ['Post: Still water', 'Post: A jetty'], 'the liked one first');
  await page.getByRole('tab', { name: 'Recent' }).click();
  await page.waitForURL(/\?order=recent$/);
  await see(page.getByRole('link', { name: 'Post: A jetty' }));
  assert.deepEqual(await names(), ['Post: A jetty', 'Post: Still water']);
  await page.reload();
  await see(page.getByRole('tab', { name: 'Recent', selected: true }));

  const follow = page.getByRole('button', { name: 'Follow: #müggelsee' });
  await follow.click();
  await see(page.getByRole('button', { name: 'Following: #müggelsee', pressed: true }));
  await page.goto('/settings/hashtags');
  await see(page.getByRole('link', { name: /#müggelsee/ }));
  await page.getByRole('button', { name: 'Following: #müggelsee' }).click();
  await see(page.getByRole('button', { name: 'Follow: #müggelsee', pressed: false }));
  await see(page.getByRole('link', { name: /#müggelsee/ }));
  await page.goto('/');
  await page.goto('/settings/hashtags');
  await see(page.getByRole('heading', { name: 'No hashtags yet' }));
});

test('a follow that the server refuses is taken back, and said', async () => {
  const page = await site.visit({ as: people.ben, at: path('a') });
  await page.route('**/hashtags/*/follow', (route) => route.abort());
  await page.getByRole('button', { name: 'Follow: #a' }).click();
  await see(page.getByText(/#a could not be followed/));
  await see(page.getByRole('button', { name: 'Follow: #a', pressed: false }));
  await page.unroute('**/hashtags/*/follow');
  await page.getByRole('button', { name: 'Try again' }).click();
  await see(page.getByRole('button', { name: 'Following: #a', pressed: true }));
});

test('a post over the page of a hashtag leaves the page under it as it was', async () => {
  const page = await site.visit({
    as: people.ben,
    viewport: DESK,
    at: `${path('müggelsee')}?order=recent`,
  });
  await page.getByRole('link', { name: 'Post: A jetty' }).click();
  await see(page.getByRole('dialog'));
  await page.keyboard.press('Escape');
  await gone(page.getByRole('dialog'));
  await see(page.getByRole('tab', { name: 'Recent', selected: true }));
});

test('what a person writes is text; hashtags, known people and addresses lead on', async () => {
  const page = await site.visit({ as: people.ben, at: `/p/${lake[1]?.post_id}` });
  const caption = page.locator('.caption__text');
  await see(caption);
  assert.match((await caption.textContent()) ?? '', /with <b>no<\/b> tags, @ada @nobody_here/);
  const links = await caption
    .locator('a.rich-link')
    .evaluateAll((all) =>
      all.map((link) => [link.textContent, link.getAttribute('href'), link.getAttribute('rel')]),
    );
  assert.deepEqual(links, [
    ['#müggelsee', path('müggelsee'), null],
    ['@ada', '/ada', null],
    [
      'example.org/#Müggelsee',
      'https://example.org/#Müggelsee',
      'nofollow noopener noreferrer ugc',
    ],
  ]);
  await caption.getByRole('link', { name: '@ada' }).click();
  await see(page.getByRole('heading', { level: 1, name: 'ada' }));
  await page.locator('.profile-head__words').getByRole('link', { name: '#Müggelsee' }).click();
  await see(page.getByRole('heading', { level: 1, name: '#müggelsee' }));
});

test('a caption in Arabic reads from the right, whoever wrote it', async () => {
  const page = await site.visit({ as: people.ben, at: `/p/${arabic.post_id}` });
  const caption = page.locator('.caption__text');
  await see(caption.getByRole('link', { name: '#الحديقة' }));
  assert.equal(await caption.evaluate((text) => getComputedStyle(text).direction), 'rtl');
  await caption.getByRole('link', { name: '#الحديقة' }).click();
  await see(page.getByRole('heading', { level: 1, name: '#الحديقة' }));
  await see(page.getByText('1 public post', { exact: true }));
});

test('a place: where it is, as a link that asks nothing of anybody, and its posts', async () => {
  const page = await site.visit({ at: `/places/${placeId}` });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).origin));
  await page.reload();
  await see(page.getByRole('heading', { level: 1, name: 'Großer Müggelsee' }));
  await see(page.getByText('52.4372° N, 13.6482° E'));
  const map = page.getByRole('link', { name: 'Open in OpenStreetMap' });
  assert.equal(
    await map.getAttribute('href'),
    'https://www.openstreetmap.org/?mlat=52.4372&mlon=13.6482#map=16/52.4372/13.6482',
  );
  await see(
    page.getByRole('link', { name: 'Post: A jetty' }),
    page.getByRole('link', { name: 'Post: Still water' }),
  );
  assert.deepEqual([...new Set(asked)], [site.url], 'nothing of elsewhere is asked for');
});

test('visitors look, and log in to follow', async () => {
  const page = await site.visit({ at: path('müggelsee') });
  await see(page.getByRole('link', { name: 'Post: A jetty' }));
  await page.getByRole('button', { name: 'Follow: #müggelsee' }).click();
  await page.waitForURL(/\/log-in\?next=/);
});

test('what is not there is said', async () => {
  const page = await site.visit({ as: people.ben, at: path('2024') });
  await see(page.getByRole('heading', { level: 1, name: 'This is not a hashtag' }));
  await page.goto('/places/12');
  await see(page.getByRole('heading', { level: 1, name: 'This place is not here' }));
  await page.goto(path('nobody_uses_it'));
  await see(page.getByRole('heading', { name: 'No posts yet' }), page.getByText('0 public posts'));
});

for (const look of [
  { colorScheme: 'light', viewport: PHONE },
  { colorScheme: 'dark', viewport: DESK },
] as const) {
  test(`pages of hashtags and places are for everyone, ${look.colorScheme}`, async () => {
    await people.ada.api(followHashtag, {
      params: { tag: 'a' },
    });
    const page = await site.visit({ as: people.ada, reducedMotion: 'reduce', ...look });
    for (const [at, name] of [
      [path('müggelsee'), 'Post: A jetty'],
      [`/places/${placeId}`, 'Post: A jetty'],
      ['/settings/hashtags', /^#a/],
      [`/p/${lake[1]?.post_id}`, '#müggelsee'],
      [`/p/${arabic.post_id}`, '#الحديقة'],
    ] as const) {
      await page.goto(at);
      await see(page.getByRole('link', { name }).first());
      await examine(page, `${at}, ${look.colorScheme}`);
    }
    for (const [at, name] of [
      [path('nobody_uses_it'), 'No posts yet'],
      [path('2024'), 'This is not a hashtag'],
      ['/places/12', 'This place is not here'],
    ] as const) {
      await page.goto(at);
      await see(page.getByRole('heading', { name }).first());
      await examine(page, `${at}, ${look.colorScheme}`);
    }
  });
}
