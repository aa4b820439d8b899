import { effect } from '@preact/signals';
import { Fragment } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { endedByServer, me, sessionState } from './data/session.ts';
import { AppShell, VisitorShell } from './shell.tsx';
import { t } from './strings/strings.ts';
import { Button } from './ui/button.tsx';
import { EmptyState } from './ui/empty-state.tsx';
import type { Page, PageProps } from './ui/page.ts';
import { go, match, type Params, place } from './ui/router.ts';
import { Toasts, toast } from './ui/toast.tsx';

/**
 * `anyone`: visitors too. `in`: others are sent to log in, and come back afterwards. `out`: those who
 * are signed in already go home. `wide`: no column of facts at the side.
 */
interface RouteLine {
  readonly path: string;
  readonly who: 'anyone' | 'in' | 'out';
  readonly wide?: boolean;
  /** Brings the app's name itself: no bar above it for visitors. */
  readonly bare?: boolean;
  readonly load: () => Promise<{ default: Page }>;
}

const loadPeopleList = () => import('./pages/people-list/page.tsx');

/** Every address of the app; the first that fits wins. A new page is one line here. */
const ROUTES: readonly RouteLine[] = [
  { path: '/', who: 'anyone', load: () => import('./pages/home/page.tsx') },
  { path: '/log-in', who: 'out', load: () => import('./pages/log-in/page.tsx') },
  { path: '/sign-up', who: 'out', load: () => import('./pages/sign-up/page.tsx') },
  {
    path: '/forgot-password',
    who: 'anyone',
    wide: true,
    bare: true,
    load: () => import('./pages/forgot-password/page.tsx'),
  },
  {
    path: '/reset-password',
    who: 'anyone',
    wide: true,
    bare: true,
    load: () => import('./pages/reset-password/page.tsx'),
  },
  {
    path: '/verify-email',
    who: 'anyone',
    wide: true,
    bare: true,
    load: () => import('./pages/verify-email/page.tsx'),
  },
  { path: '/new', who: 'in', wide: true, load: () => import('./pages/compose/page.tsx') },
  { path: '/drafts', who: 'in', wide: true, load: () => import('./pages/drafts/page.tsx') },
  { path: '/archive', who: 'in', wide: true, load: () => import('./pages/archive/page.tsx') },
  {
    path: '/recently-deleted',
    who: 'in',
    wide: true,
    load: () => import('./pages/recently-deleted/page.tsx'),
  },
  { path: '/p/:id/edit', who: 'in', wide: true, load: () => import('./pages/edit-post/page.tsx') },
  { path: '/p/:id', who: 'anyone', wide: true, load: () => import('./pages/post/page.tsx') },
  { path: '/settings', who: 'in', wide: true, load: () => import('./pages/settings/page.tsx') },
  {
    path: '/settings/profile',
    who: 'in',
    wide: true,
    load: () => import('./pages/edit-profile/page.tsx'),
  },
  {
    path: '/settings/privacy',
    who: 'in',
    wide: true,
    load: () => import('./pages/privacy-settings/page.tsx'),
  },
  {
    path: '/settings/notifications',
    who: 'in',
    wide: true,
    load: () => import('./pages/notification-settings/page.tsx'),
  },
  {
    path: '/settings/content',
    who: 'in',
    wide: true,
    load: () => import('./pages/content-settings/page.tsx'),
  },
  {
    path: '/settings/account',
    who: 'in',
    wide: true,
    load: () => import('./pages/account-settings/page.tsx'),
  },
  {
    path: '/settings/sessions',
    who: 'in',
    wide: true,
    load: () => import('./pages/sessions/page.tsx'),
  },
  { path: '/saved', who: 'in', wide: true, load: () => import('./pages/saved/page.tsx') },
  {
    path: '/saved/:id',
    who: 'in',
    wide: true,
    load: () => import('./pages/saved/collection-page.tsx'),
  },
  ...['blocked', 'muted', 'restricted', 'close-friends'].map(
    (list): RouteLine => ({
      path: `/settings/${list}`,
      who: 'in',
      wide: true,
      load: loadPeopleList,
    }),
  ),
  { path: '/requests', who: 'in', wide: true, load: () => import('./pages/requests/page.tsx') },
  { path: '/people', who: 'in', load: () => import('./pages/people/page.tsx') },
  { path: '/admin', who: 'in', wide: true, load: () => import('./pages/admin/page.tsx') },
  {
    path: '/tags/:tag',
    who: 'anyone',
    wide: true,
    load: () => import('./pages/topics/tag-page.tsx'),
  },
  {
    path: '/places/:id',
    who: 'anyone',
    wide: true,
    load: () => import('./pages/topics/place-page.tsx'),
  },
  {
    path: '/settings/hashtags',
    who: 'in',
    wide: true,
    load: () => import('./pages/followed-hashtags/page.tsx'),
  },
  {
    path: '/:username/followers',
    who: 'anyone',
    wide: true,
    load: () => import('./pages/follows/page.tsx'),
  },
  {
    path: '/:username/following',
    who: 'anyone',
    wide: true,
    load: () => import('./pages/follows/page.tsx'),
  },
  {
    path: '/:username/mutuals',
    who: 'in',
    wide: true,
    load: () => import('./pages/follows/page.tsx'),
  },
  { path: '/:username', who: 'anyone', wide: true, load: () => import('./pages/profile/page.tsx') },
];

const NOT_FOUND: RouteLine = {
  path: '*',
  who: 'anyone',
  load: () => import('./pages/not-found/page.tsx'),
};

interface Found {
  readonly route: RouteLine;
  readonly params: Params;
}

function find(path: string): Found {
  for (const route of ROUTES) {
    const params = match(route.path, path);
    if (params) return { route, params };
  }
  return { route: NOT_FOUND, params: {} };
}

const loaded = new Map<RouteLine['load'], Page>();

/** Gets the code of a page; asked for again, it is there at once. */
async function load(route: RouteLine): Promise<Page> {
  const page = loaded.get(route.load) ?? (await route.load()).default;
  loaded.set(route.load, page);
  return page;
}

// The first page's code is asked for before anything is drawn.
if (typeof document !== 'undefined') load(find(place.peek().path).route).catch(() => undefined);

/** Where a person who must log in first is sent, and from there back. */
export function logInAddress(): string {
  const { path, query } = place.value;
  return path === '/' ? '/log-in' : `/log-in?next=${encodeURIComponent(path + query)}`;
}

function guard(route: RouteLine): string | null {
  if (route.who === 'in' && sessionState.value === 'out') return logInAddress();
  if (route.who === 'out' && sessionState.value === 'in') {
    const next = new URLSearchParams(place.value.query).get('next');
    // Only paths of this app: an address of elsewhere would make the log-in a trap.
    return next && /^\/(?![/\\])/.test(next) ? next : '/';
  }
  return null;
}

/** The page of an address, once its code is there. */
function PageAt({ found, sheet = false }: { found: Found; sheet?: boolean }) {
  const { route, params } = found;
  const [page, setPage] = useState<{ of: RouteLine['load']; page: Page } | null>(null);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    let wanted = true;
    setFailed(false);
    load(route).then(
      (code) => wanted && setPage({ of: route.load, page: code }),
      (error: unknown) => {
        console.error('The code of a page could not be loaded:', error);
        if (wanted) setFailed(true);
      },
    );
    return () => {
      wanted = false;
    };
  }, [route]);

  if (failed) {
    return (
      <div class="shell__failed">
        <EmptyState title={t('page.failed')} text={t('page.failed-text')}>
          {/* The whole page: browsers do not ask again for code that they once failed to get. */}
          <Button kind="primary" onClick={() => location.reload()}>
            {t('try-again')}
          </Button>
        </EmptyState>
      </div>
    );
  }
  const Code = loaded.get(route.load) ?? (page?.of === route.load ? page.page : null);
  if (!Code) return <div class="shell__waiting" aria-busy="true" />;
  const props: PageProps = { params, sheet };
  // A page that is shown for another person or post is another page: nothing of the old one stays.
  return (
    <Fragment key={`${route.path} ${Object.values(params).join(' ')}`}>
      <Code {...props} />
      {!sheet && <Arrived />}
    </Fragment>
  );
}

/** Moves the focus to the new page's heading, so that it is read out and the keyboard starts there. */
function Arrived() {
  const { key } = place.value;
  useEffect(() => {
    if (first === key || first === null) {
      // The page that the app opened with: the browser has put the focus where it belongs.
      first ??= key;
      return;
    }
    const main = document.getElementById('main');
    if (main?.contains(document.activeElement) && document.activeElement !== document.body) return;
    const heading = main?.querySelector<HTMLElement>('h1[tabindex]');
    (heading ?? main)?.focus({ preventScroll: true });
  }, [key]);
  return null;
}
let first: string | null = null;

effect(() => {
  if (endedByServer.value) toast({ text: t('shell.logged-out') });
});

/** The app: who is here, where they are, and the page of that place. */
export function App() {
  const { path, over } = place.value;
  const found = find(over === null ? path : (over.split('?')[0] ?? '/'));
  const sheet = over === null ? null : find(path);
  const elsewhere = guard(found.route);
  useEffect(() => {
    if (elsewhere !== null) go(elsewhere, { replace: true });
  }, [elsewhere]);

  const pages = elsewhere === null && (
    <>
      <PageAt found={found} />
      {sheet && <PageAt found={sheet} sheet />}
    </>
  );
  return (
    <>
      {me.value ? (
        <AppShell user={me.value} wide={found.route.wide === true}>
          {pages}
        </AppShell>
      ) : (
        <VisitorShell
          bare={found.route.path === '/' || found.route.who === 'out' || found.route.bare === true}
        >
          {pages}
        </VisitorShell>
      )}
      <Toasts />
    </>
  );
}
