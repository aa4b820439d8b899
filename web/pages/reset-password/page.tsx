import '../sign-up/account.css';
import { useState } from 'preact/hooks';
import { PASSWORD_MIN } from '../../../api/limits.ts';
import { resetPassword } from '../../data/account.ts';
import { ApiError } from '../../data/client.ts';
import { checkSession } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { go, query } from '../../ui/router.ts';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { useTitle } from '../../ui/title.ts';
import { MailFrame, Said } from '../sign-up/mail-frame.tsx';
import { PasswordField } from '../sign-up/password-field.tsx';

/**
 * Where the link of a mail leads. That it is done stands in the address: whoever was signed in here is
 * not any more then, and the page begins anew.
 */
export default function ResetPasswordPage() {
  useTitle(t('reset.title'));
  useScrollMemory(true);
  const [dead, setDead] = useState(false);
  const token = query('token') ?? '';
  if (query('done') !== null) {
    return (
      <MailFrame>
        <Said title={t('reset.done')} text={t('reset.done-text')} />
        <ButtonLink kind="primary" wide href="/log-in">
          {t('nav.log-in')}
        </ButtonLink>
      </MailFrame>
    );
  }
  if (dead || token === '') {
    return (
      <MailFrame>
        <Said title={t('link.dead')} text={t('reset.dead-text')} />
        <ButtonLink kind="primary" wide href="/forgot-password">
          {t('reset.again')}
        </ButtonLink>
      </MailFrame>
    );
  }
  return (
    <MailFrame>
      <Said title={t('reset.title')} text={t('reset.text')} />
      <ResetForm token={token} onDead={() => setDead(true)} />
    </MailFrame>
  );
}

function ResetForm({ token, onDead }: { readonly token: string; readonly onDead: () => void }) {
  const [password, setPassword] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const [rest, setRest] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(): Promise<void> {
    setRest(null);
    if (password.length < PASSWORD_MIN) {
      setWrong(t('account.password-hint', { count: PASSWORD_MIN }));
      return;
    }
    setWrong(null);
    setBusy(true);
    try {
      await resetPassword(token, password);
      // Whoever is signed in here may be the one who was just logged out everywhere.
      await checkSession();
      go('/reset-password?done=1', { replace: true });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 'token_invalid') return onDead();
      const field = error.fieldError('password');
      setWrong(field);
      setRest(field ? null : error.message);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      class="account-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) submit().catch(reportError);
      }}
    >
      <PasswordField
        label={t('account.new-password')}
        autocomplete="new-password"
        value={password}
        onValue={(value) => {
          setPassword(value);
          setWrong(null);
        }}
        error={wrong}
        hint={t('account.password-hint', { count: PASSWORD_MIN })}
      />
      {rest && (
        <p class="account-form__wrong" role="alert">
          {rest}
        </p>
      )}
      <Button type="submit" kind="primary" wide busy={busy} disabled={password === ''}>
        {t('reset.do')}
      </Button>
    </form>
  );
}
