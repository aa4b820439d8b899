import { useRef, useState } from 'preact/hooks';
import { EMAIL_MAX } from '../../../api/limits.ts';
import { ApiError } from '../../data/client.ts';
import { endedByServer, logIn } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { place } from '../../ui/router.ts';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { TextField } from '../../ui/text-field.tsx';
import { useTitle } from '../../ui/title.ts';
import { AccountFrame } from '../sign-up/frame.tsx';
import { PasswordField } from '../sign-up/password-field.tsx';

/** Signs in; the app then goes on to where the person wanted to be. */
export default function LogInPage() {
  useTitle(t('log-in.do'));
  useScrollMemory(true);
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const first = useRef<HTMLInputElement>(null);

  async function submit(): Promise<void> {
    setBusy(true);
    setWrong(null);
    try {
      await logIn(username.trim(), password);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setWrong(error.message);
      first.current?.focus();
    } finally {
      setBusy(false);
    }
  }

  return (
    <AccountFrame>
      <h1 class="account__promise" tabIndex={-1}>
        {t('log-in.title')}
      </h1>
      <form
        class="account-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && username !== '' && password !== '') void submit();
        }}
      >
        {endedByServer.value && !wrong && <p class="quiet">{t('shell.logged-out')}</p>}
        <TextField
          label={t('account.username-or-email')}
          name="username"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          maxLength={EMAIL_MAX}
          value={username}
          onValue={setUsername}
          inputRef={first}
        />
        <PasswordField autocomplete="current-password" value={password} onValue={setPassword} />
        {wrong && (
          <p class="account-form__wrong" role="alert">
            {wrong}
          </p>
        )}
        <Button
          type="submit"
          kind="primary"
          wide
          busy={busy}
          disabled={username === '' || password === ''}
        >
          {t('log-in.do')}
        </Button>
      </form>
      <p class="account__other">
        <ButtonLink kind="plain" href="/forgot-password">
          {t('log-in.forgot')}
        </ButtonLink>
      </p>
      <p class="account__other">
        {t('landing.no-account')}
        <ButtonLink kind="plain" href={`/sign-up${place.value.query}`}>
          {t('nav.sign-up')}
        </ButtonLink>
      </p>
    </AccountFrame>
  );
}
