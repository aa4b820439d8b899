import { useState } from 'preact/hooks';
import type { Account } from '../../../api/accounts.ts';
import { PASSWORD_MIN } from '../../../api/limits.ts';
import { changePassword, forgotPassword } from '../../data/account.ts';
import { ApiError } from '../../data/client.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { toast } from '../../ui/toast.tsx';
import { PasswordField } from '../sign-up/password-field.tsx';

interface Wrong {
  readonly current?: string | null;
  readonly next?: string | null;
  readonly rest?: string | null;
}

/** Another password, and a way for who does not know the present one. */
export function PasswordPart({ own }: { readonly own: Account }) {
  const [changing, setChanging] = useState(false);

  const forgot = async () => {
    try {
      await forgotPassword(own.email);
      toast({ text: t('own-account.reset-sent', { email: own.email }) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast({ text: error.message });
    }
  };

  return (
    <section class="own-account__part" aria-labelledby="own-account-password">
      <h2 id="own-account-password">{t('account.password')}</h2>
      {changing ? (
        <PasswordForm username={own.username} onDone={() => setChanging(false)} />
      ) : (
        <div class="own-account__do">
          <Button onClick={() => setChanging(true)}>{t('own-account.change-password')}</Button>
          <Button kind="plain" onClick={() => forgot().catch(reportError)}>
            {t('log-in.forgot')}
          </Button>
        </div>
      )}
    </section>
  );
}

interface PasswordFormProps {
  readonly username: string;
  readonly onDone: () => void;
}

function PasswordForm({ username, onDone }: PasswordFormProps) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [wrong, setWrong] = useState<Wrong>({});
  const [busy, setBusy] = useState(false);

  async function submit(): Promise<void> {
    if (next.length < PASSWORD_MIN) {
      setWrong({ next: t('account.password-hint', { count: PASSWORD_MIN }) });
      return;
    }
    setBusy(true);
    setWrong({});
    try {
      await changePassword(current, next);
      toast({ text: t('own-account.password-changed') });
      onDone();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const field = error.fieldError('new_password');
      if (error.code === 'password_wrong') setWrong({ current: error.message });
      else setWrong(field ? { next: field } : { rest: error.message });
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      class="own-account__form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && current !== '' && next !== '') submit().catch(reportError);
      }}
    >
      <p class="quiet">{t('own-account.change-password-text')}</p>
      {/* For password managers: whose password this is. */}
      <input
        class="visually-hidden"
        type="text"
        name="username"
        autocomplete="username"
        value={username}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <PasswordField
        label={t('account.current-password')}
        autocomplete="current-password"
        value={current}
        onValue={setCurrent}
        error={wrong.current}
      />
      <PasswordField
        label={t('account.new-password')}
        autocomplete="new-password"
        value={next}
        onValue={setNext}
        error={wrong.next}
        hint={t('account.password-hint', { count: PASSWORD_MIN })}
      />
      {wrong.rest && (
        <p class="own-account__wrong" role="alert">
          {wrong.rest}
        </p>
      )}
      <div class="own-account__do">
        <Button type="submit" kind="primary" busy={busy} disabled={current === '' || next === ''}>
          {t('own-account.change-password')}
        </Button>
        <Button onClick={onDone}>{t('cancel')}</Button>
      </div>
    </form>
  );
}
