import './account-settings.css';
import { useEffect, useState } from 'preact/hooks';
import { account, loadAccount } from '../../data/account.ts';
import { ApiError } from '../../data/client.ts';
import { locale, t } from '../../strings/strings.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useTitle } from '../../ui/title.ts';
import { EmailPart } from './email.tsx';
import { PasswordPart } from './password.tsx';

/** What signs one in: the e-mail address, the password, and the way to where one is logged in. */
export default function AccountSettingsPage() {
  useTitle(t('own-account.title'));
  useScrollMemory(true);
  const [error, setError] = useState<ApiError | null>(null);
  const [attempt, setAttempt] = useState(0);

  // `attempt` asks again; and what is shown from before is brought up to date.
  useEffect(() => {
    setError(null);
    loadAccount().catch((caught: unknown) => {
      if (!(caught instanceof ApiError)) throw caught;
      setError(caught);
    });
  }, [attempt]);

  const own = account.value;
  return (
    <div class="own-account">
      <PageHeader title={t('own-account.title')} backTo="/settings" />
      {error && !own && (
        <div class="own-account__part" role="alert">
          <p>{t('own-account.failed', { reason: error.message })}</p>
          <div class="own-account__do">
            <Button onClick={() => setAttempt(attempt + 1)}>{t('try-again')}</Button>
          </div>
        </div>
      )}
      {!error && !own && <SkeletonRows count={3} />}
      {own && (
        <>
          <EmailPart own={own} />
          <PasswordPart own={own} />
          <section class="own-account__part" aria-labelledby="own-account-sessions">
            <h2 id="own-account-sessions">{t('sessions.title')}</h2>
            <div class="own-account__do">
              <ButtonLink href="/settings/sessions">{t('own-account.sessions')}</ButtonLink>
            </div>
          </section>
          <p class="own-account__since quiet">
            {t('own-account.since', {
              date: new Intl.DateTimeFormat(locale.value, { dateStyle: 'long' }).format(
                new Date(own.created_at),
              ),
            })}
          </p>
        </>
      )}
    </div>
  );
}
