import './settings.css';
import { LogOut, UserPen } from 'lucide';
import { useState } from 'preact/hooks';
import { ApiError } from '../../data/client.ts';
import { isAdmin, logOut, me } from '../../data/session.ts';
import { PENDING_FLAG } from '../../data/uploads/pending-flag.ts';
import { t } from '../../strings/strings.ts';
import { Ask } from '../../ui/ask.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Link } from '../../ui/link.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { go } from '../../ui/router.ts';
import { setTheme, type Theme, theme } from '../../ui/theme.ts';
import { useTitle } from '../../ui/title.ts';
import { toast } from '../../ui/toast.tsx';
import { Sessions } from './sessions.tsx';

/** Plain lists of what can be chosen, and where one is logged in. */
export default function SettingsPage() {
  useTitle(t('settings.title'));
  return (
    <div class="settings">
      <PageHeader title={t('settings.title')} backTo={`/${me.value?.username ?? ''}`} />
      <Appearance />
      <Account />
      <Sessions />
      <About />
    </div>
  );
}

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

function Appearance() {
  return (
    <section class="settings__part" aria-labelledby="appearance">
      <h2 id="appearance">{t('settings.appearance')}</h2>
      <fieldset class="settings__choice">
        <legend class="visually-hidden">{t('settings.appearance')}</legend>
        {THEMES.map((choice) => (
          <label key={choice} class="settings__option">
            <input
              type="radio"
              name="theme"
              checked={theme.value === choice}
              onChange={() => setTheme(choice)}
            />
            <span>{t(`settings.theme-${choice}`)}</span>
          </label>
        ))}
      </fieldset>
    </section>
  );
}

function Account() {
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
    <section class="settings__part" aria-labelledby="account">
      <h2 id="account">{t('settings.account')}</h2>
      <div class="settings__do">
        <ButtonLink href="/settings/profile" icon={UserPen}>
          {t('settings.edit-profile')}
        </ButtonLink>
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
      <ul class="settings__links">
        {isAdmin.value && (
          <li>
            <Link href="/admin">{t('settings.admin')}</Link>
          </li>
        )}
        <li class="quiet">{t('shell.source')}</li>
      </ul>
    </section>
  );
}
