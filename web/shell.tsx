import './ui/shell.css';
import { Compass, House, Settings, SquarePlus } from 'lucide';
import type { ComponentChildren, ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { UserSummary } from '../api/people.ts';
import { t } from './strings/strings.ts';
import { Avatar } from './ui/avatar.tsx';
import { barsAway } from './ui/bars.ts';
import { ButtonLink } from './ui/button.tsx';
import { Icon } from './ui/icon.tsx';
import { Link } from './ui/link.tsx';
import { Wordmark } from './ui/mark.tsx';
import { place } from './ui/router.ts';

function Skip() {
  return (
    // biome-ignore lint/a11y/useValidAnchor: a link by its nature; the router alone must not see it.
    <a
      href="#main"
      class="skip visually-hidden"
      onClick={(event) => {
        event.preventDefault();
        document.getElementById('main')?.focus();
      }}
    >
      {t('nav.skip')}
    </a>
  );
}

function NavLink(props: { href: string; word: string; children: ComponentChildren }) {
  const here = place.value.path === props.href;
  return (
    <Link
      href={props.href}
      class="nav__link"
      aria-label={props.word}
      aria-current={here ? 'page' : undefined}
      onClick={(event) => {
        if (!here) return;
        // Where one is already: to its top.
        event.preventDefault();
        scrollTo({ top: 0, behavior: 'smooth' });
      }}
    >
      {props.children}
      <span class="nav__word" aria-hidden="true">
        {props.word}
      </span>
    </Link>
  );
}

/** False while the device itself says that it has no connection. */
function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener('online', look);
    addEventListener('offline', look);
    return () => {
      removeEventListener('online', look);
      removeEventListener('offline', look);
    };
  }, []);
  return online;
}

interface AppShellProps {
  readonly user: UserSummary;
  /** No column at the side. */
  readonly wide: boolean;
  readonly children: ComponentChildren;
}

/** What stands around every page of a signed-in person. */
export function AppShell({ user, wide, children }: AppShellProps) {
  const online = useOnline();
  const away = barsAway.value ? ' shell--bars-away' : '';
  return (
    <div class={`shell shell--in${wide ? '' : ' shell--aside'}${away}`}>
      <Skip />
      <nav class="nav" aria-label={t('nav.label')}>
        <Link href="/" class="nav__brand" tabIndex={-1} aria-hidden="true">
          <Wordmark />
        </Link>
        <ul class="nav__list">
          <li>
            <NavLink href="/" word={t('nav.home')}>
              <Icon of={House} />
            </NavLink>
          </li>
          <li>
            <NavLink href="/explore" word={t('nav.explore')}>
              <Icon of={Compass} />
            </NavLink>
          </li>
          <li>
            <NavLink href="/new" word={t('nav.compose')}>
              <Icon of={SquarePlus} />
            </NavLink>
          </li>
          <li>
            <NavLink href={`/${user.username}`} word={t('nav.profile')}>
              <Avatar src={user.profile_picture} name={user.full_name} size={26} />
            </NavLink>
          </li>
          <li class="nav__only-rail nav__last">
            <NavLink href="/settings" word={t('nav.settings')}>
              <Icon of={Settings} />
            </NavLink>
          </li>
        </ul>
      </nav>
      <main id="main" class="shell__main" tabIndex={-1}>
        {children}
      </main>
      {!wide && <Aside user={user} />}
      {!online && (
        <p class="shell__offline" role="status">
          {t('shell.offline')}
        </p>
      )}
    </div>
  );
}

/** The quiet column at the right of a wide window: who one is, and what this place is. */
function Aside({ user }: { user: UserSummary }) {
  return (
    <aside class="shell__aside" aria-label={t('shell.about')}>
      <Link href={`/${user.username}`} class="aside__me">
        <Avatar src={user.profile_picture} name={user.full_name} size={48} />
        <span class="aside__names">
          <strong class="ellipsis">{user.username}</strong>
          <span class="quiet ellipsis">{user.full_name}</span>
        </span>
      </Link>
      <AsideSuggestions />
      <footer class="aside__facts">
        <p>{t('shell.facts')}</p>
        <p>{t('shell.source')}</p>
      </footer>
    </aside>
  );
}

/** From this width on the column at the right is there. */
const ASIDE = '(min-width: 1200px)';

/** People one may know: code and rows are fetched only where there is room for them. */
function AsideSuggestions() {
  const [Code, setCode] = useState<ComponentType<{ max: number; quiet: boolean }> | null>(null);
  // Where the page itself shows them they are not said twice.
  const elsewhere = place.value.path === '/people';
  useEffect(() => {
    const wide = matchMedia(ASIDE);
    const look = () => {
      if (!wide.matches) return;
      import('./pages/people/suggestions.tsx').then(
        ({ Suggestions }) => setCode(() => Suggestions),
        // Without it the column is only emptier.
        (error: unknown) => console.info('The suggestions could not be loaded:', error),
      );
    };
    look();
    wide.addEventListener('change', look);
    return () => wide.removeEventListener('change', look);
  }, []);
  return Code && !elsewhere ? <Code max={5} quiet /> : null;
}

interface VisitorShellProps {
  /** Without the bar: the page brings the name itself. */
  readonly bare: boolean;
  readonly children: ComponentChildren;
}

/** What stands around a page for someone who is not signed in. */
export function VisitorShell({ bare, children }: VisitorShellProps) {
  const { path, query } = place.value;
  const next = `?next=${encodeURIComponent(path + query)}`;
  return (
    <div class="shell shell--out">
      <Skip />
      {!bare && (
        <header class="visitor-bar">
          <Link href="/" aria-label="Aperto">
            <Wordmark />
          </Link>
          <div class="visitor-bar__do">
            <ButtonLink kind="plain" small href={`/log-in${next}`}>
              {t('nav.log-in')}
            </ButtonLink>
            <ButtonLink kind="primary" small href={`/sign-up${next}`}>
              {t('nav.sign-up')}
            </ButtonLink>
          </div>
        </header>
      )}
      <main id="main" class="shell__main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
