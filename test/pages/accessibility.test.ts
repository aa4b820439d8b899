import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { createDraft } from '../../api/drafts.ts';
import { block } from '../../api/graph.ts';
import type { PostId } from '../../api/ids.ts';

import { archivePost } from '../../api/own-posts.ts';
import { editProfile } from '../../api/people.ts';
import { editPost } from '../../api/posts.ts';
import { repostPost } from '../../api/reposts.ts';
import { createCollection, savePost } from '../../api/saves.ts';
import { cast, join, type Person } from '../cast.ts';
import { pin, reply, restrict, switchComments } from '../comments.ts';
import { colourPicture } from '../pictures.ts';
import { examine } from './examine.ts';
import { DESK, openSite, PHONE, type Site, see } from './site.ts';

let site: Site;
let people: Record<'ada' | 'ben', Person>;
let postId: PostId;
let collectionId: string;

before(async () => {
  site = await openSite();
  // The first is the server's admin.
  people = await cast(site.url, 'ada', 'ben');
  const { ada, ben } = people;
  await ben.follow(ada);
  await ada.published(ada.post(colourPicture(), { caption: 'Without words for the photo' }));
  const pictures = [colourPicture(), colourPicture()];
  const media = [{ alt: 'A field' }, { alt: 'A lake' }];
  const post = await ada.published(
    ada.post(pictures, { caption: 'Two of them @ben https://example.org', media }),
  );
  const [first] = post.media;
  const tagged = [{ username: 'ben', x: 0.2, y: 0.3 }];
  await ada.api(editPost, {
    params: { post_id: post.post_id },
    body: {
      caption: 'Two of them @ben #lakes https://example.org',
      media: first ? [{ media_id: first.media_id, tagged }] : [],
    },
  });
  await ben.like(post);
  await ben.comment(post, 'The second one');
  postId = post.post_id;
  const of = { params: { post_id: postId } };
  const { collection_id } = await ben.api(createCollection, { body: { name: 'Walks' } });
  await ben.api(savePost, { ...of, body: { collection_id } });
  collectionId = collection_id;
  await ben.api(repostPost, { ...of, body: { caption: 'Look' } });
  await relate();
});

/** Somebody private, somebody blocked, somebody who asks, somebody to suggest. */
async function relate(): Promise<void> {
  const { ben } = people;
  const { ida, leo, mia, max } = await cast(site.url, 'ida', 'leo', 'mia', 'max');
  const params = (who: Person) => ({ params: { username: who.username } });
  for (const one of [ida, ben]) {
    await one.api(editProfile, { ...params(one), body: { privacy_level: 'private' } });
  }
  await ben.api(block, params(leo));
  await mia.follow(ben);
  await people.ada.follow(max);
}
after(() => site.close());
afterEach(() => site.leave());

/** Each page, and what is there when it is complete. */
type Stop = readonly [name: string, at: string, ready: (page: Page) => Locator];

const heading = (name: string | RegExp) => (page: Page) => page.getByRole('heading', { name });

const forVisitors: readonly Stop[] = [
  ['landing', '/', heading(/quiet place/)],
  ['sign up', '/sign-up', heading('Create your account')],
  ['log in', '/log-in', heading('Welcome back')],
  ['a post', '/p/POST', (page) => page.getByText('The second one')],
  ['a profile', '/ada', (page) => page.getByRole('link', { name: 'Post: A field' })],
  ['nobody', '/nobody.at.all', heading('This person is not here')],
  ['nothing', '/no/such/page', heading('Nothing here')],
];

const forMembers: readonly Stop[] = [
  ['home', '/', (page) => page.getByRole('article', { name: 'Ben reposted a post by Ada' })],
  ['compose', '/new', (page) => page.getByText('Choose photos')],
  ['a post', '/p/POST', (page) => page.getByText('The second one')],
  ['a post that is not there', '/p/1', heading('This post is not here')],
  ['own profile', '/ben', (page) => page.getByRole('link', { name: /^Post: / })],
  ['profile', '/ada', (page) => page.getByRole('link', { name: 'Post: A field' })],
  ['followers', '/ada/followers', (page) => page.getByRole('link', { name: /ben/ })],
  ['following', '/ada/following', (page) => page.getByRole('link', { name: /max/ })],
  ['in common', '/ada/mutuals', heading('Nobody in common yet')],
  ['a private profile', '/ida', heading('This account is private')],
  ['a blocked profile', '/leo', heading('You have blocked Leo')],
  ['follow requests', '/requests', (page) => page.getByText('Accept', { exact: true })],
  ['people', '/people', (page) => page.getByRole('button', { name: /^Do not suggest/ })],
  ['blocked people', '/settings/blocked', (page) => page.getByText('Unblock', { exact: true })],
  ['muted people', '/settings/muted', heading('Nobody is muted')],
  ['explore', '/explore', heading('Explore')],
  ['your feed', '/settings/feed', (page) => page.getByRole('slider').nth(3)],
  ['edit profile', '/settings/profile', (page) => page.getByLabel('Bio')],
  ['settings', '/settings', (page) => page.getByRole('link', { name: 'E-mail and password' })],
  ['sessions', '/settings/sessions', (page) => page.getByText('This device')],
  ['tagged', '/ben?tab=tagged', (page) => page.getByRole('link', { name: 'Post: A field' })],
  ['editing the post of another', '/p/POST/edit', heading('This post is not yours to edit')],
  ['empty drafts', '/drafts', heading('No drafts')],
  ['empty archive', '/archive', heading('Your archive is empty')],
  ['nothing deleted', '/recently-deleted', heading('Nothing deleted')],
  ['admin, refused', '/admin', heading('Only for those who run the server')],
  ['saved', '/saved', (page) => page.getByRole('link', { name: 'Post: A field' })],
  [
    'a collection',
    '/saved/COLLECTION',
    (page) => page.getByRole('link', { name: 'Post: A field' }),
  ],
  ['a collection that is not there', '/saved/1', heading('This collection is not here')],
  ['an embed', '/embed/p/POST', heading('ada')],
];

const looks = [
  { colorScheme: 'light', viewport: PHONE },
  { colorScheme: 'dark', viewport: DESK },
] as const;

for (const look of looks) {
  const { colorScheme } = look;
  const open = (as?: Person) => site.visit({ as, reducedMotion: 'reduce', ...look });

  async function walk(page: Page, stops: readonly Stop[]): Promise<void> {
    for (const [name, at, ready] of stops) {
      const filled = at.replace('COLLECTION', collectionId);
      await page.goto(filled.replace('POST', postId));
      await see(ready(page).first());
      assert.notEqual(await page.title(), '', `${name} has a title`);
      await examine(page, `${name}, ${colorScheme}`);
    }
  }

  test(`what visitors see, ${colorScheme}`, async () => walk(await open(), forVisitors));

  test(`what members see, ${colorScheme}`, async () => walk(await open(people.ben), forMembers));

  test(`the talk under a post, ${colorScheme}`, async () => {
    const { ada, ben } = people;
    const post = await ada.published(ada.post(colourPicture()));
    const root = await ben.comment(post, 'Where is that? '.repeat(60));
    const answer = await reply(ada, root, 'At home');
    await restrict(site.server.ctx, ada, ben);
    await reply(ben, answer, 'Meh');
    await pin(ada, root);
    const page = await open(ada);
    await page.goto(`/p/${post.post_id}?comment=${answer.comment_id}`);
    await see(page.getByText('Only you and ben see this.'));
    await page.getByRole('button', { name: 'Reply to ada' }).first().click();
    await see(page.getByText('Replying to ada'));
    await examine(page, 'a thread, held, pinned, linked, with a reply begun');
    await page.getByRole('button', { name: 'More about this comment' }).first().click();
    await see(page.getByRole('menu'));
    await examine(page, 'the menu of a comment');
    await page.keyboard.press('Escape');
    await switchComments(site.server.ctx, post, true);
    await page.reload();
    await see(page.getByRole('heading', { name: 'Comments are turned off' }));
    await examine(page, 'comments turned off');
    await site.server.ctx.db.query('delete from restrictions');
    await ada.delete(post);
  });

  test(`sheets, menus, toasts, errors, the admin's page, ${colorScheme}`, async () => {
    const page = await open(people.ada);
    await page.goto('/');
    const post = page.getByRole('article').first();
    await post.getByRole('button', { name: 'More about this post' }).click();
    await see(page.getByRole('menu'));
    await examine(page, 'the menu of a post');
    await page.keyboard.press('Escape');
    await post.getByRole('button', { name: /^Edited/ }).click();
    await see(page.getByRole('dialog', { name: 'Edits' }).getByText('First'));
    await examine(page, 'what a post was');
    await page.keyboard.press('Escape');
    await post.getByRole('button', { name: 'Show who is tagged' }).click();
    await see(page.getByRole('list', { name: 'Tagged people' }));
    await examine(page, 'who is tagged');
    await post.getByRole('button', { name: '1 like' }).click();
    await see(page.getByRole('dialog').getByRole('link', { name: /ben/ }));
    await examine(page, 'who liked a post');
    await page.keyboard.press('Escape');
    await post.getByRole('button', { name: 'Comment', exact: true }).click();
    await see(page.getByRole('dialog').getByText('The second one'));
    await examine(page, 'comments');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await see(page.getByRole('dialog', { name: 'Keys' }));
    await examine(page, 'the keys');
    await page.keyboard.press('Escape');
    await page.goto('/admin');
    await see(page.getByText('All is well'), page.getByText('No failed jobs', { exact: true }));
    await examine(page, 'admin');
  });

  test(`saving and sharing, ${colorScheme}`, async () => {
    const page = await open(people.ben);
    await page.goto(`/p/${postId}`);
    await page.getByRole('button', { name: 'Saved. Choose collections' }).click();
    await see(page.getByRole('checkbox', { name: /Walks/, checked: true }));
    await page.getByRole('button', { name: 'New collection' }).click();
    await see(page.getByLabel('Name'));
    await examine(page, 'where a post is kept');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('button', { name: 'Share on Mastodon' }).click();
    await see(page.getByLabel('Your Mastodon server'));
    await examine(page, 'sharing');
    await page.goto('/ada');
    await page.getByRole('link', { name: /Without words/ }).click();
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('button', { name: 'Repost' }).click();
    await see(page.getByLabel('Say something about it'));
    await examine(page, 'reposting');
  });

  test(`making a post, step by step, ${colorScheme}`, async () => {
    const cleo = await join(site.url, `cleo_${colorScheme}`);
    const page = await open(cleo);
    await page.goto('/');
    await see(page.getByRole('heading', { name: 'Your feed is empty so far' }));
    await examine(page, 'an empty home');
    await page.goto('/new');
    const { bytes: buffer } = colourPicture();
    const file = (name: string) => ({ name, mimeType: 'image/jpeg', buffer });
    await page
      .getByLabel('Choose photos')
      .setInputFiles([
        file('a.jpg'),
        file('b.jpg'),
        { ...file('c.jpg'), buffer: Buffer.from('c') },
      ]);
    await see(
      page.getByText('One file was left out'),
      page.getByRole('button', { name: 'Photo 2 of 2' }),
    );
    await examine(page, 'pictures');
    await page.getByRole('tab', { name: 'Looks' }).click();
    await page.getByRole('radio', { name: 'Linen' }).check();
    await see(page.getByRole('slider', { name: 'Strength' }));
    await examine(page, 'looks');
    await page.getByRole('tab', { name: 'Adjust' }).click();
    await see(page.getByRole('slider', { name: 'Vignette' }));
    await examine(page, 'adjustments');
    const next = page.getByRole('button', { name: 'Next' });
    if (await next.isVisible()) await next.click();
    await see(page.getByLabel('Caption'), page.getByText(/photos uploaded/));
    await page.getByText('Advanced').click();
    await examine(page, 'words');
    await page.getByLabel('Caption').pressSequentially('With @cl');
    await see(page.getByRole('option').first());
    await page.keyboard.press('ArrowDown');
    await examine(page, 'suggestions');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Tag people' }).click();
    await page.getByLabel('Person').fill(`cleo_${colorScheme}`);
    await see(page.getByRole('option').first());
    await examine(page, 'whom to tag');
    await page.getByRole('option').first().click();
    await see(page.getByRole('button', { name: /^@cleo/ }));
    await examine(page, 'tagging');
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('combobox', { name: 'Place' }).fill('Larrun');
    await page.getByRole('option', { name: /Add/ }).click();
    await see(page.getByText('Use my position'));
    await examine(page, 'a new place');
    await page.goto('/');
    await see(page.getByText('You have a draft'));
    await examine(page, 'a draft in the feed');
  });

  test(`one’s own posts, ${colorScheme}`, async () => {
    const { ada } = people;
    const post = await ada.published(ada.post(colourPicture(), { caption: 'To and fro' }));
    const params = { post_id: post.post_id };
    await ada.api(createDraft, { body: { caption: 'Later' } });
    await ada.api(editPost, { params, body: { audience: 'close_friends', caption: 'To, fro' } });
    const page = await open(ada);
    await walk(page, [['own profile', '/ada', heading('Posts')]]);
    await page.goto(`/p/${post.post_id}/edit`);
    await see(page.getByLabel('Caption'));
    await examine(page, 'editing a post');
    await ada.api(editPost, { params, body: { caption: 'Another device' } });
    await page.getByLabel('Caption').fill('This device');
    await page.getByRole('button', { name: 'Save' }).last().click();
    await see(page.getByRole('button', { name: 'Use this: Caption' }));
    await examine(page, 'a conflict');
    await ada.api(archivePost, { params });
    const menu = (page: Page) => page.getByRole('button', { name: 'More about this post' });
    await walk(page, [
      ['drafts', '/drafts', (page) => page.getByRole('button', { name: /^Open draft/ })],
      ['archive', '/archive', menu],
    ]);
    await menu(page).click();
    await see(page.getByRole('menu'));
    await examine(page, 'what can be done with an archived post');
    await ada.delete(post);
    const restore = (page: Page) => page.getByRole('button', { name: /^Restore/ }).first();
    await walk(page, [['recently deleted', '/recently-deleted', restore]]);
  });

  test(`forms with something wrong, ${colorScheme}`, async () => {
    const page = await open();
    await page.goto('/sign-up');
    await page.getByLabel('Username').fill('Not a name');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await see(page.getByRole('alert').first());
    await examine(page, 'sign up, refused');
    await page.goto('/log-in');
    await page.getByLabel('Username or e-mail address').fill('ada');
    await page.getByLabel('Password', { exact: true }).fill('wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await see(page.getByText('The username or password is not right.'));
    await examine(page, 'log in, refused');
  });
}

test('the policy of the pages refuses what is not ours', async () => {
  const page = await site.visit({ at: '/' });
  await see(page.getByRole('heading', { level: 1 }));
  const refused = await page.evaluate(() => {
    const element = document.createElement('div');
    try {
      element.innerHTML = '<img src=x onerror=alert(1)>';
      return false;
    } catch (error) {
      return error instanceof TypeError;
    }
  });
  assert.ok(refused, 'Trusted Types are on');
  const said = site.faults.splice(0);
  assert.match(said.join(), /TrustedHTML/, 'and a page that breaks them would be found');
});
