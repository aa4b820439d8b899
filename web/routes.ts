import type { Page } from './ui/page.ts';
import { match, type Params } from './ui/router.ts';

type Load = () => Promise<{ default: Page }>;

/**
 * `anyone`: visitors too. `in`: others are sent to log in, and come back afterwards. `out`: those who
 * are signed in already go home. `wide`: no column of facts at the side.
 */
export interface RouteLine {
  readonly path: string;
  readonly who: 'anyone' | 'in' | 'out';
  readonly wide?: boolean;
  /** Brings the app's name itself: no bar above it for visitors. */
  readonly bare?: boolean;
  readonly load: Load;
}

const everyone = (path: string, load: Load): RouteLine => ({
  path,
  who: 'anyone',
  wide: true,
  load,
});
const members = (path: string, load: Load): RouteLine => ({ path, who: 'in', wide: true, load });
const bare = (path: string, load: Load): RouteLine => ({ ...everyone(path, load), bare: true });

const peopleList = () => import('./pages/people-list/page.tsx');
const follows = () => import('./pages/follows/page.tsx');

/** Every address of the app; the first that fits wins. A new page is one line here. */
const ROUTES: readonly RouteLine[] = [
  { path: '/', who: 'anyone', load: () => import('./pages/home/page.tsx') },
  { path: '/log-in', who: 'out', load: () => import('./pages/log-in/page.tsx') },
  { path: '/sign-up', who: 'out', load: () => import('./pages/sign-up/page.tsx') },
  bare('/forgot-password', () => import('./pages/forgot-password/page.tsx')),
  bare('/reset-password', () => import('./pages/reset-password/page.tsx')),
  bare('/verify-email', () => import('./pages/verify-email/page.tsx')),
  members('/new', () => import('./pages/compose/page.tsx')),
  members('/drafts', () => import('./pages/drafts/page.tsx')),
  members('/archive', () => import('./pages/archive/page.tsx')),
  members('/recently-deleted', () => import('./pages/recently-deleted/page.tsx')),
  members('/p/:id/edit', () => import('./pages/edit-post/page.tsx')),
  everyone('/p/:id', () => import('./pages/post/page.tsx')),
  members('/settings', () => import('./pages/settings/page.tsx')),
  members('/settings/profile', () => import('./pages/edit-profile/page.tsx')),
  members('/settings/privacy', () => import('./pages/privacy-settings/page.tsx')),
  members('/settings/notifications', () => import('./pages/notification-settings/page.tsx')),
  members('/settings/content', () => import('./pages/content-settings/page.tsx')),
  members('/settings/feed', () => import('./pages/feed-settings/page.tsx')),
  members('/settings/account', () => import('./pages/account-settings/page.tsx')),
  members('/settings/sessions', () => import('./pages/sessions/page.tsx')),
  members('/settings/similar-photos', () => import('./pages/similar-photos/page.tsx')),
  members('/settings/blocked', peopleList),
  members('/settings/muted', peopleList),
  members('/settings/restricted', peopleList),
  members('/settings/close-friends', peopleList),
  members('/saved', () => import('./pages/saved/page.tsx')),
  members('/saved/:id', () => import('./pages/saved/collection-page.tsx')),
  members('/requests', () => import('./pages/requests/page.tsx')),
  { path: '/people', who: 'in', load: () => import('./pages/people/page.tsx') },
  members('/explore', () => import('./pages/explore/page.tsx')),
  members('/admin', () => import('./pages/admin/page.tsx')),
  everyone('/tags/:tag', () => import('./pages/topics/tag-page.tsx')),
  everyone('/places/:id', () => import('./pages/topics/place-page.tsx')),
  members('/settings/hashtags', () => import('./pages/followed-hashtags/page.tsx')),
  everyone('/:username/followers', follows),
  everyone('/:username/following', follows),
  members('/:username/mutuals', follows),
  everyone('/:username', () => import('./pages/profile/page.tsx')),
];

const NOT_FOUND: RouteLine = {
  path: '*',
  who: 'anyone',
  load: () => import('./pages/not-found/page.tsx'),
};

export interface Found {
  readonly route: RouteLine;
  readonly params: Params;
}

/** The line that an address leads to, and what stands in it. */
export function findRoute(path: string): Found {
  for (const route of ROUTES) {
    const params = match(route.path, path);
    if (params) return { route, params };
  }
  return { route: NOT_FOUND, params: {} };
}
