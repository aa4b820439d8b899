import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { endSession, listSessions } from '../../api/people.ts';
import { cast, join, PASSWORD, type Person } from '../cast.ts';
import { colourPicture } from '../pictures.ts';
import { DESK, gone, openSite, PHONE, type Site, see } from './site.ts';

const POSTS = 30;
let site: Site;
let people: Record<'nora' | 'otto', Person>;
before(async () => {
  site = await openSite();
  people = await cast(site.url, 'nora', 'otto');
  await people.otto.follow(people.nora);
  for (let count = 1; count <= POSTS; count += 1) await share(`Number ${count}.`);
});
after(() => site.close());
afterEach(() => site.leave());

const share = (caption: string) =>
  people.nora.published(people.nora.post(colourPicture(), { caption }));

const postOf = (page: Page, caption: string) =>
  page.getByRole('article').filter({ hasText: caption });

/** Scrolls down, as a reader does, until a post stands in the window, and gives its place there. */
async function readDownTo(page: Page, caption: string): Promise<number> {
  const post = postOf(page, caption);
  await see(page.getByRole('article').first());
  while (!(await post.isVisible())) {
    await page.evaluate(async () => {
      scrollBy(0, innerHeight / 2);
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    });
  }
  await post.evaluate((element) => scrollBy(0, element.getBoundingClientRect().top - 100));
  return placeOf(page, caption);
}

/** Pixels from the top of the window, once it stands still there. */
async function placeOf(page: Page, caption: string): Promise<number> {
  await see(postOf(page, caption));
  return standsAt(postOf(page, caption));
}

function standsAt(what: Locator): Promise<number> {
  return what.evaluate(async (element) => {
    for (let last = Number.NaN; ; ) {
      const { top } = element.getBoundingClientRect();
      if (top === last) return top;
      last = top;
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    }
  });
}

const near = (one: number, other: number, what: string) =>
  assert.ok(Math.abs(one - other) <= 2, `${what}: at ${one}, not at ${other}`);

test('back and reload find the reading position', async () => {
  for (const viewport of [PHONE, DESK]) {
    const page = await site.visit({ as: people.otto, at: '/', viewport });
    const place = await readDownTo(page, 'Number 9.');
    await postOf(page, 'Number 9.').getByRole('link', { name: 'nora' }).first().click();
    await see(page.getByRole('link', { name: '1 follower' }));
    assert.equal(await page.evaluate(() => scrollY), 0, 'a new page begins at its top');
    await page.goBack();
    near(await placeOf(page, 'Number 9.'), place, 'after back');
    await page.reload();
    near(await placeOf(page, 'Number 9.'), place, 'after a reload');
    await page.goForward();
    await see(page.getByRole('link', { name: '1 follower' }));
    await page.goBack();
    near(await placeOf(page, 'Number 9.'), place, 'after forward and back');
  }
});

test('a grid keeps its place too, and a post over it closes by back', async () => {
  const page = await site.visit({ as: people.otto, at: '/nora', viewport: DESK });
  const cell = page.getByRole('link', { name: 'Post: Number 3.' });
  await see(cell, page.getByRole('link', { name: '1 follower' }));
  await cell.scrollIntoViewIfNeeded();
  // What comes into view is laid out only then: rows above may still move it.
  const place = await standsAt(cell);
  assert.ok((await page.evaluate(() => scrollY)) > 100);
  await cell.click();
  const sheet = page.getByRole('dialog', { name: 'Post by Nora' });
  await see(sheet.getByText('Number 3.'));
  assert.match(page.url(), /\/p\/\d+$/);
  await page.goBack();
  await gone(sheet);
  near(await standsAt(cell), place, 'the grid under a sheet');
  await page.setViewportSize(PHONE);
  await cell.scrollIntoViewIfNeeded();
  const onPhone = await standsAt(cell);
  await cell.click();
  await see(page.getByRole('heading', { name: 'Post', exact: true }));
  await page.goBack();
  await see(cell);
  near(await standsAt(cell), onPhone, 'the grid on a phone');
});

test('what is read does not move when posts come: they wait until asked for', async () => {
  const page = await site.visit({ as: people.otto, at: '/' });
  const place = await readDownTo(page, 'Number 20.');
  await share('Fresh one.');
  await share('Fresh two.');
  const pill = page.getByRole('button', { name: '2 new posts' });
  await see(pill);
  near(await placeOf(page, 'Number 20.'), place, 'while it is read');
  assert.ok(!(await postOf(page, 'Fresh two.').isVisible()));
  await pill.click();
  await see(postOf(page, 'Fresh two.'));
  await gone(pill);
  near(await page.evaluate(() => scrollY), 0, 'at the top');
  // At the top news slides in by itself.
  await share('Fresh three.');
  await see(postOf(page, 'Fresh three.'));
  // A profile that is visited again shows what came in between.
  await page.goto('/nora');
  await see(page.getByRole('link', { name: 'Post: Fresh three.' }));
  await page.getByRole('link', { name: 'Home', exact: true }).click();
  await share('Fresh four.');
  await postOf(page, 'Fresh four.').getByRole('link', { name: 'nora' }).first().click();
  await see(page.getByRole('link', { name: 'Post: Fresh four.' }));
});

test('visitors see posts and profiles by their links; for more they log in and come back', async () => {
  const [post] = await people.nora.grid();
  assert.ok(post);
  const page = await site.visit({ at: `/p/${post.post_id}` });
  await see(page.getByRole('article', { name: 'Post by Nora' }));
  await page.getByRole('link', { name: 'nora' }).first().click();
  await see(page.getByRole('link', { name: '1 follower' }));
  await page.goto('/no/such/thing');
  await see(page.getByRole('heading', { name: 'Nothing here' }));
  await page.goto('/nobody_here');
  await see(page.getByRole('heading', { name: 'This person is not here' }).first());
  await page.goto('/p/12345');
  await see(page.getByRole('heading', { name: 'This post is not here' }));

  await page.goto('/settings');
  await see(page.getByRole('heading', { name: 'Welcome back' }));
  assert.equal(new URL(page.url()).searchParams.get('next'), '/settings');
  await logIn(page, 'otto');
  await see(page.getByRole('heading', { name: 'Settings', level: 1 }));
  assert.equal(new URL(page.url()).pathname, '/settings');
  // And nobody is sent elsewhere after logging in.
  for (const elsewhere of ['https://example.org/', '//example.org', '/\\example.org']) {
    await page.goto(`/log-in?next=${encodeURIComponent(elsewhere)}`);
    await see(page.getByRole('feed'));
    assert.equal(page.url(), `${site.url}/`);
  }
});

test('liking as a visitor leads to log in, and back to the post', async () => {
  const [post] = await people.nora.grid();
  const page = await site.visit({ at: `/p/${post?.post_id}` });
  await page.getByRole('button', { name: 'Like', exact: true }).click();
  await logIn(page, 'otto');
  await see(page.getByRole('article', { name: 'Post by Nora' }));
  assert.equal(new URL(page.url()).pathname, `/p/${post?.post_id}`);
  await page.reload();
  await see(
    page.getByRole('button', { name: 'Like', exact: true }),
    page.getByRole('link', { name: 'Home', exact: true }),
  );
});

const EXPIRED = {
  success: false,
  error: { code: 'access_token_expired', message: 'The access token has expired. Refresh it.' },
};

/** Answers to `what` are made by the server at once, and kept from the page until they are let go. */
async function holdAnswers(page: Page, what: string) {
  const made = Promise.withResolvers<void>();
  const free = Promise.withResolvers<void>();
  await page.route(what, async (route) => {
    const response = await route.fetch();
    made.resolve();
    await free.promise;
    await route.fulfill({ response });
  });
  return { made: made.promise, letGo: free.resolve };
}

test('likes of two tabs outlive a token refused in both, and an answer from before them', async () => {
  const rosa = await join(site.url, 'rosa');
  await rosa.follow(people.nora);
  await share('For the one.');
  await share('For the other.');
  // Tall enough for three posts: nobody scrolls, and news slides in at the top.
  const viewport = { ...PHONE, height: 2000 };
  const one = await site.visit({ as: rosa, at: '/', viewport });
  const two = await one.context().newPage();
  await two.goto('/');
  const tabs = [
    [one, postOf(one, 'For the one.')],
    [two, postOf(two, 'For the other.')],
  ] as const;
  await see(...tabs.map(([, post]) => post));
  const refreshes: number[] = [];
  one.context().on('response', (answer) => {
    if (answer.url().endsWith('/auth/refresh')) refreshes.push(answer.status());
  });

  // News makes both look at the feed; what the server says then knows of no like yet.
  const held = await Promise.all(tabs.map(([page]) => holdAnswers(page, '**/feed/home*')));
  await share('While they look.');
  await Promise.all(held.map(({ made }) => made));

  // Neither is told before the other has asked too, so both renew at the same time.
  const refused = tabs.map(() => Promise.withResolvers<void>());
  const liked = tabs.map(async ([page, post], index) => {
    await page.route(
      '**/like',
      async (route) => {
        refused[index]?.resolve();
        await Promise.all(refused.map(({ promise }) => promise));
        await route.fulfill({ status: 401, json: EXPIRED });
      },
      { times: 1 },
    );
    const taken = page.waitForResponse(
      (answer) => answer.url().endsWith('/like') && answer.status() === 200,
    );
    await post.getByRole('button', { name: 'Like', exact: true }).click();
    await (await taken).finished();
  });
  await Promise.all(liked);
  for (const { letGo } of held) letGo();
  await see(...tabs.map(([page]) => postOf(page, 'While they look.')));
  for (const [, post] of tabs) {
    assert.ok(await post.getByRole('button', { name: 'Unlike', pressed: true }).isVisible());
    assert.ok(await post.getByRole('button', { name: '1 like', exact: true }).isVisible());
  }
  assert.ok(refreshes.length > 0 && refreshes.every((status) => status === 200), `${refreshes}`);
});

test('two tabs renew one session together; logging out in one reaches the other', async () => {
  const pia = await join(site.url, 'pia');
  await pia.follow(people.nora);
  const one = await site.visit({ as: pia, at: '/' });
  const two = await one.context().newPage();
  await two.goto('/');
  await see(one.getByRole('feed'), two.getByRole('feed'));
  const refreshes: number[] = [];
  one.context().on('response', (answer) => {
    if (answer.url().endsWith('/auth/refresh')) refreshes.push(answer.status());
  });
  await Promise.all([one.reload(), two.reload()]);
  await see(one.getByRole('feed'), two.getByRole('feed'));
  assert.ok(refreshes.length > 0 && refreshes.every((status) => status === 200), `${refreshes}`);

  await two.goto('/settings');
  await two.getByRole('button', { name: 'Log out', exact: true }).click();
  await see(
    two.getByRole('heading', { name: /quiet place/ }),
    one.getByRole('heading', { name: /quiet place/ }),
  );
  await one.goBack().catch(() => null);
  await one.goto('/settings');
  await see(one.getByRole('heading', { name: 'Welcome back' }));
});

test('a session ended from elsewhere, or too old, says so kindly', async () => {
  const quin = await join(site.url, 'quin');
  const page = await site.visit({ as: quin, at: '/settings/sessions' });
  await see(page.getByText('This device'));
  const sessions = await quin.api(listSessions);
  for (const { session_id, is_current } of sessions) {
    if (!is_current) await quin.api(endSession, { params: { session_id } });
  }
  await see(
    page.getByRole('heading', { name: 'Welcome back' }),
    page.getByText('You have been logged out. Log in to go on.').first(),
  );
  await logIn(page, 'quin');
  await see(page.getByRole('heading', { name: 'Where you are logged in', level: 1 }));

  await site.server.ctx.db.query('update sessions set expires_at = created_at');
  await page.goto('/settings/profile');
  await see(
    page.getByRole('heading', { name: 'Welcome back' }),
    page.getByText('You have been logged out. Log in to go on.').first(),
  );
  assert.equal(new URL(page.url()).searchParams.get('next'), '/settings/profile');
});

async function logIn(page: Page, username: string): Promise<void> {
  await page.getByLabel('Username or e-mail address').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
}
