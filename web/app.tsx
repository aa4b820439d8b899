import { effect } from '@preact/signals';
import { Fragment } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { showBusy } from './data/busy.ts';
import { endedByServer, me, sessionState } from './data/session.ts';
import { type Found, findRoute, type RouteLine } from './routes.ts';
import { AppShell, VisitorShell } from './shell.tsx';
import { t } from './strings/strings.ts';
import { Button } from './ui/button.tsx';
import { EmptyState } from './ui/empty-state.tsx';
import type { Page, PageProps } from './ui/page.ts';
import { go, place } from './ui/router.ts';
import { Toasts, toast } from './ui/toast.tsx';

showBusy(() => toast({ text: t('error.busy') }));

const loaded = new Map<RouteLine['load'], Page>();

/** Gets the code of a page; asked for again, it is there at once. */
async function load(route: RouteLine): Promise<Page> {
  const page = loaded.get(route.load) ?? (await route.load()).default;
  loaded.set(route.load, page);
  return page;
}

// The first page's code is asked for before anything is drawn.
if (typeof document !== 'undefined')
  load(findRoute(place.peek().path).route).catch(() => undefined);

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
  const found = findRoute(over === null ? path : (over.split('?')[0] ?? '/'));
  const sheet = over === null ? null : findRoute(path);
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
