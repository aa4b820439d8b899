import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { changeRole } from '../../api/admin.ts';
import { getNotificationPreferences, getSettings } from '../../api/settings.ts';
import { cast, type Person } from '../cast.ts';
import { colourPicture } from '../pictures.ts';
import { within } from '../within.ts';
import { examine } from './examine.ts';
import { DESK, openSite, PHONE, type Site, see } from './site.ts';

let site: Site;
let alice: Person;
let bob: Person;
let carol: Person;

before(async () => {
  site = await openSite();
  ({ alice, bob, carol } = await cast(site.url, 'alice', 'bob', 'carol'));
});
after(async () => {
  for (const person of [alice, bob, carol]) person.leave();
  await site.close();
});
afterEach(() => site.leave());

/** Asks until it is so: a choice is shown at once, and the server has it a moment later. */
const until = (what: string, is: () => Promise<boolean>) =>
  within(
    (async () => {
      while (!(await is()));
    })(),
    what,
  );

for (const [colorScheme, viewport] of [
  ['light', PHONE],
  ['dark', DESK],
] as const) {
  test(`every page of settings, ${colorScheme}`, async () => {
    const page = await site.visit({ as: bob, colorScheme, viewport, reducedMotion: 'reduce' });
    for (const [at, ready] of [
      ['/settings', 'Privacy'],
      ['/settings/privacy', 'Suggest me to others'],
      ['/settings/notifications', 'Quiet hours'],
      ['/settings/content', 'Show like counts'],
    ] as const) {
      await page.goto(at);
      await see(page.getByText(ready, { exact: true }).first());
      await examine(page, `${at}, ${colorScheme}`);
    }
    const staff = await site.visit({ as: alice, colorScheme, viewport, reducedMotion: 'reduce' });
    await staff.goto('/admin');
    await see(staff.getByRole('link', { name: 'carol' }));
    await staff.getByRole('button', { name: 'Suspend' }).first().click();
    await see(staff.getByLabel('Reason, for the other moderators'));
    await examine(staff, `suspending, ${colorScheme}`);
  });
}

test('by keyboard alone: found by a word, chosen, and kept', async () => {
  const page = await site.visit({ as: bob, at: '/settings' });
  await page.getByLabel('Search settings').focus();
  await page.keyboard.type('quiet');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await see(page.getByRole('heading', { name: 'Notifications', level: 1 }));
  const quiet = page.getByRole('switch', { name: 'Quiet hours' });
  await quiet.focus();
  await page.keyboard.press('Space');
  await see(page.getByLabel('From'));
  const likes = page.getByRole('checkbox', { name: 'Likes, E-mail' });
  await likes.focus();
  await page.keyboard.press('Space');
  await until('both are kept', async () => {
    const { quiet_hours, types } = await bob.api(getNotificationPreferences);
    return quiet_hours?.from === '22:00' && types.likes.email;
  });
  await page.goto('/settings');
  await page.getByLabel('Search settings').fill('nothing of that kind');
  await see(page.getByText('No setting is called “nothing of that kind”.'));
});

test('what is chosen is felt: a private account, like counts, whom a new post is for', async () => {
  const post = await alice.published(alice.post(colourPicture()));
  await bob.like(post);
  const page = await site.visit({ as: carol, at: `/p/${post.post_id}` });
  await see(page.getByRole('button', { name: '1 like' }));
  await page.goto('/settings/content');
  await page.getByRole('switch', { name: 'Show like counts' }).click();
  await until('it is kept', async () => !(await carol.api(getSettings)).show_like_counts);
  await page.goto(`/p/${post.post_id}`);
  await see(page.getByRole('button', { name: 'Like', exact: true }));
  assert.equal(await page.getByRole('button', { name: '1 like' }).count(), 0);

  await page.goto('/settings/privacy');
  await page.getByRole('switch', { name: 'Private account' }).click();
  await page
    .getByRole('group', { name: 'New posts are for' })
    .getByRole('radio', { name: 'Followers' })
    .check();
  await until('both are kept', async () => {
    const { default_audience } = await carol.api(getSettings);
    return default_audience === 'followers' && (await carol.profile()).privacy_level === 'private';
  });
  assert.equal((await bob.profile(carol)).viewer.can_see_posts, false);
});

test('a choice that cannot be kept is taken back, and says why', async () => {
  const page = await site.visit({ as: bob, at: '/settings/privacy' });
  const suggest = page.getByRole('switch', { name: 'Suggest me to others' });
  await see(suggest);
  await page.route('**/account/settings', (route) => route.abort());
  await suggest.click();
  await see(page.getByText(/^This could not be saved/));
  assert.equal(await suggest.isChecked(), true);
});

test('a moderator finds somebody, suspends them and takes it back', async () => {
  await alice.api(changeRole, { params: { username: 'bob' }, body: { role: 'moderator' } });
  const page = await site.visit({ as: bob, at: '/admin' });
  await page.getByLabel('Username begins with').fill('car');
  const row = page.getByRole('row', { name: /carol/ });
  await row.getByRole('button', { name: 'Suspend' }).click();
  await page.getByLabel('Reason, for the other moderators').fill('A test of the page');
  await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();
  await see(page.getByText('carol is suspended'));
  await until('she is gone', async () => {
    const answer = await fetch(`${site.url}/api/v1/users/carol`);
    return answer.status === 404;
  });
  await row.getByRole('button', { name: 'Reinstate' }).click();
  await until('she is back', async () => (await fetch(`${site.url}/api/v1/users/carol`)).ok);
});
