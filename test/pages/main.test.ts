import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { PASSWORD } from '../cast.ts';
import { photos } from '../pictures.ts';
import { gone, openSite, type Site, see } from './site.ts';

let site: Site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

async function signUp(page: Page, username: string, name: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(`${username}@example.org`);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign up' }).click();
  await see(page.getByRole('heading', { name: 'Your feed is empty so far' }));
}

/** A mark that goes when the page is loaded anew. */
const mark = (page: Page) => page.evaluate(() => void Reflect.set(window, 'stayed', true));
const stayed = (page: Page) => page.evaluate(() => Reflect.has(window, 'stayed'));

const ALT = 'A path between fields, with hills behind';

test('from sign-up to a photo in a follower’s open feed, a like, a comment, and its end', async () => {
  const [alice, bob] = await Promise.all([site.visit({ at: '/' }), site.visit({ at: '/sign-up' })]);
  await signUp(alice, 'alice', 'Alice Moreno');
  await signUp(bob, 'bob', 'Bob');

  // Bob follows her from her profile and has his home page open.
  await bob.goto('/alice');
  await bob.getByRole('button', { name: 'Follow: alice' }).click();
  await see(bob.getByRole('button', { name: 'Following: alice', pressed: true }));
  await see(bob.getByRole('link', { name: '1 follower' }));
  await bob.getByRole('link', { name: 'Home', exact: true }).click();
  await see(bob.getByRole('heading', { name: 'Your feed is empty so far' }));
  await Promise.all([mark(alice), mark(bob)]);

  await compose(alice);
  await watchProgress(alice);

  const [hers, his] = [alice, bob].map((page) =>
    page.getByRole('article', { name: 'Post by Alice Moreno' }),
  );
  assert.ok(hers && his);
  await see(hers, his, his.getByRole('img', { name: ALT }));
  assert.equal(await alice.getByRole('article').count(), 1, 'the card has become the post');
  const box = await his.getByRole('img', { name: ALT }).boundingBox();
  assert.ok(box && Math.abs(box.width / box.height - 1) < 0.02, 'square, as she cropped it');
  assert.match((await his.textContent()) ?? '', /First light\. Was worth it/);

  // A like by the heart, taken back, and again by a double click on the photo.
  await his.getByRole('button', { name: 'Like', exact: true }).click();
  await see(
    his.getByRole('button', { name: '1 like' }),
    hers.getByRole('button', { name: '1 like' }),
  );
  await his.getByRole('button', { name: 'Unlike' }).click();
  await gone(hers.getByRole('button', { name: '1 like' }));
  await his.getByRole('img', { name: ALT }).dblclick();
  await see(
    his.getByRole('button', { name: 'Unlike', pressed: true }),
    hers.getByRole('button', { name: '1 like' }),
  );
  await his.getByRole('img', { name: ALT }).dblclick();
  await see(his.getByRole('button', { name: '1 like' }));
  await hers.getByRole('button', { name: '1 like' }).click();
  await see(alice.getByRole('dialog', { name: 'Liked by' }).getByRole('link', { name: 'bob' }));
  await alice.keyboard.press('Escape');

  await his.getByRole('button', { name: 'Comment' }).click();
  await bob.getByLabel('Write a comment').fill('Which hill is that?');
  await bob.keyboard.press('Enter');
  await see(bob.getByRole('dialog').getByText('Which hill is that?'));
  await hers.getByRole('button', { name: 'View 1 comment' }).click();
  const hersOpen = alice.getByRole('dialog', { name: 'Comments' });
  await see(hersOpen.getByText('Which hill is that?'));
  await alice.keyboard.press('Escape');

  // She has read them once; what comes later is there when she looks again.
  await bob.getByLabel('Write a comment').fill('I would like to go there.');
  await bob.getByRole('button', { name: 'Post', exact: true }).click();
  await hers.getByRole('button', { name: 'View all 2 comments' }).click();
  await see(
    hersOpen.getByText('I would like to go there.'),
    hersOpen.getByText('Which hill is that?'),
  );
  // And with the comments open she sees his next one come.
  await bob.getByLabel('Write a comment').fill('On Sunday?');
  await bob.keyboard.press('Enter');
  await see(hersOpen.getByText('On Sunday?'));
  await alice.keyboard.press('Escape');
  await bob.keyboard.press('Escape');

  assert.deepEqual([await stayed(alice), await stayed(bob)], [true, true], 'nobody reloaded');

  await chooseFromMenu(alice, 'Edit');
  await see(alice.getByRole('heading', { name: 'Edit post' }));
  await alice.getByLabel('Caption').fill('First light at Larrun.');
  await alice.getByRole('button', { name: 'Save' }).last().click();
  await see(hers.getByText('First light at Larrun.'), hers.getByText('edited'));
  await his.locator('time').click();
  const page = bob.getByRole('article', { name: 'Post by Alice Moreno' });
  await see(page.getByText('First light at Larrun.'), page.getByText('On Sunday?'));
  await bob.goBack();
  await see(his.getByText('First light at Larrun.'));

  await chooseFromMenu(alice, 'Delete');
  await gone(hers);
  await see(alice.getByText('Post deleted.'));
  await alice.reload();
  await see(alice.getByRole('heading', { name: 'Your feed is empty so far' }));
  await gone(his);
  await bob.goto('/alice');
  await see(bob.getByText('0 posts'), bob.getByRole('heading', { name: 'No posts yet' }));
});

/** Chooses a photo, makes it square, zooms, writes, shares; its bytes wait until someone lets them go. */
async function compose(page: Page): Promise<void> {
  const [photo] = (await photos()).filter(({ name }) => /mountains|phone/.test(name));
  assert.ok(photo);
  const held = Promise.withResolvers<void>();
  await page.route('**/uploads/**', async (route) => {
    await held.promise;
    await route.continue();
  });
  letGo = held.resolve;
  await page.getByRole('link', { name: 'Share a photo' }).click();
  await see(page.getByRole('heading', { name: 'New post', level: 1 }));
  const chooser = page.waitForEvent('filechooser');
  await page.getByText('Choose photos').click();
  await (await chooser).setFiles({ name: photo.name, mimeType: photo.type, buffer: photo.bytes });
  await page.getByText('1:1', { exact: true }).click();
  assert.ok(await page.getByRole('radio', { name: '1:1' }).isChecked());
  await page.getByRole('slider', { name: 'Zoom' }).fill('1.5');
  await see(page.getByRole('button', { name: 'Reset crop', disabled: false }));
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Caption').fill('First light. Was worth it @bob, see https://example.org');
  await page.getByLabel('Describe this photo').fill(ALT);
  await page.getByRole('button', { name: 'Share' }).click();
}

let letGo = () => {};

async function watchProgress(page: Page): Promise<void> {
  const card = page.getByRole('article', { name: 'Your new post' });
  await see(card.getByRole('status').getByText(/Uploading, \d+%/));
  assert.equal(new URL(page.url()).pathname, '/');
  letGo();
  await gone(card);
}

async function chooseFromMenu(page: Page, item: string): Promise<void> {
  await page.getByRole('button', { name: 'More about this post' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}
