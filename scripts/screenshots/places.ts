import type { Page } from 'playwright-core';
import { profileFeed } from '../../api/feed.ts';
import type { Client } from '../demo/client.ts';
import { SHOTS, type ShotName } from '../demo/pictures.ts';

/** Something to see in the app. */
export interface Place {
  readonly name: string;
  /** Seen by somebody who is not logged in; by alice otherwise. */
  readonly visitor?: boolean;
  /** Goes there and returns when what is to be seen has come. */
  readonly open: (page: Page, visitor: Client) => Promise<void>;
}

const LONG_NAME = 'ines.da.conceicao.vasconcelos';
const RIGHT_TO_LEFT = 'yusuf.haddad';

/** A page whose heading says that it is there. */
function plain(name: string, path: string, text: string, visitor = false): Place {
  return {
    name,
    visitor,
    async open(page) {
      await page.goto(path);
      await page.getByText(text).filter({ visible: true }).first().waitFor();
    },
  };
}

function profile(name: string, username: string): Place {
  return {
    name,
    async open(page) {
      await page.goto(`/${username}`);
      await page.locator('main a[href^="/p/"] img').first().waitFor();
    },
  };
}

async function goToPost(page: Page, visitor: Client, username: string, nth: number): Promise<void> {
  const posts = await visitor.call(profileFeed, { params: { username }, query: { limit: 20 } });
  await page.goto(`/p/${posts[nth]?.post_id}`);
  await page.locator('main article img').first().waitFor();
}

async function choosePhotos(page: Page, names: readonly ShotName[]): Promise<void> {
  await page.goto('/new');
  const files = [];
  for (const name of names) {
    files.push({ name: `${name}.jpg`, mimeType: 'image/jpeg', buffer: await SHOTS[name].take() });
  }
  await page.locator('input[type="file"]').first().setInputFiles(files);
  await page.getByText(`Photo 1 of ${names.length}`).first().waitFor();
}

export const PLACES: readonly Place[] = [
  {
    name: 'home',
    async open(page) {
      await page.goto('/');
      await page.locator('main article img').first().waitFor();
    },
  },
  {
    name: 'why',
    async open(page) {
      await page.goto('/');
      await page.getByRole('button', { name: 'Why this post?' }).first().click();
      await page.getByText('How it is weighed').waitFor();
    },
  },
  {
    name: 'explore',
    async open(page) {
      await page.goto('/explore');
      await page.locator('main a[href^="/p/"] img').first().waitFor();
    },
  },
  plain('feed-settings', '/settings/feed', 'What counts'),
  { name: 'post', open: (page, visitor) => goToPost(page, visitor, 'aroha', 0) },
  {
    name: 'post-right-to-left',
    open: (page, visitor) => goToPost(page, visitor, RIGHT_TO_LEFT, 0),
  },
  profile('profile', 'alice'),
  profile('profile-long-name', LONG_NAME),
  profile('profile-right-to-left', RIGHT_TO_LEFT),
  plain('followers', '/alice/followers', 'Bob Okonkwo'),
  plain('compose-empty', '/new', 'Share your photos'),
  {
    name: 'compose',
    open: (page) => choosePhotos(page, ['dahlia', 'dew', 'golden dunes']),
  },
  plain('settings', '/settings', 'Where you are logged in'),
  plain('edit-profile', '/settings/profile', 'Bio'),
  plain('admin', '/admin', 'Failed jobs'),
  plain('not-found', '/no/such/place', 'Nothing here'),
  plain('landing', '/', 'A quiet place for photos', true),
  plain('log-in', '/log-in', 'Welcome back', true),
  plain('sign-up', '/sign-up', 'Create your account', true),
];
