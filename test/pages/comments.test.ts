import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import type { Post } from '../../api/posts.ts';
import { cast, type Person } from '../cast.ts';
import {
  allComments,
  allReplies,
  demandExactCounts,
  pin,
  remove,
  reply,
  restrict,
  switchComments,
  texts,
} from '../comments.ts';
import { until } from '../within.ts';
import { DESK, gone, openSite, PHONE, type Site, see } from './site.ts';

let site: Site;
let people: Record<'olga' | 'bob' | 'carol', Person>;
let post: Post;

before(async () => {
  site = await openSite();
  people = await cast(site.url, 'olga', 'bob', 'carol');
});
after(() => site.close());
afterEach(async () => {
  await site.leave();
  await site.server.ctx.db.query('delete from restrictions');
  await demandExactCounts(site.server.ctx, post);
});

/** A fresh post of olga's. */
async function begin(): Promise<void> {
  post = await people.olga.published(people.olga.post());
}

const open = (as: Person | undefined, options: object = {}, at = '') =>
  site.visit({ as, at: `/p/${post.post_id}${at}`, viewport: DESK, ...options });

const row = (page: Page, text: string | RegExp) =>
  page.getByRole('group', { name: /^Comment by/ }).filter({ hasText: text });
const act = (page: Page, text: string, name: string | RegExp) =>
  row(page, text).getByRole('button', { name });
const area = (page: Page) => page.getByRole('textbox');
const focused = (page: Page, what: Locator) => what.and(page.locator(':focus')).waitFor();
const toast = (page: Page, text: string | RegExp) =>
  page.locator('.toast').filter({ hasText: text });

async function choose(page: Page, text: string, item: string): Promise<void> {
  await act(page, text, 'More about this comment').click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

/** Tab, or Shift and Tab, until it has the focus. */
async function tabTo(page: Page, what: Locator, key = 'Tab'): Promise<void> {
  await see(what);
  for (let stop = 0; stop < 60; stop += 1) {
    if (await what.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`the keyboard does not reach ${what}`);
}

test('by keyboard alone: comments, replies, gives a reply up, likes, deletes, takes it back', async () => {
  await begin();
  await people.bob.comment(post, 'Which hill?');
  const page = await open(people.carol);
  await tabTo(page, area(page));
  await page.keyboard.type('Lovely');
  await page.keyboard.press('Enter');
  await see(row(page, 'Lovely'), page.getByText('Comment sent.'));
  await focused(page, area(page));

  // A reply: the name stands there, and the form says whom it answers.
  const answer = act(page, 'Which hill?', 'Reply to bob');
  await tabTo(page, answer, 'Shift+Tab');
  await page.keyboard.press('Enter');
  await focused(page, area(page));
  assert.equal(await area(page).inputValue(), '@bob ');
  await see(page.getByText('Replying to bob'), page.getByRole('textbox', { name: 'Reply to bob' }));
  await page.keyboard.press('Escape');
  await gone(page.getByText('Replying to bob'));
  await until(async () => (await area(page).inputValue()) === '', 'the name goes too');
  await focused(page, area(page));
  await page.keyboard.type('half a thought');
  await tabTo(page, answer, 'Shift+Tab');
  await page.keyboard.press('Enter');
  await focused(page, area(page));
  assert.equal(await area(page).inputValue(), '@bob half a thought', 'nothing typed is lost');
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('@bob Larrun');
  await page.keyboard.press('Enter');
  await see(row(page, '@bob Larrun'), page.getByText('Reply sent.'));
  const thread = page.getByRole('list', { name: 'Replies to bob' });
  await see(thread.getByRole('listitem').filter({ hasText: 'Larrun' }));
  assert.deepEqual(texts(await allComments(people.bob, post)), ['Lovely', 'Which hill?']);

  await tabTo(page, act(page, 'Which hill?', 'Like this comment'), 'Shift+Tab');
  await page.keyboard.press('Space');
  await see(act(page, 'Which hill?', 'Unlike this comment'), row(page, /Which hill.*1 like/s));

  // Deleted by the menu: the focus is on its neighbour, then on what came back.
  await tabTo(page, act(page, 'Lovely', 'More about this comment'), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await gone(row(page, 'Lovely'));
  await focused(page, row(page, 'Which hill?'));
  await tabTo(page, toast(page, 'Comment deleted.').getByRole('button', { name: 'Undo' }));
  await page.keyboard.press('Enter');
  await focused(page, row(page, 'Lovely'));
  assert.equal((await allComments(people.bob, post)).length, 2);
});

test('a long thread folds, opens page by page, and grows while it is open', async () => {
  await begin();
  const { olga, bob, carol } = people;
  const root = await bob.comment(post, 'root');
  for (let n = 1; n <= 23; n += 1) await reply(n % 2 ? carol : bob, root, `reply ${n}.`);
  const page = await open(olga);
  const fold = page.getByRole('button', { name: 'View 23 replies', expanded: false });
  await fold.click();
  await see(row(page, 'reply 20.'), page.getByRole('button', { name: 'View 3 more replies' }));
  assert.equal(await row(page, /reply 2[123]/).count(), 0);

  // One's own new reply stands below, before the pages in between have come.
  await act(page, 'reply 1.', 'Reply to carol').click();
  await focused(page, area(page));
  await page.keyboard.type('here I am');
  await page.keyboard.press('Enter');
  await see(row(page, 'here I am'), page.getByRole('button', { name: 'View 3 more replies' }));
  await page.getByRole('button', { name: 'View 3 more replies' }).click();
  await see(row(page, 'reply 23.'));
  await gone(page.getByRole('button', { name: /more repl/ }));
  const rows = page.getByRole('list', { name: 'Replies to bob' }).getByRole('listitem');
  assert.equal(await rows.count(), 24);
  assert.match((await rows.last().textContent()) ?? '', /here I am/);

  await reply(carol, root, 'and another');
  await see(row(page, 'and another'));
  assert.equal(await rows.count(), 25);
  await page.getByRole('button', { name: 'Hide replies', expanded: true }).click();
  await gone(row(page, 'reply 1.'));
  await see(page.getByRole('button', { name: 'View 25 replies' }));
});

test('pinned on top at once, three at most, and back when the server says no', async () => {
  await begin();
  const { olga, bob } = people;
  const all = [];
  for (let n = 1; n <= 4; n += 1) all.push(await bob.comment(post, `number ${n}`));
  const page = await open(olga);
  await see(row(page, 'number 4'));
  const order = async () =>
    (await page.getByRole('group', { name: /^Comment by/ }).allTextContents()).map(
      (text) => /number (\d)/.exec(text)?.[1],
    );
  await choose(page, 'number 1', 'Pin');
  await see(row(page, 'number 1').getByText('Pinned'));
  await focused(page, row(page, 'number 1'));
  assert.deepEqual(await order(), ['1', '4', '3', '2']);
  for (const one of all.slice(1, 3)) await pin(olga, one);
  await choose(page, 'number 4', 'Pin');
  await see(toast(page, /could not be pinned. Three are pinned already/));
  await gone(row(page, 'number 4').getByText('Pinned'));
  await choose(page, 'number 1', 'Unpin');
  await gone(row(page, 'number 1').getByText('Pinned'));
  assert.deepEqual((await order()).at(-1), '1');
  const [top] = await untilIt(
    () => allComments(bob, post),
    (list) => list[0]?.text === 'number 3',
  );
  assert.equal(top?.pinned, true);
  await page.reload();
  await see(row(page, 'number 3').getByText('Pinned'));
  assert.deepEqual(await order(), ['3', '2', '4', '1']);
});

async function untilIt<T>(look: () => Promise<T>, reached: (now: T) => boolean): Promise<T> {
  let now = await look();
  await until(async () => {
    now = await look();
    return reached(now);
  }, 'the server has it');
  return now;
}

test('what waits for approval says who sees it, and its author and the owner can act', async () => {
  await begin();
  const { olga, bob, carol } = people;
  const root = await carol.comment(post, 'root');
  await restrict(site.server.ctx, olga, bob);
  const [his, hers, others] = await Promise.all([open(bob), open(olga), open(carol)]);
  await area(his).fill('Meh');
  await his.keyboard.press('Enter');
  await see(row(his, 'Meh').getByText('Only you and olga see this until olga approves it.'));
  await see(his.getByText('Sent. olga has to approve it before others see it.'));
  await reply(bob, root, 'bah, too');
  await hers.reload();
  await see(row(hers, 'Meh').getByText('Only you and bob see this.'));
  await hers.getByRole('button', { name: 'View 1 reply' }).click();
  await act(hers, 'bah, too', 'Approve').click();
  await gone(row(hers, 'bah, too').getByText('Only you'));
  await focused(hers, row(hers, 'bah, too'));
  // The one who has the page open sees that there is a reply now.
  await see(others.getByRole('button', { name: 'View 1 reply' }));
  assert.equal(await row(others, 'Meh').count(), 0);
  await row(hers, 'Meh').getByRole('button', { name: 'Delete', exact: true }).click();
  await gone(row(hers, 'Meh'));
  await hers.reload();
  await see(row(hers, 'root'));
  assert.equal(await row(hers, 'Meh').count(), 0);
});

test('a link to a comment opens its thread on top; one that is gone says so', async () => {
  await begin();
  const { olga, bob, carol } = people;
  const root = await bob.comment(post, 'the root of it');
  const replies = [];
  for (let n = 1; n <= 24; n += 1) replies.push(await reply(carol, root, `reply ${n}.`));
  for (let n = 1; n <= 22; n += 1) await carol.comment(post, `later ${n}.`);
  const far = replies.at(-2);
  assert.ok(far);
  const page = await open(olga, { viewport: PHONE }, `?comment=${far.comment_id}`);
  await focused(page, row(page, 'reply 23.'));
  const first = page.getByRole('group', { name: /^Comment by/ }).first();
  assert.match((await first.textContent()) ?? '', /the root of it/);
  await see(row(page, 'later 22.'), row(page, 'reply 1.'));
  for (const text of ['the root of it', 'reply 23.'])
    assert.equal(await row(page, text).count(), 1);
  await page.getByRole('button', { name: /more repl/ }).click();
  await see(row(page, 'reply 24.'));
  assert.equal(
    await row(page, 'reply 23.').count(),
    1,
    'its page has come, and it stands there once',
  );

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await choose(page, 'reply 24.', 'Copy link');
  await see(toast(page, 'Link copied.'));
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(link.endsWith(`/p/${post.post_id}?comment=${replies.at(-1)?.comment_id}`), link);

  await remove(carol, far);
  await page.reload();
  await see(page.getByText(/The comment of this link is not here/), row(page, 'later 22.'));
});

test('without a connection nothing pretends: unsent, unliked, and back when it cannot be deleted', async () => {
  await begin();
  const { bob } = people;
  await bob.comment(post, 'stays with us');
  const page = await open(bob);
  await see(row(page, 'stays with us'));
  await page.clock.install();
  await page.context().setOffline(true);
  await area(page).fill('into the void');
  await page.keyboard.press('Enter');
  await see(row(page, 'into the void').getByText('Not sent.'));
  await act(page, 'stays with us', 'Like this comment').click();
  await see(toast(page, /Your like did not arrive/));
  await see(act(page, 'stays with us', 'Like this comment'));
  await choose(page, 'stays with us', 'Delete comment');
  await gone(row(page, 'stays with us'));
  await page.clock.runFor(9000);
  await see(toast(page, /The comment could not be deleted/), row(page, 'stays with us'));

  await page.context().setOffline(false);
  await act(page, 'into the void', 'Try again').click();
  await see(act(page, 'into the void', 'Like this comment'));
  await toast(page, /could not be deleted/)
    .getByRole('button', { name: 'Try again' })
    .click();
  await gone(row(page, 'stays with us'));
  await page.clock.runFor(9000);
  await until(async () => (await allComments(bob, post)).length === 1, 'it is deleted');
  assert.deepEqual(texts(await allComments(bob, post)), ['into the void']);
  // Discarded, an unsent one is on no server.
  await page.context().setOffline(true);
  await area(page).fill('never mind');
  await page.keyboard.press('Enter');
  await act(page, 'never mind', 'Discard').click();
  await gone(row(page, 'never mind'));
  await page.context().setOffline(false);
  // The browser said what it could not get.
  const faults = site.faults.splice(0);
  assert.ok(
    faults.every((one) => /ERR_INTERNET_DISCONNECTED/.test(one)),
    faults.join('\n'),
  );
});

test('a thread that is deleted goes as one, also by leaving the page', async () => {
  await begin();
  const { olga, bob, carol } = people;
  const root = await bob.comment(post, 'root');
  await reply(carol, root, 'an answer');
  const page = await open(olga);
  await page.getByRole('button', { name: 'View 1 reply' }).click();
  await see(row(page, 'an answer'));
  await choose(page, 'root', 'Delete comment');
  await see(page.getByText('No comments yet'));
  assert.equal((await olga.see(post)).comments_count, 2, 'not yet');
  await page.goto('/settings');
  await until(async () => (await olga.see(post)).comments_count === 0, 'it is deleted');
});

test('turned off: the page says so and has nothing to write into', async () => {
  await begin();
  const { olga, bob } = people;
  await bob.comment(post, 'root');
  const page = await open(bob);
  await see(row(page, 'root'));
  await switchComments(site.server.ctx, post, true);
  await area(page).fill('too late');
  await page.keyboard.press('Enter');
  await see(
    toast(page, 'Comments are turned off for this post.'),
    page.getByRole('heading', { name: 'Comments are turned off' }),
  );
  assert.equal(await area(page).count(), 0);
  const hers = await open(olga);
  await see(hers.getByRole('heading', { name: 'Comments are turned off' }));
  await switchComments(site.server.ctx, post, false);
});

test('a visitor reads threads and is asked to log in to answer', async () => {
  await begin();
  const root = await people.bob.comment(post, 'root');
  await reply(people.carol, root, 'an answer');
  const page = await open(undefined);
  await page.getByRole('button', { name: 'View 1 reply' }).click();
  await see(row(page, 'an answer'));
  await act(page, 'an answer', 'Reply to carol').click();
  await see(page.getByRole('heading', { name: 'Welcome back' }));
});

test('long, right to left, unbroken: nothing is wider than the window, and the rest unfolds', async () => {
  await begin();
  const { bob, carol } = people;
  const rtl = await bob.comment(post, `${'שלום עולם '.repeat(60)}@carol`);
  await carol.comment(post, 'W'.repeat(600));
  await carol.comment(post, '🦦'.repeat(400));
  const root = await bob.comment(post, `${'word '.repeat(439)}end.`);
  const deep = await reply(carol, root, 'short');
  await reply(bob, deep, 'without a name');
  for (const width of [320, 390, 820, 1440]) {
    const page = await open(carol, { viewport: { width, height: 800 } });
    await see(
      row(page, /^.*end\.$/s)
        .or(row(page, 'word'))
        .first(),
    );
    await page.getByRole('button', { name: 'View 2 replies' }).click();
    await see(row(page, 'without a name').getByText('to carol'));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} px too wide at ${width}`);
    if (width === 390) {
      const words = row(page, 'word').first();
      const height = async () => (await words.boundingBox())?.height ?? 0;
      const folded = await height();
      await words.getByRole('button', { name: 'more', exact: true }).click();
      await gone(words.getByRole('button', { name: 'more', exact: true }));
      assert.ok((await height()) > 3 * folded, 'all of it');
      const hebrew = page.locator(`[data-comment="${rtl.comment_id}"] .comment__text`);
      assert.equal(await hebrew.evaluate((p) => getComputedStyle(p).direction), 'rtl');
    }
    await site.leave();
  }
  assert.equal((await allReplies(bob, root)).length, 2);
});
