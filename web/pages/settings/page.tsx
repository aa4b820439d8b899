import './settings.css';
import { ChevronRight, LogOut } from 'lucide';
import { useState } from 'preact/hooks';
import { ApiError } from '../../data/client.ts';
import { isStaff, logOut, me } from '../../data/session.ts';
import { PENDING_FLAG } from '../../data/uploads/pending-flag.ts';
import { t } from '../../strings/strings.ts';
import { Ask } from '../../ui/ask.tsx';
import { Button } from '../../ui/button.tsx';
import { Choices } from '../../ui/choices.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { go } from '../../ui/router.ts';
import { TextField } from '../../ui/text-field.tsx';
import { setTheme, theme } from '../../ui/theme.ts';
import { useTitle } from '../../ui/title.ts';
import { toast } from '../../ui/toast.tsx';
import { findPlaces, PARTS, type SettingsPlace } from './settings-places.ts';

/** All that can be chosen, as plain lists with a search on top. */
export default function SettingsPage() {
  useTitle(t('settings.title'));
  const [wanted, setWanted] = useState('');
  const searching = wanted.trim() !== '';
  return (
    <div class="settings">
      <PageHeader title={t('settings.title')} backTo={`/${me.value?.username ?? ''}`} />
      <search class="settings__search">
        <TextField
          type="search"
          label={t('settings.search')}
          value={wanted}
          onValue={setWanted}
          maxLength={60}
          autocomplete="off"
        />
      </search>
      {searching ? <Results wanted={wanted} /> : <Everything />}
    </div>
  );
}

function Everything() {
  return (
    <>
      {PARTS.map((part) => (
        <section key={part.title} class="settings__part" aria-labelledby={part.title}>
          <h2 id={part.title}>{t(part.title)}</h2>
          <Places places={part.places.filter((place) => !place.staffOnly || isStaff.value)} />
        </section>
      ))}
      <Appearance />
      <Leave />
      <About />
    </>
  );
}

function Results({ wanted }: { readonly wanted: string }) {
  const found = findPlaces(wanted, isStaff.value);
  return (
    <section class="settings__part" aria-live="polite">
      {found.length > 0 ? (
        <Places places={found} />
      ) : (
        <p class="quiet">{t('settings.search-none', { text: wanted.trim() })}</p>
      )}
    </section>
  );
}

function Places({ places }: { readonly places: readonly SettingsPlace[] }) {
  return (
    <ul class="settings__places">
      {places.map((place) => (
        <li key={place.href}>
          <Link class="settings__place" href={place.href}>
            <Icon of={place.icon} />
            <span class="settings__name">{t(place.name)}</span>
            <Icon of={ChevronRight} directed />
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Appearance() {
  return (
    <section class="settings__part">
      <Choices
        label={t('settings.appearance')}
        value={theme.value}
        options={[
          { value: 'system', label: t('settings.theme-system') },
          { value: 'light', label: t('settings.theme-light') },
          { value: 'dark', label: t('settings.theme-dark') },
        ]}
        onChange={setTheme}
      />
    </section>
  );
}

function Leave() {
  const [asking, setAsking] = useState<number | null>(null);

  const leave = async () => {
    setAsking(null);
    // First away: this page is only for those who are signed in, who would be sent to log in again.
    go('/', { replace: true });
    try {
      await logOut();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast({ text: t('settings.log-out-failed', { reason: error.message }) });
    }
  };
  const ask = async () => {
    const unsent = await countUnsent();
    if (unsent === 0) await leave();
    else setAsking(unsent);
  };

  return (
    <section class="settings__part">
      <div class="settings__do">
        <Button icon={LogOut} onClick={() => ask().catch(reportError)}>
          {t('settings.log-out')}
        </Button>
      </div>
      {asking !== null && (
        <Ask
          title={t('settings.log-out-title')}
          text={t('settings.log-out-text', { count: asking })}
          yes={t('settings.log-out')}
          onYes={() => leave().catch(reportError)}
          onNo={() => setAsking(null)}
        />
      )}
    </section>
  );
}

/** How many posts are on this device only. */
async function countUnsent(): Promise<number> {
  const person = me.peek();
  if (!person || !localStorage.getItem(PENDING_FLAG)) return 0;
  const { openPending, pendingPosts } = await import('../../data/uploads/pending-posts.ts');
  await openPending(person.user_id);
  return pendingPosts.peek().filter((post) => post.files.length > 0).length;
}

function About() {
  return (
    <section class="settings__part" aria-labelledby="about">
      <h2 id="about">{t('settings.about')}</h2>
      <p class="quiet">{t('settings.about-text')}</p>
      <p class="quiet">{t('shell.source')}</p>
    </section>
  );
}
