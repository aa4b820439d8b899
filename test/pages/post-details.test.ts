import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { createPlace } from '../../api/places.ts';
import { editPost, getPost, type Post } from '../../api/posts.ts';
import { cast, type Person, refusal } from '../cast.ts';
import { gradient, picture, type TestPicture } from '../pictures.ts';
import { DESK, gone, openSite, PHONE, type Site, see } from './site.ts';

let site: Site;
let people: Record<'ana' | 'ben' | 'cara' | typeof LONG, Person>;
const LONG = 'abel.whose_name_is_30_letters_';

before(async () => {
  site = await openSite();
  people = await cast(site.url, 'ana', 'ben', 'cara', LONG);
  const { ana, ben, cara } = people;
  for (const other of [ben, cara]) {
    await ana.follow(other);
    await other.follow(ana);
  }
  await ana.api(createPlace, { body: { name: 'Otter Bay', latitude: 43.4, longitude: -1.6 } });
  await cara.published(cara.post(await square(), { caption: 'By the #otterbay' }));
});
after(() => site.close());
afterEach(() => site.leave());

async function square(): Promise<TestPicture> {
  const bytes = await picture(gradient(400, 400)).jpeg().toBuffer();
  return { name: 'square.jpg', type: 'image/jpeg', bytes };
}

const file = async (name: string) => ({
  name,
  mimeType: 'image/jpeg',
  buffer: (await square()).bytes,
});

const button = (page: Page | Locator, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true });
const option = (page: Page, name: string | RegExp) => page.getByRole('option', { name });
const articles = (page: Page) => page.getByRole('article', { name: /^Post by/ });

async function fromMenu(page: Page | Locator, item: string): Promise<void> {
  await page.getByRole('button', { name: 'More about this post' }).first().click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

/** A published post of this person, with what is said of it. */
async function share(
  author: Person,
  { caption, ...said }: Change & { readonly caption: string },
): Promise<Post> {
  const post = await author.published(author.post(await square(), { caption }));
  return Object.keys(said).length > 0 ? edit(author, post, said) : post;
}

interface Change {
  readonly caption?: string;
  readonly audience?: Post['audience'];
  readonly likes_hidden?: boolean;
  readonly tagged?: readonly {
    readonly username: string;
    readonly x: number;
    readonly y: number;
  }[];
}

function edit(author: Person, post: Post, { tagged, ...said }: Change): Promise<Post> {
  const [media] = post.media;
  assert.ok(media);
  return author.api(editPost, {
    params: { post_id: post.post_id },
    body: {
      ...said,
      ...(tagged ? { media: [{ media_id: media.media_id, tagged: [...tagged] }] } : {}),
    },
  });
}

/** The newest post of a person, once their card in the feed has become it. */
async function newest(page: Page, author: Person): Promise<Post> {
  await see(articles(page).first());
  await gone(page.getByRole('article', { name: 'Your new post' }));
  const [post] = (await author.grid()).sort((one, other) =>
    BigInt(one.post_id) < BigInt(other.post_id) ? 1 : -1,
  );
  assert.ok(post);
  return post;
}

/** What a post says, without what the server makes of it. */
function said(post: Post) {
  const round = (part: number) => Math.round(part * 100) / 100;
  return {
    caption: post.caption,
    place: post.location?.name,
    audience: post.audience,
    hidden: [post.likes_hidden, post.comments_off],
    tagged: post.tagged.map(({ username, x, y }) => [username, round(x), round(y)]),
  };
}

test('a post with everything that can be said of it, by mouse', async () => {
  const { ana } = people;
  const page = await site.visit({ as: ana, at: '/new', viewport: DESK });
  await page.getByLabel('Choose photos').setInputFiles([await file('a.jpg'), await file('b.jpg')]);
  await see(button(page, 'Photo 2 of 2'));
  const caption = page.getByLabel('Caption');
  await caption.pressSequentially('Low tide with @be');
  await option(page, /ben/).click();
  await caption.pressSequentially('at #otter');
  await option(page, '#otterbay').click();
  assert.equal(await caption.inputValue(), 'Low tide with @ben at #otterbay ');

  await button(page, 'Tag people').click();
  const sheet = page.getByRole('dialog', { name: 'Tag people' });
  const stage = sheet.locator('.spots__picture');
  const box = await stage.boundingBox();
  assert.ok(box);
  await stage.click({ position: { x: box.width * 0.25, y: box.height * 0.75 } });
  await sheet.getByLabel('Person').fill('ben');
  await option(page, /ben/).first().click();
  // A second one in the second photo, dragged to its place.
  await button(sheet, 'Next photo').click();
  await sheet.getByLabel('Person').fill('cara');
  await option(page, /cara/).first().click();
  const spot = sheet.getByRole('button', { name: /^@cara\./ });
  await spot.hover();
  await page.mouse.down();
  const second = await stage.boundingBox();
  assert.ok(second);
  await page.mouse.move(second.x + second.width * 0.6, second.y + second.height * 0.3);
  await page.mouse.move(second.x + second.width * 0.8, second.y + second.height * 0.2);
  await page.mouse.up();
  await button(sheet, 'Done').click();
  await see(page.getByText('2 people tagged: @ben, @cara'));

  await page.getByRole('combobox', { name: 'Place' }).fill('otter');
  await option(page, 'Otter Bay').click();
  await see(button(page, 'Remove place'));
  await page.getByText('Followers', { exact: true }).click();
  await see(page.getByText('Only people who follow you see it.'));
  await page.getByText('Advanced').click();
  await page.getByLabel('Hide like count').check();
  await page.getByLabel('Turn comments off').check();

  // All of it survives a reload.
  await see(page.getByText('2 photos uploaded. Share when you like.'));
  await page.reload();
  await see(page.getByText('2 people tagged: @ben, @cara'), button(page, 'Remove place'));
  await button(page, 'Share').last().click();
  const post = await newest(page, ana);
  assert.deepEqual(said(post), {
    caption: 'Low tide with @ben at #otterbay',
    place: 'Otter Bay',
    audience: 'followers',
    hidden: [true, true],
    tagged: [
      ['ben', 0.25, 0.75],
      ['cara', 0.8, 0.2],
    ],
  });
  assert.deepEqual(
    post.tagged.map(({ media_id }) => media_id),
    post.media.map(({ media_id }) => media_id),
  );
  const card = articles(page).first();
  await see(
    card.getByRole('img', { name: 'For followers only' }),
    card.getByRole('link', { name: 'Otter Bay' }),
  );
});

test('spots stay on the people when the photo is cropped afterwards', async () => {
  const { ana } = people;
  const page = await site.visit({ as: ana, at: '/new', viewport: DESK });
  await page.getByLabel('Choose photos').setInputFiles(await file('a.jpg'));
  await button(page, 'Tag people').click();
  await page.getByLabel('Person').fill('ben');
  await option(page, /ben/).first().click();
  await button(page, 'Done').click();
  await page.getByText('16:9', { exact: true }).click();
  await page.getByRole('slider', { name: 'Zoom' }).focus();
  await page.getByLabel('Caption').fill('Cut');
  await button(page, 'Share').last().click();
  assert.deepEqual(said(await newest(page, ana)).tagged, [['ben', 0.5, 0.5]]);
});

test('the same by keyboard alone', async () => {
  const { ana } = people;
  const page = await site.visit({ as: ana, at: '/new', viewport: DESK, reducedMotion: 'reduce' });
  const keys = async (...names: readonly string[]) => {
    for (const name of names) await page.keyboard.press(name);
  };
  await page.getByLabel('Choose photos').setInputFiles(await file('a.jpg'));
  await see(page.getByText('Photo uploaded. Share when you like.'));
  await tabTo(page, page.getByLabel('Caption'));
  await page.keyboard.type('Keys with @ca');
  await see(option(page, /cara/));
  await keys('ArrowDown', 'Enter');
  await page.keyboard.type('and Enter');
  // Without a suggestion chosen, Enter begins a line.
  await keys('Enter');
  await page.keyboard.type('#otter');
  await see(option(page, '#otterbay'));
  await keys('Escape');
  await gone(page.getByRole('listbox'));

  await tabTo(page, button(page, 'Tag people'));
  await keys('Enter');
  const sheet = page.getByRole('dialog', { name: 'Tag people' });
  await tabTo(page, sheet.getByRole('combobox', { name: 'Person' }));
  await page.keyboard.type('ben');
  await see(option(page, /ben/).first());
  await keys('ArrowDown', 'Enter');
  await focused(page, sheet.getByRole('button', { name: /^@ben\./ }));
  await keys('Shift+ArrowRight', 'Shift+ArrowRight', 'ArrowDown', 'ArrowDown');
  await see(sheet.getByText('@ben: 70 percent from the left, 54 percent from the top'));
  // Somebody whom nobody suggests, by the whole name; then not after all.
  await tabTo(page, sheet.getByRole('combobox', { name: 'Person' }));
  await page.keyboard.type('nobody.here');
  await keys('Enter');
  await see(sheet.getByText(/Nobody of this name/));
  await keys('Control+a');
  await page.keyboard.type(LONG);
  await keys('Enter');
  const longSpot = sheet.getByRole('button', { name: `@${LONG}.` });
  await focused(page, longSpot);
  await keys('Delete');
  await gone(longSpot);
  await tabTo(page, button(sheet, 'Done'));
  await keys('Enter');
  await gone(sheet);

  await tabTo(page, page.getByRole('combobox', { name: 'Place' }));
  await page.keyboard.type('Otter Rock');
  await see(option(page, /Add “Otter Rock”/));
  await keys('ArrowDown', 'Enter');
  await focused(page, page.getByLabel('Name', { exact: true }));
  await tabTo(page, button(page, 'Add place'));
  await keys('Enter');
  await see(button(page, 'Remove place'));
  await tabTo(page, page.getByRole('radio', { name: 'Everyone' }));
  await keys('ArrowRight', 'ArrowRight');
  await see(page.getByText('Only people on your list of close friends see it.'));
  await tabTo(page, page.locator('summary'));
  await keys('Enter');
  await tabTo(page, page.getByLabel('Turn comments off'));
  await keys('Space');
  await tabTo(page, button(page, 'Share').last());
  await keys('Enter');
  assert.deepEqual(said(await newest(page, ana)), {
    caption: 'Keys with @cara and Enter\n#otter',
    place: 'Otter Rock',
    audience: 'close_friends',
    hidden: [false, true],
    tagged: [['ben', 0.7, 0.54]],
  });
  await see(articles(page).first().getByRole('img', { name: 'For close friends only' }));
});

test('an edit, what it was before, and two edits at once of which neither is lost', async () => {
  const { ana, ben } = people;
  const post = await share(ana, { caption: 'First words' });
  const page = await site.visit({ as: ana, at: `/p/${post.post_id}`, viewport: DESK });
  const caption = page.getByRole('textbox', { name: 'Caption' });
  await fromMenu(page, 'Edit');
  await see(page.getByRole('heading', { name: 'Edit post' }));
  await page.getByLabel('Caption').fill('Second words');
  await page.getByLabel('Description', { exact: true }).fill('A gradient');
  await page.getByText('Close friends', { exact: true }).click();
  await page.getByRole('combobox', { name: 'Place' }).fill('Otter B');
  await option(page, 'Otter Bay').click();
  await button(page, 'Save').last().click();
  await see(page.getByText('Post saved.'));
  const shown = articles(page);
  await see(shown.getByText('Second words'), shown.getByRole('link', { name: 'Otter Bay' }));
  await button(shown, 'Edited. Show what it was').click();
  const edits = page.getByRole('dialog', { name: 'Edits' });
  await see(edits.getByText('First words'), edits.getByText('Second words'));
  await page.keyboard.press('Escape');

  // What is not saved is kept while one looks elsewhere; meanwhile another device is faster.
  await fromMenu(page, 'Edit');
  await page.getByLabel('Caption').fill('Mine');
  await page.getByLabel('Description', { exact: true }).fill('Mine too');
  await button(page, 'Back').click();
  await edit(ana, post, { caption: 'Theirs', audience: 'everyone' });
  await see(articles(page));
  await fromMenu(page, 'Edit');
  assert.equal(await caption.inputValue(), 'Mine');
  await button(page, 'Save').last().click();
  const conflict = page.getByRole('alert').filter({ hasText: 'changed elsewhere meanwhile' });
  await see(conflict.getByText('Theirs'));
  assert.equal(await caption.inputValue(), 'Mine');
  assert.ok(
    await page.getByRole('radio', { name: 'Everyone' }).isChecked(),
    'only they changed it',
  );
  await button(conflict, 'Use this: Caption').click();
  assert.equal(await caption.inputValue(), 'Theirs');
  await button(page, 'Save').last().click();
  await see(articles(page).getByText('Theirs'));
  const now = await ben.see(post);
  assert.deepEqual(
    [now.caption, now.media[0]?.alt, now.audience],
    ['Theirs', 'Mine too', 'everyone'],
  );

  // Nobody else gets there.
  const other = await site.visit({ as: ben, at: `/p/${post.post_id}/edit` });
  await see(other.getByRole('heading', { name: 'This post is not yours to edit' }));
});

test('pinned, archived, deleted, restored, each with its way back', async () => {
  const { ana, ben } = people;
  const post = await share(ana, { caption: 'Back and forth' });
  await share(ana, { caption: 'A later one' });
  const page = await site.visit({ as: ana, at: `/p/${post.post_id}`, viewport: DESK });
  const cell = page.getByRole('link', { name: 'Post: Back and forth' });
  const seenByBen = () =>
    ben.api(getPost, { params: { post_id: post.post_id } }).then(
      () => true,
      () => false,
    );

  await fromMenu(page, 'Pin to profile');
  await see(page.getByText('Pinned to the top of your profile.'));
  await page.goto('/ana');
  await see(page.getByRole('listitem').filter({ has: cell }).getByRole('img', { name: 'Pinned' }));
  assert.equal((await ana.grid())[0]?.post_id, post.post_id);

  await page.goto(`/p/${post.post_id}`);
  await fromMenu(page, 'Hide like count');
  await see(page.getByText('The like count is hidden from others.'));
  await button(page, 'Undo').last().click();
  await see(page.getByText('Everyone sees the like count again.'));
  await fromMenu(page, 'Archive');
  await see(page.getByText('Archived. Only you see it.'));
  assert.equal(await seenByBen(), false);
  await page.goto('/archive');
  await see(cell);
  await fromMenu(page, 'Show on profile again');
  await gone(cell);
  await button(page, 'Undo').click();
  await see(cell);
  await fromMenu(page, 'Delete');
  await see(page.getByText('Post deleted.'));
  await gone(cell);
  await page.getByRole('link', { name: 'Recently deleted' }).click();
  const restore = button(page, 'Restore: Post: Back and forth');
  await see(restore, page.getByText('30 days left'));
  await restore.click();
  await see(page.getByText('Post restored.'));
  await gone(restore);
  await page.goto('/archive');
  await see(cell);
  await fromMenu(page, 'Show on profile again');
  await gone(cell);
  await see(page.getByText('It is on your profile again.'));
  assert.equal(await seenByBen(), true);

  // From the feed, undone at once.
  await page.goto('/');
  const card = articles(page).filter({ hasText: 'Back and forth' });
  await see(card);
  await fromMenu(card, 'Delete');
  await gone(card);
  await see(page.getByText('Post deleted.'));
  assert.equal((await refusal(ben.see(post))).code, 'post_not_found');
  await button(page, 'Undo').click();
  await see(card);
  assert.equal(await seenByBen(), true);
});

test('who is tagged shows when asked, stands in their own grid, and can take themselves off', async () => {
  const { ana, ben } = people;
  const tagged = [
    { username: 'ben', x: 0, y: 0.02 },
    { username: LONG, x: 1, y: 1 },
  ];
  const post = await share(ana, { caption: 'Two of them', tagged });
  const page = await site.visit({ as: ben, at: `/p/${post.post_id}`, viewport: PHONE });
  const list = page.getByRole('list', { name: 'Tagged people' });
  const photo = articles(page).locator('.post-media');
  await see(photo.getByRole('img'));
  await photo.click({ position: { x: 180, y: 180 } });
  await see(list.getByRole('link', { name: 'ben' }), list.getByRole('link', { name: LONG }));
  const box = await photo.boundingBox();
  assert.ok(box);
  for (const name of [/^ben$/, LONG]) {
    const inside = await list.getByRole('link', { name }).boundingBox();
    assert.ok(inside && inside.x >= box.x && inside.x + inside.width <= box.x + box.width + 1);
    assert.ok(inside.y >= box.y && inside.y + inside.height <= box.y + box.height + 1);
  }
  await photo.click({ position: { x: 180, y: 180 } });
  await gone(list);
  await button(page, 'Show who is tagged').focus();
  await page.keyboard.press('Enter');
  await see(list);
  await page.keyboard.press('Enter');
  await gone(list);

  await page.goto('/ben?tab=tagged');
  const cell = page.getByRole('link', { name: 'Post: Two of them' });
  await see(cell);
  await page.getByRole('tab', { name: 'Tagged' }).focus();
  await page.keyboard.press('ArrowLeft');
  await see(page.getByRole('heading', { name: 'Your photos will be here' }));
  await page.keyboard.press('ArrowRight');
  await cell.click();
  await fromMenu(page, 'Remove me from this post');
  await button(page.getByRole('dialog'), 'Remove me').click();
  await see(page.getByText('You are not tagged in this post any more.'));
  assert.deepEqual(
    (await ana.see(post)).tagged.map(({ username }) => username),
    [LONG],
  );
});

test('a hidden like count is hidden from others only', async () => {
  const { ana, ben, cara } = people;
  const post = await share(ana, { caption: 'Uncounted', likes_hidden: true });
  await cara.like(post);
  const [hers, his] = await Promise.all(
    [ana, ben].map((as) => site.visit({ as, at: `/p/${post.post_id}` })),
  );
  assert.ok(hers && his);
  await see(hers.getByRole('button', { name: /^1 like · only you/ }), articles(his));
  assert.equal(await his.getByRole('button', { name: /like ·|^\d+ like/ }).count(), 0);
});

/** More stops than any page here has. */
const STOPS_MAX = 80;

async function tabTo(page: Page, what: Locator): Promise<void> {
  await see(what);
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    const there = await what.evaluate((element) => element === document.activeElement);
    if (there) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`the keyboard does not reach ${what}`);
}

const focused = (page: Page, what: Locator) => what.and(page.locator(':focus')).waitFor();
