import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Locator, Page, Request } from 'playwright-core';
import { homeFeed } from '../../api/feed.ts';
import type { Post } from '../../api/posts.ts';
import {
  changeRanking,
  getRanking,
  PRESETS,
  reportSeen,
  resetRanking,
  whyPost,
} from '../../api/ranking.ts';
import { ofMarks } from '../../server/kernel/touch-keys.ts';
import { cast, join, type Person } from '../cast.ts';
import { colourPicture } from '../pictures.ts';
import { becomeVideo, someVideo } from '../published-videos.ts';
import { until } from '../within.ts';
import { examine } from './examine.ts';
import { DESK, gone, openSite, PHONE, type Site, see, type Visit } from './site.ts';

const film = await someVideo();
const skip = film ? false : 'no sample video, and no ffmpeg to make one';

let site: Site;
let people: Record<'rosa' | 'near' | 'far', Person>;
/** Of somebody close, older; of somebody who is not, newer. */
let ofNear: Post;

before(async () => {
  site = await openSite();
  people = await cast(site.url, 'rosa', 'near', 'far');
  const { rosa, near, far } = people;
  await rosa.follow(near);
  await rosa.follow(far);
  for (let count = 0; count < 3; count += 1) {
    const post = await share(near, `Before ${count}.`);
    await rosa.like(post);
    await rosa.comment(post, 'Lovely');
    await near.delete(post);
  }
  ofNear = await share(near, 'From a friend. #lakes');
  await share(far, 'From afar.');
});
after(() => site.close());
afterEach(async () => {
  await site.leave();
  // What a page tells while it is left goes past its routes.
  await site.server.ctx.db.transaction(async (tx) => {
    await tx.query('delete from seen_posts');
    tx.touch(ofMarks(people.rosa.id));
  });
  await people.rosa.api(changeRanking, { body: { order: 'latest' } });
  await people.rosa.api(resetRanking);
});

/** A page that tells nobody what was on it: what is seen sinks, and tests would stand in each other's way. */
async function open({ at = '/', ...visit }: Visit): Promise<Page> {
  const page = await site.visit(visit);
  await page.route('**/feed/seen', (route) => route.abort());
  await page.goto(at);
  return page;
}

const share = (person: Person, caption: string) =>
  person.published(person.post(colourPicture(), { caption }));

const order = (page: Page, name: 'Latest' | 'Ranked') =>
  page.getByRole('radio', { name, exact: true });

const postOf = (page: Page, caption: string) =>
  page.getByRole('article').filter({ hasText: caption });

/** Waits until the first post of the feed is this one. */
const firstIs = (page: Page, caption: string) =>
  see(page.getByRole('article').first().filter({ hasText: caption }));

const inOrder = (wanted: 'latest' | 'ranked', who = people.rosa) =>
  until(async () => (await who.api(getRanking)).order === wanted, `the server has ${wanted}`);

async function openWhy(page: Page, caption: string): Promise<Locator> {
  await postOf(page, caption).getByRole('button', { name: 'Why this post?' }).click();
  const sheet = page.getByRole('dialog', { name: 'Why this post' });
  await see(sheet.getByRole('heading', { name: 'How it is weighed' }));
  return sheet;
}

/** Whether a request asks for this route. */
const isFor = (request: Request, method: string, path: string) =>
  request.method() === method && new URL(request.url()).pathname === `/api/v1${path}`;

test('the order is chosen in reach of a thumb, shown at once, and remembered by the server', async () => {
  const { rosa } = people;
  const page = await open({ as: rosa });
  await firstIs(page, 'From afar.');
  assert.ok(await order(page, 'Latest').isChecked());
  await see(page.getByRole('link', { name: /^Latest first/ }));
  const box = await order(page, 'Ranked').locator('..').boundingBox();
  assert.ok(box && box.width >= 44 && box.height >= 44, JSON.stringify(box));
  assert.ok(box.y > PHONE.height * 0.75, 'near the foot of a phone');
  await order(page, 'Ranked').check();
  await see(page.getByRole('link', { name: /^Ranked for you/ }));
  await firstIs(page, 'From a friend.');
  await inOrder('ranked');

  // Another device knows it, and asks for nothing else.
  const other = await open({ as: rosa, viewport: DESK, at: '/settings' });
  const asked: (string | null)[] = [];
  other.on('request', (request) => {
    if (isFor(request, 'GET', '/feed/home'))
      asked.push(new URL(request.url()).searchParams.get('order'));
  });
  await other.goto('/');
  await firstIs(other, 'From a friend.');
  assert.ok(await order(other, 'Ranked').isChecked());
  assert.deepEqual(asked.slice(0, 1), ['ranked']);
  // By keyboard alone, and back.
  await order(other, 'Ranked').focus();
  await other.keyboard.press('ArrowRight');
  await firstIs(other, 'From afar.');
  await inOrder('latest');
});

test('an order that cannot be kept is taken back, says why, and can be tried again', async () => {
  const page = await open({ as: people.rosa });
  await firstIs(page, 'From afar.');
  await page.route('**/feed/ranking', (route) => route.abort());
  await order(page, 'Ranked').click();
  await see(page.getByText(/^This could not be saved/));
  assert.ok(await order(page, 'Latest').isChecked());
  await firstIs(page, 'From afar.');
  assert.equal((await people.rosa.api(getRanking)).order, 'latest');
  await page.unroute('**/feed/ranking');
  await page.getByRole('button', { name: 'Try again' }).click();
  await firstIs(page, 'From a friend.');
  await inOrder('ranked');
});

test('a ranked feed stands still when posts come, and ranks anew when asked', async () => {
  const { rosa, far } = people;
  await rosa.api(changeRanking, { body: { order: 'ranked' } });
  const page = await open({ as: rosa });
  await firstIs(page, 'From a friend.');
  // Live from here on.
  const counts = await rosa.like(ofNear);
  await see(page.getByRole('button', { name: `${counts.likes_count} like` }));
  await rosa.unlike(ofNear);
  const post = await share(far, 'Just now.');
  const pill = page.getByRole('button', { name: '1 new post. Rank anew' });
  await see(pill);
  assert.equal(await postOf(page, 'Just now.').count(), 0);
  await pill.click();
  await see(postOf(page, 'Just now.'));
  await gone(pill);
  await far.delete(post);
});

test('why a post stands where it stands: as the server says it, each term with its figures', async () => {
  const { rosa } = people;
  const page = await open({ as: rosa, viewport: DESK });
  const sheet = await openWhy(page, 'From a friend.');
  const why = await rosa.api(whyPost, { params: { post_id: ofNear.post_id } });
  await see(
    sheet.getByText('You follow near.'),
    sheet.getByText(/Your feed is in the order of time/),
  );
  const rows = sheet.getByRole('listitem').filter({ has: page.locator('.term__bar') });
  assert.equal(await rows.count(), why.terms.length);
  const figure = (value: number) =>
    new Intl.NumberFormat('en', { maximumFractionDigits: 1 }).format(value * 100);
  for (const [index, term] of why.terms.entries()) {
    await see(rows.nth(index).getByText(`${figure(term.points)} points`));
  }
  await see(sheet.getByText(`${figure(why.score)} points`).last());
  const facts = rows.first().getByRole('group');
  await facts.locator('summary').click();
  await see(facts.getByText('Likes an hour'));
  await page.keyboard.press('Escape');

  // From the menu as well, and in the ranked order it says so.
  await order(page, 'Ranked').check();
  await firstIs(page, 'From a friend.');
  await postOf(page, 'From a friend.')
    .getByRole('button', { name: 'More about this post' })
    .click();
  await page.getByRole('menuitem', { name: 'Why this post?' }).click();
  await see(page.getByRole('dialog').getByText('Your feed is ranked.'));
});

test('weights move the bars at once, and the feed when the sheet closes', async () => {
  const { rosa } = people;
  await rosa.api(changeRanking, { body: { order: 'ranked' } });
  const page = await open({ as: rosa });
  await firstIs(page, 'From a friend.');
  const sheet = await openWhy(page, 'From a friend.');
  await sheet.getByRole('button', { name: 'Change the weights' }).click();
  const close = sheet.getByRole('slider', { name: 'Weight: How close you are' });
  const points = sheet
    .getByRole('listitem')
    .filter({ hasText: 'How close you are' })
    .getByText(/points$/);
  const before = await points.textContent();
  const held = Promise.withResolvers<void>();
  let sent = 0;
  await page.route('**/feed/ranking', async (route) => {
    sent += 1;
    await held.promise;
    await route.continue();
  });
  // Nothing has answered: what moves is worked out here.
  await close.fill('50');
  await close.fill('0');
  await see(points.getByText('0 points', { exact: true }));
  assert.notEqual(before, '0 points');
  await sheet.getByRole('slider', { name: 'Weight: How people respond' }).fill('0');
  await see(sheet.getByText('0 %').first());
  held.resolve();
  await until(async () => {
    const { weights, changed } = await rosa.api(getRanking);
    return changed && weights.affinity === 0 && weights.engagement === 0;
  }, 'the server has the weights');
  assert.ok(sent < 3, `${sent} requests for three movements`);
  await sheet.getByRole('button', { name: 'Close' }).click();
  await see(page.getByText('Your feed is ranked anew.'));
  await firstIs(page, 'From afar.');
});

test('another preset, and beginning anew, with a way back', async () => {
  const { rosa } = people;
  await rosa.api(changeRanking, { body: { weights: { content: 70 } } });
  const page = await open({ as: rosa, at: '/settings/feed' });
  const content = page.getByRole('slider', { name: 'Whether you like such media' });
  await see(content);
  assert.equal(await content.inputValue(), '70');
  await page.getByRole('radio', { name: 'Simple' }).check();
  await see(page.getByRole('slider', { name: 'Shares' }));
  await until(async () => (await rosa.api(getRanking)).preset === 'simple', 'it is kept');

  const anew = page.getByRole('button', { name: 'Begin anew' });
  await anew.click();
  await see(content, page.getByText('Your feed begins anew.'));
  assert.equal(await content.inputValue(), String(PRESETS.balanced.content));
  await page.getByRole('button', { name: 'Undo' }).click();
  await see(page.getByRole('slider', { name: 'Shares' }));
  assert.equal((await rosa.api(getRanking)).preset, 'simple');
  // What comes next builds on it, so it happens then.
  await anew.click();
  await page.getByRole('slider', { name: 'How new it is' }).fill('90');
  await until(async () => {
    const { preset, weights } = await rosa.api(getRanking);
    return preset === 'balanced' && weights.recency === 90;
  }, 'the weight is of the preset that was begun anew');
});

test('less of this: asked for, undone, listed, taken back', async () => {
  const { rosa } = people;
  const wanted = async () => (await rosa.api(getRanking)).less_of.map(({ label }) => label);
  const page = await open({ as: rosa });
  await firstIs(page, 'From afar.');
  const sheet = await openWhy(page, 'From a friend.');
  const author = sheet.getByRole('button', { name: 'Less of near' });
  await author.click();
  await see(sheet.getByText('You will see less of near.'));
  await see(sheet.getByRole('button', { name: 'Less of near', pressed: true }));
  await see(sheet.getByText('You want less of who shared it'));
  assert.deepEqual(await wanted(), ['near']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await see(sheet.getByRole('button', { name: 'Less of near', pressed: false }));
  await until(async () => (await wanted()).length === 0, 'it is undone');
  await author.click();
  await sheet.getByRole('button', { name: 'Less of #lakes' }).click();
  await sheet.getByRole('button', { name: 'Less of photos' }).click();
  await until(async () => (await wanted()).length === 3, 'three are wanted less');
  await page.keyboard.press('Escape');

  await page.goto('/settings/feed');
  await page.getByRole('button', { name: 'Take back: less of #lakes' }).click();
  await gone(page.getByRole('button', { name: 'Take back: less of #lakes' }));
  await see(page.getByRole('button', { name: 'Take back: less of Photos' }));
  // Leaving the page is no undo.
  await page.goto('/');
  await until(async () => (await wanted()).join() === 'near,photo', 'one is taken back');
});

test('what was looked at is told once, what was only passed is not, and nothing of visitors', async () => {
  const reader = await join(site.url, 'reader');
  const writer = await join(site.url, 'writer');
  await reader.follow(writer);
  const ids: string[] = [];
  for (const caption of ['Third.', 'Second.', 'First.']) {
    ids.unshift((await share(writer, caption)).post_id);
  }
  const page = await site.visit({ as: reader });
  await page.clock.install();
  const told: string[][] = [];
  page.on('request', (request) => {
    if (!isFor(request, 'POST', '/feed/seen')) return;
    const { posts } = request.postDataJSON() as { posts: { post_id: string }[] };
    told.push(posts.map(({ post_id }) => post_id));
  });
  await page.goto('/');
  await see(postOf(page, 'First.'));
  await page.evaluate(watchSight, ids[0] ?? '');
  await inSight(page, true);
  // Less than a second, then away and back: it begins again.
  await page.clock.runFor(900);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await inSight(page, false);
  await page.clock.runFor(600);
  await page.evaluate(() => scrollTo(0, 0));
  await inSight(page, true);
  await page.clock.runFor(900);
  assert.deepEqual(told, []);
  const report = page.waitForRequest((request) => isFor(request, 'POST', '/feed/seen'));
  await page.clock.runFor(6000);
  await report;
  assert.deepEqual(told, [[ids[0]]], 'the one in view, and not the others');
  await until(async () => (await seenBy(reader))[0] === 'First.', 'the server knows');
  // On and back: not again. What is left with the page is told with it.
  await postOf(page, 'Second.').evaluate((element) => element.scrollIntoView({ block: 'center' }));
  await page.evaluate(watchSight, ids[1] ?? '');
  await inSight(page, true);
  await page.clock.runFor(1500);
  await page.evaluate(() => scrollTo(0, 0));
  await page.clock.runFor(1500);
  await page.goto('/settings');
  await until(async () => (await seenBy(reader)).includes('Second.'), 'told while leaving');
  assert.equal(told.flat().filter((id) => id === ids[0]).length, 1);

  const visitor = await site.visit();
  await visitor.clock.install();
  let asked = 0;
  visitor.on('request', (request) => {
    if (isFor(request, 'POST', '/feed/seen')) asked += 1;
  });
  await visitor.goto(`/p/${ids[0]}`);
  await see(visitor.getByRole('article'));
  await visitor.clock.runFor(10_000);
  await visitor.goto('/');
  assert.equal(asked, 0);
});

test('of a video it is told how much was played, when it has left', { skip }, async () => {
  const [reader, writer] = [await join(site.url, 'viewer'), await join(site.url, 'filmer')];
  await reader.follow(writer);
  const post = await share(writer, 'It moves.');
  if (film) await becomeVideo(site.server.ctx, post, film);
  const page = await site.visit({ as: reader, at: '/' });
  await see(postOf(page, 'It moves.'));
  await page.waitForFunction(() => {
    const video = document.querySelector('video');
    return video && video.currentTime > Math.max(1.2, video.duration / 3);
  });
  const report = page.waitForRequest((request) => isFor(request, 'POST', '/feed/seen'));
  await page.getByRole('link', { name: 'Explore', exact: true }).click();
  const { posts } = (await report).postDataJSON() as {
    posts: { post_id: string; watched?: number }[];
  };
  assert.deepEqual(
    posts.map(({ post_id }) => post_id),
    [post.post_id],
  );
  const watched = posts[0]?.watched ?? 0;
  assert.ok(watched > 0.2 && watched <= 1, `${watched} of it`);
});

/** Runs in the page: keeps said whether half of a post is in view, by the browser's own word. */
function watchSight(id: string): void {
  const item = document.querySelector(`[data-item="${id}"] article`);
  if (!item) throw new Error('the post is not in the page');
  Reflect.set(window, 'inSight', null);
  new IntersectionObserver(
    ([entry]) => Reflect.set(window, 'inSight', (entry?.intersectionRatio ?? 0) >= 0.5),
    { threshold: [0, 0.5, 1] },
  ).observe(item);
}

/** Asks, rather than waiting in the page: its clock stands still. */
const inSight = (page: Page, wanted: boolean) =>
  until(
    () => page.evaluate((is) => Reflect.get(window, 'inSight') === is, wanted),
    wanted ? 'it is in sight' : 'it is out of sight',
  );

/** Captions of the posts in somebody's feed that were seen. */
async function seenBy(person: Person): Promise<string[]> {
  const posts = await person.api(homeFeed, { query: { order: 'latest' } });
  return posts.flatMap(({ viewer, caption }) => (viewer.seen ? [caption] : []));
}

test('all caught up is a place: above it what is new, below it what was there before', async () => {
  const cora = await join(site.url, 'cora');
  const paul = await join(site.url, 'paul');
  await cora.follow(paul);
  const posts: Post[] = [];
  for (let count = 1; count <= 9; count += 1) posts.push(await share(paul, `Number ${count}.`));
  const seen = posts.slice(0, 7).map(({ post_id }) => ({ post_id }));
  await cora.api(reportSeen, { body: { posts: seen } });
  for (const wanted of ['latest', 'ranked'] as const) {
    await cora.api(changeRanking, { body: { order: wanted } });
    const page = await open({ as: cora });
    const mark = page.getByRole('article', { name: 'You’re all caught up' });
    await readDownTo(page, mark);
    assert.deepEqual(await page.evaluate(besideMark), ['Number 8.', 'Number 7.'].sort(), wanted);
    await see(mark.getByRole('link', { name: 'Explore other people’s photos' }));
    await examine(page, `the mark, ${wanted}`);
    await readDownTo(page, page.getByRole('heading', { name: 'This is the end' }));
  }
  // Nothing new: one quiet line, and the photos.
  await cora.api(reportSeen, { body: { posts: posts.map(({ post_id }) => ({ post_id })) } });
  const page = await open({ as: cora });
  await see(page.getByText(/^Nothing unseen at the moment/));
  await order(page, 'Latest').check();
  await see(page.getByText(/^Nothing new since your last visit/));
});

/** Reads on, as people do, until it is in the window. */
async function readDownTo(page: Page, what: Locator): Promise<void> {
  await see(page.getByRole('article').first());
  while (!(await what.isVisible())) {
    await page.evaluate(async () => {
      scrollBy(0, innerHeight / 2);
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    });
  }
}

/** Runs in the page: the captions of the posts right above and below the mark, sorted. */
function besideMark(): string[] {
  const mark = document.querySelector('.home__caught-up');
  const item = mark?.closest('[data-item]');
  return [item?.previousElementSibling, item]
    .map((one) => /Number \d+\./.exec(one?.textContent ?? '')?.[0] ?? 'nothing')
    .sort();
}

for (const [colorScheme, viewport] of [
  ['light', PHONE],
  ['dark', DESK],
] as const) {
  test(`the feed, the sheet and the settings keep the rules for everyone, ${colorScheme}`, async () => {
    const { rosa } = people;
    await rosa.api(changeRanking, { body: { order: 'ranked' } });
    const look = { colorScheme, viewport, reducedMotion: 'reduce' } as const;
    const page = await open({ as: rosa, ...look });
    await firstIs(page, 'From a friend.');
    await examine(page, 'a ranked feed');
    const sheet = await openWhy(page, 'From a friend.');
    await sheet.getByRole('button', { name: 'Change the weights' }).click();
    await sheet.locator('summary').first().click();
    await sheet.getByRole('button', { name: 'Less of near' }).click();
    await see(sheet.getByText('You want less of who shared it'));
    await examine(page, 'why a post, with weights');
    for (const button of await sheet.getByRole('button').all()) {
      const box = await button.boundingBox();
      assert.ok(box && box.height >= 36, `${await button.textContent()}: ${box?.height}`);
    }
    await page.goto('/settings/feed');
    await see(page.getByRole('button', { name: 'Take back: less of near' }));
    await examine(page, 'the settings of the feed');
  });
}
