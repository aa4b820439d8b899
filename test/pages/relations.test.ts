import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import * as api from '../../api/graph.ts';
import { editProfile } from '../../api/people.ts';
import { cast, type Person, refusal } from '../cast.ts';
import { colourPicture } from '../pictures.ts';
import { until } from '../within.ts';
import { DESK, gone, openSite, type Site, see } from './site.ts';

let site: Site;
let people: Record<'ada' | 'ben' | 'cleo' | 'dora' | 'emil', Person>;

before(async () => {
  site = await openSite();
  people = await cast(site.url, 'ada', 'ben', 'cleo', 'dora', 'emil');
  const { ada, ben, cleo, dora } = people;
  // Ben knows cleo and dora, who know ada.
  for (const friend of [cleo, dora]) {
    await ben.follow(friend);
    await friend.follow(ada);
  }
  await ada.published(ada.post(colourPicture(), { caption: 'A field' }));
});
after(() => site.close());
afterEach(() => site.leave());

const named = (who: Person) => ({ params: { username: who.username } });
const setPrivacy = (who: Person, privacy_level: 'public' | 'private') =>
  who.api(editProfile, { ...named(who), body: { privacy_level } });

/** The words on the button by which one follows somebody. */
const button = (page: Page, words: string, who: Person) =>
  page.getByRole('button', { name: `${words}: ${who.username}`, exact: true });

async function choose(page: Page, who: Person, item: string): Promise<void> {
  await page.getByRole('button', { name: `More about ${who.username}` }).click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

/** Presses "Undo" in the toast that says this. */
async function undo(page: Page, said: string): Promise<void> {
  const toast = page.locator('.toast', { hasText: said });
  await toast.getByRole('button', { name: 'Undo' }).click();
}

const grid = (page: Page): Locator => page.getByRole('link', { name: 'Post: A field' });

test('follows and leaves from a profile, with the way back, and sees who else follows', async () => {
  const { ada, ben } = people;
  const page = await site.visit({ as: ben, at: '/ada' });
  await see(grid(page), page.getByText(/^Followed by (cleo|dora) and (cleo|dora)$/));
  await button(page, 'Follow', ada).click();
  await see(button(page, 'Following', ada), page.getByRole('link', { name: '3 followers' }));
  await button(page, 'Following', ada).click();
  await see(page.getByText('You no longer follow ada'), button(page, 'Follow', ada));
  await undo(page, 'You no longer follow ada');
  await see(button(page, 'Following', ada));
  await until(async () => (await ben.profile(ada)).viewer.following, 'the server knows');
  await page.getByText(/^Followed by/).click();
  await see(
    page.getByRole('tab', { name: 'In common', selected: true }),
    page.getByRole('link', { name: /cleo/ }),
    page.getByRole('link', { name: /dora/ }),
  );
});

test('asks a private account, which accepts one and declines another', async () => {
  const { ada, ben, emil } = people;
  await ben.unfollow(ada);
  await setPrivacy(ada, 'private');
  const page = await site.visit({ as: ben, at: '/ada' });
  await see(page.getByRole('heading', { name: 'This account is private' }));
  assert.equal(await grid(page).count(), 0);
  await see(page.getByRole('link', { name: '2 followers' }));
  await button(page, 'Follow', ada).click();
  await see(button(page, 'Requested', ada), page.getByText('Ada has not answered your request'));
  await button(page, 'Requested', ada).click();
  await undo(page, 'Your request to ada is taken back');
  await see(button(page, 'Requested', ada));
  await until(async () => (await ben.profile(ada)).viewer.requested, 'the server knows');
  await emil.follow(ada);

  const hers = await site.visit({ as: ada, at: '/ada' });
  await hers.getByRole('link', { name: '2 follow requests' }).click();
  await hers.getByRole('button', { name: 'Accept ben' }).click();
  await see(hers.getByText('Follows you now'));
  await hers.getByRole('button', { name: 'Decline emil' }).click();
  await see(hers.getByText('emil is declined'));
  await undo(hers, 'emil is declined');
  await hers.getByRole('button', { name: 'Decline emil' }).click();
  await gone(hers.getByRole('button', { name: 'Decline emil' }));
  await see(hers.getByText('emil is declined'));
  // It is sent when the toast goes and nobody has asked for the way back.
  await gone(hers.getByText('emil is declined'));
  await until(async () => !(await emil.profile(ada)).viewer.requested, 'emil is declined');
  assert.equal((await ben.profile(ada)).viewer.following, true);

  await page.reload();
  await see(grid(page), button(page, 'Following', ada));
  // Nothing is sent while it can be undone: a private account would have to be asked anew.
  await button(page, 'Following', ada).click();
  await see(button(page, 'Follow', ada));
  await undo(page, 'You no longer follow ada');
  await see(button(page, 'Following', ada));
  assert.equal((await ben.profile(ada)).viewer.following, true);
  await setPrivacy(ada, 'public');
});

test('blocks from the menu: what is on the screen goes, and comes back with the undo', async () => {
  const { ada, ben } = people;
  await ben.follow(ada);
  const page = await site.visit({ as: ben, at: '/ada' });
  await see(grid(page));
  await choose(page, ada, 'Block');
  await see(page.getByRole('heading', { name: 'You have blocked Ada' }));
  await gone(grid(page));
  await see(page.getByText('ada is blocked'));
  assert.equal((await refusal(ada.profile(ben))).code, 'user_not_found');
  await undo(page, 'ada is blocked');
  await see(grid(page), button(page, 'Following', ada));

  await choose(page, ada, 'Block');
  await see(page.getByText('ada is blocked'));
  await page.goto('/settings/blocked');
  await page.getByRole('button', { name: 'Unblock ada' }).click();
  await see(page.getByText('ada is not blocked any more'), page.getByText('Nobody is blocked'));
  await page.getByLabel('Username').fill('@ada');
  await page.getByRole('button', { name: 'Block', exact: true }).click();
  await see(page.getByRole('button', { name: 'Unblock ada' }));
  await page.goto('/ada');
  await button(page, 'Unblock', ada).click();
  await see(grid(page), button(page, 'Follow', ada));
  assert.equal((await ada.profile(ben)).username, 'ben');
});

test('mutes, restricts, adds to close friends and removes a follower, each undone', async () => {
  const { ada, ben } = people;
  await ada.follow(ben);
  const page = await site.visit({ as: ben, at: '/ada' });
  const marks = async () => {
    const { muting, restricting, close_friend, followed_by } = (await ben.profile(ada)).viewer;
    return { muting, restricting, close_friend, followed_by };
  };
  const off = { muting: false, restricting: false, close_friend: false, followed_by: true };
  const steps = [
    ['Mute', 'ada is muted', { ...off, muting: true }],
    ['Restrict', 'Comments by ada wait for you now', { ...off, restricting: true }],
    ['Add to close friends', 'ada is a close friend now', { ...off, close_friend: true }],
  ] as const;
  for (const [item, said, then] of steps) {
    await choose(page, ada, item);
    await see(page.getByText(said));
    assert.deepEqual(await marks(), then, item);
    await undo(page, said);
    const isOff = async () =>
      Object.entries(await marks()).every(([k, v]) => v === off[k as 'muting']);
    await until(isOff, `${item} is undone`);
  }
  await see(page.getByText('Follows you'));
  await choose(page, ada, 'Remove follower');
  await gone(page.getByText('Follows you', { exact: true }));
  await undo(page, 'ada no longer follows you');
  await see(page.getByText('Follows you', { exact: true }));
  await choose(page, ada, 'Remove follower');
  await see(page.getByText('ada no longer follows you'));
  await gone(page.getByText('ada no longer follows you'));
  await until(async () => !(await ada.profile(ben)).viewer.following, 'it is sent at the end');
});

test('a refusal is taken back on the screen and said', async () => {
  const { ada, ben } = people;
  const page = await site.visit({ as: ben, at: '/ada' });
  await see(button(page, 'Follow', ada));
  await page.route('**/users/ada/**', (route) => route.abort());
  await button(page, 'Follow', ada).click();
  await see(page.getByText(/^That did not work/), button(page, 'Follow', ada));
  await choose(page, ada, 'Block');
  await see(grid(page));
  await page.unroute('**/users/ada/**');
  await page.getByRole('button', { name: 'Try again' }).last().click();
  await see(page.getByRole('heading', { name: 'You have blocked Ada' }));
  await ben.api(api.unblock, named(ada));
});

test('close friends by name; a name that nobody has is said beside the field', async () => {
  const { ben } = people;
  const page = await site.visit({ as: ben, at: '/settings/close-friends' });
  await see(page.getByText('No close friends yet'));
  const add = async (name: string) => {
    await page.getByLabel('Username').fill(name);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
  };
  await add('nobody.at.all');
  await see(page.getByRole('alert').filter({ hasText: 'This person does not exist.' }));
  await add('not a name');
  await see(page.getByRole('alert').filter({ hasText: 'This person is not here' }));
  await add('ben');
  await see(page.getByRole('alert').filter({ hasText: 'You cannot do this to yourself.' }));
  await add('cleo');
  await see(page.getByRole('button', { name: 'Remove cleo' }));
  await page.getByRole('button', { name: 'Remove cleo' }).click();
  await undo(page, 'cleo is not a close friend any more');
  await see(page.getByRole('button', { name: 'Remove cleo' }));
  await until(
    async () => (await ben.profile(people.cleo)).viewer.close_friend,
    'the server has taken it back',
  );
});

test('suggestions beside the feed, in an empty feed and on their page; one is dismissed', async () => {
  const { ada, ben, emil } = people;
  await ben.unfollow(ada);
  const suggested = async () => (await ben.api(api.listSuggested)).map((one) => one.username);
  await until(async () => (await suggested()).includes('ada'), 'she may be followed again');
  const wide = await site.visit({ as: ben, at: '/', viewport: DESK });
  const aside = wide.getByRole('complementary');
  await see(aside.getByRole('link', { name: /ada/ }), aside.getByText('Followed by cleo and dora'));
  await aside.getByRole('link', { name: 'See all' }).click();
  const main = wide.getByRole('main');
  await see(main.getByRole('heading', { name: 'People you may know' }));
  await main.getByRole('button', { name: 'Do not suggest ada' }).click();
  await gone(main.getByRole('link', { name: /ada/ }));
  await undo(wide, 'ada will not be suggested again');
  await see(main.getByRole('link', { name: /ada/ }));
  await main.getByRole('button', { name: 'Do not suggest ada' }).click();
  await see(wide.getByText('ada will not be suggested again'));
  await gone(wide.getByText('ada will not be suggested again'));
  await until(async () => !(await suggested()).includes('ada'), 'the server knows');

  const phone = await site.visit({ as: emil, at: '/' });
  await see(
    phone.getByRole('heading', { name: 'Your feed is empty so far' }),
    phone.getByRole('heading', { name: 'People you may know' }),
    phone.getByText('Followed by many here').first(),
  );
  await button(phone, 'Follow', ada).click();
  await see(button(phone, 'Following', ada));
});
