import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { listCollections, savedFeed } from '../../api/saves.ts';
import { ofPost } from '../../server/kernel/touch-keys.ts';
import { cast, type Person } from '../cast.ts';
import { colourPicture } from '../pictures.ts';
import { DESK, gone, openSite, type Site, see } from './site.ts';

let site: Site;
let people: Record<'ada' | 'ben' | 'cleo', Person>;

before(async () => {
  site = await openSite();
  people = await cast(site.url, 'ada', 'ben', 'cleo');
  const { ada, ben, cleo } = people;
  await ben.follow(ada);
  await cleo.follow(ben);
  for (const alt of ['A lake', 'A field', 'A hill']) {
    await ada.published(ada.post(colourPicture(), { caption: `${alt} at noon`, media: [{ alt }] }));
  }
});
afterEach(() => site.leave());
after(async () => {
  for (const person of Object.values(people)) person.leave();
  await site.close();
});

const card = (page: Page, words: string) => page.getByRole('article').filter({ hasText: words });
const saved = (person: Person) => person.api(savedFeed, { query: {} });

test('saving, collections, and letting go', async () => {
  const { ben } = people;
  const page = await site.visit({ as: ben, at: '/' });
  const hill = card(page, 'A hill at noon');
  await hill.getByRole('button', { name: 'Save', exact: true }).click();
  const on = hill.getByRole('button', { name: 'Saved. Choose collections' });
  await see(on);

  // From the toast into a new collection.
  await page.getByRole('button', { name: 'Add to collection' }).click();
  const sheet = page.getByRole('dialog', { name: 'Save to' });
  await see(sheet.getByText('No collections yet'));
  await sheet.getByRole('button', { name: 'New collection' }).click();
  await sheet.getByLabel('Name').fill('Walks');
  await page.keyboard.press('Enter');
  await see(sheet.getByRole('checkbox', { name: /Walks/, checked: true }));
  await see(sheet.getByText('1 post', { exact: true }));
  await page.keyboard.press('Escape');

  const lake = card(page, 'A lake at noon');
  await lake.getByRole('button', { name: 'Save', exact: true }).click();
  await see(lake.getByRole('button', { name: 'Saved. Choose collections' }));

  // The saved page, the collection, its name.
  await page.goto('/ben');
  await page.getByRole('link', { name: 'Saved' }).click();
  await see(page.getByRole('heading', { name: 'Saved', level: 1 }));
  await see(
    page.getByRole('link', { name: 'Post: A hill' }),
    page.getByRole('link', { name: 'Post: A lake' }),
  );
  await page.getByRole('link', { name: /Walks/ }).click();
  await see(
    page.getByRole('heading', { name: 'Walks', level: 1 }),
    page.getByRole('link', { name: 'Post: A hill' }),
  );
  assert.equal(await page.getByRole('link', { name: 'Post: A lake' }).count(), 0);
  await page.getByRole('button', { name: 'More about this collection' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  const naming = page.getByRole('dialog', { name: 'Rename' });
  await naming.getByLabel('Name').fill('  ');
  await naming.getByRole('button', { name: 'Save' }).click();
  await see(naming.getByText('Write a name.'));
  await naming.getByLabel('Name').fill('Long walks');
  await naming.getByRole('button', { name: 'Save' }).click();
  await see(page.getByRole('heading', { name: 'Long walks', level: 1 }));

  // A name that is taken is refused in words.
  await page.goto('/saved');
  await page.getByRole('button', { name: 'New collection' }).click();
  await page.getByLabel('Name').fill('LONG WALKS');
  await page.getByRole('button', { name: 'Create' }).click();
  await see(page.getByText('You have a collection of this name already.'));
  await page.keyboard.press('Escape');

  // Deleted, brought back, deleted for good.
  const remove = async () => {
    await page.getByRole('link', { name: /Long walks/ }).click();
    await page.getByRole('button', { name: 'More about this collection' }).click();
    await page.getByRole('menuitem', { name: 'Delete collection' }).click();
    await see(page.getByRole('heading', { name: 'Saved', level: 1 }));
  };
  await remove();
  await gone(page.getByRole('link', { name: /Long walks/ }));
  await page.getByRole('button', { name: 'Undo' }).click();
  await see(page.getByRole('link', { name: /Long walks/ }));
  await remove();
  await page.reload();
  await see(page.getByText('No collections yet'));
  assert.deepEqual(await ben.api(listCollections, { query: {} }), []);

  // Let go, from the post's own page, with a way back.
  await page.getByRole('link', { name: 'Post: A lake' }).click();
  await page.getByRole('button', { name: 'Saved. Choose collections' }).click();
  await page.getByRole('button', { name: 'Remove from saved' }).click();
  await see(page.getByRole('button', { name: 'Save', exact: true }));
  await page.getByRole('button', { name: 'Undo' }).click();
  await see(page.getByRole('button', { name: 'Saved. Choose collections' }));
  assert.equal((await saved(ben)).length, 2);
  await page.getByRole('button', { name: 'Saved. Choose collections' }).click();
  await page.getByRole('button', { name: 'Remove from saved' }).click();
  await page.goBack();
  await see(page.getByRole('link', { name: 'Post: A hill' }));
  await gone(page.getByRole('link', { name: 'Post: A lake' }));
  await page.reload();
  await see(page.getByRole('link', { name: 'Post: A hill' }));
  assert.equal((await saved(ben)).length, 1);
});

test('a save that does not arrive is taken back and can be tried again', async () => {
  const { ben } = people;
  const page = await site.visit({ as: ben, at: '/' });
  const field = card(page, 'A field at noon');
  await page.route('**/save', (route) => route.abort());
  await field.getByRole('button', { name: 'Save', exact: true }).click();
  await see(
    page.getByText(/The post was not saved/),
    field.getByRole('button', { name: 'Save', exact: true }),
  );
  await page.unroute('**/save');
  await page.getByRole('button', { name: 'Try again' }).click();
  await see(field.getByRole('button', { name: 'Saved. Choose collections' }));
});

test('a repost stands in the followers’ feeds with both names, and is taken back', async () => {
  const { ben, cleo } = people;
  const [his, hers] = await Promise.all([
    site.visit({ as: ben, at: '/' }),
    site.visit({ as: cleo, at: '/', viewport: DESK }),
  ]);
  await see(hers.getByRole('heading', { name: 'Your feed is empty so far' }));
  const field = card(his, 'A field at noon');
  await field.getByRole('button', { name: 'Share' }).click();
  await his.getByRole('dialog', { name: 'Share' }).getByRole('button', { name: 'Repost' }).click();
  await his.getByLabel('Say something about it').fill('Go there');
  await his.getByRole('dialog').getByRole('button', { name: 'Repost' }).click();
  await see(his.getByText('Reposted.'), field.getByText('1 repost').first());

  const repost = hers.getByRole('article', { name: 'Ben reposted a post by Ada' });
  await see(
    repost.getByRole('link', { name: 'ben reposted' }),
    repost.getByText('Go there'),
    repost.getByRole('img', { name: 'A field' }),
    repost.getByText('A field at noon'),
  );
  // What she does, she does with the original.
  await repost.getByRole('button', { name: 'Like', exact: true }).click();
  await see(repost.getByRole('button', { name: '1 like' }));
  await see(field.getByRole('button', { name: '1 like' }).first());
  await repost.getByRole('button', { name: 'Save', exact: true }).click();
  await see(
    repost.getByRole('button', { name: 'Saved. Choose collections' }),
    hers.getByText('Saved.', { exact: true }),
  );
  const [kept] = await saved(cleo);
  assert.equal(kept?.caption, 'A field at noon');
  assert.equal(kept?.viewer.liked, true);

  // The grid shows it; its page, too.
  await hers.goto('/ben');
  await hers.getByRole('link', { name: /^Post: / }).click();
  await see(
    hers.getByRole('link', { name: 'ben reposted' }),
    hers.getByRole('dialog').getByRole('img', { name: 'A field' }),
  );

  // It waits behind a button there, because he has scrolled.
  await his.getByRole('button', { name: '1 new post' }).click();
  const mine = his.getByRole('article', { name: 'Ben reposted a post by Ada' });
  await see(mine);
  await mine.getByRole('button', { name: 'Share' }).click();
  await his.getByRole('button', { name: 'Undo repost' }).click();
  await gone(mine);
  await see(his.getByText('Repost taken back.'));
  await hers.goto('/ben');
  await see(hers.getByText('0 posts'));
});

test('the share sheet has plain links, says what is not public, and offers visitors what they can do', async () => {
  const { ada } = people;
  const [post] = await ada.grid();
  assert.ok(post);
  const link = `${site.url}/p/${post.post_id}`;
  const visitor = await site.visit({ at: `/p/${post.post_id}` });
  await visitor.getByRole('button', { name: 'Share' }).click();
  const sheet = visitor.getByRole('dialog', { name: 'Share' });
  await see(sheet.getByRole('button', { name: 'Copy link' }));
  assert.equal(await sheet.getByRole('button', { name: 'Repost' }).count(), 0);
  for (const name of ['Facebook', 'X', 'Tumblr', 'Bluesky']) {
    const row = sheet.getByRole('link', { name: `Share on ${name}`, exact: true });
    const href = new URL((await row.getAttribute('href')) ?? '');
    assert.ok([...href.searchParams.values()].join(' ').includes(link), name);
    assert.equal(await row.getAttribute('rel'), 'noopener noreferrer');
  }
  assert.match(
    (await sheet.getByRole('link', { name: 'Send by e-mail' }).getAttribute('href')) ?? '',
    /^mailto:/,
  );
  await sheet.getByRole('button', { name: 'Share on Mastodon' }).click();
  await sheet.getByLabel('Your Mastodon server').fill('not a server.');
  await see(sheet.getByText(/Write only the name of the server/));
  await sheet.getByLabel('Your Mastodon server').fill('https://mastodon.social/@ada');
  const open = sheet.getByRole('link', { name: 'Open' });
  assert.match(
    (await open.getAttribute('href')) ?? '',
    /^https:\/\/mastodon\.social\/share\?text=/,
  );

  // Her own, now for followers only: she is told before she shares it.
  await site.server.ctx.db.query("update posts set audience = 'followers' where post_id = $1", [
    post.post_id,
  ]);
  site.server.ctx.db.touchLoosely(ofPost(post.post_id));
  const page = await site.visit({ as: ada, at: `/p/${post.post_id}` });
  await page.getByRole('button', { name: 'Share' }).click();
  await see(page.getByText('Only your followers can open this link.'));
  assert.equal(await page.getByRole('button', { name: 'Repost' }).count(), 0);
  await site.server.ctx.db.query("update posts set audience = 'everyone' where post_id = $1", [
    post.post_id,
  ]);
  site.server.ctx.db.touchLoosely(ofPost(post.post_id));
});

test('an embed shows the post in the frame of another site', async () => {
  const { ada } = people;
  const [post] = await ada.grid();
  assert.ok(post);
  const elsewhere = createServer((_request, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end(
      `<iframe src="${site.url}/embed/p/${post.post_id}" width="540" height="560"></iframe>`,
    );
  });
  elsewhere.listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const { port } = elsewhere.address() as AddressInfo;
  const page = await site.visit({ at: `http://127.0.0.1:${port}/` });
  const frame = page.frameLocator('iframe');
  await see(frame.getByRole('heading', { name: 'ada' }), frame.getByText(post.caption));
  const loaded = await frame
    .getByRole('img', { name: post.media[0]?.alt ?? '' })
    .evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth > 0));
  assert.ok(loaded, 'its picture is shown there');
  await see(frame.getByRole('link', { name: 'View on Aperto' }));
  elsewhere.close();
});
