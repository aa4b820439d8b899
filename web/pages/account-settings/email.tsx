import { CircleCheck, Clock, Mail } from 'lucide';
import { useState } from 'preact/hooks';
import type { Account } from '../../../api/accounts.ts';
import { EMAIL_MAX } from '../../../api/limits.ts';
import { cancelEmailChange, changeEmail, resendMail } from '../../data/account.ts';
import { ApiError } from '../../data/client.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { toast } from '../../ui/toast.tsx';
import { PasswordField } from '../sign-up/password-field.tsx';

/** The address: whether it is confirmed, a change that waits, and the form for another one. */
export function EmailPart({ own }: { readonly own: Account }) {
  const [changing, setChanging] = useState(false);
  return (
    <section class="own-account__part" aria-labelledby="own-account-email">
      <h2 id="own-account-email">{t('account.email')}</h2>
      <p class="own-account__email">
        <strong>{own.email}</strong>
        {own.email_verified && (
          <span class="own-account__good">
            <Icon of={CircleCheck} size={16} />
            {t('own-account.verified')}
          </span>
        )}
      </p>
      {own.email_change ? (
        <Change change={own.email_change} />
      ) : (
        !own.email_verified && <Unverified email={own.email} />
      )}
      {changing ? (
        <EmailForm byBoth={own.email_verified} onDone={() => setChanging(false)} />
      ) : (
        <div class="own-account__do">
          <Button onClick={() => setChanging(true)}>{t('own-account.change-email')}</Button>
        </div>
      )}
    </section>
  );
}

/** Says what failed; everything else goes to the window. */
function sayFailure(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
  toast({ text: error.message });
}

function sendAgain(): void {
  resendMail()
    .then(() => toast({ text: t('own-account.sent-again') }))
    .catch(sayFailure)
    .catch(reportError);
}

/** No nagging: it says what a confirmed address is good for, here and nowhere else. */
function Unverified({ email }: { readonly email: string }) {
  return (
    <div class="own-account__note">
      <Icon of={Mail} />
      <div class="own-account__words">
        <p>{t('own-account.unverified', { email })}</p>
        <Button small onClick={sendAgain}>
          {t('own-account.send-again')}
        </Button>
      </div>
    </div>
  );
}

function Change({ change }: { readonly change: NonNullable<Account['email_change']> }) {
  const steps = [
    [change.confirmed_by_new, t('own-account.step-new')],
    [change.confirmed_by_old, t('own-account.step-old')],
  ] as const;
  return (
    <div class="own-account__note">
      <Icon of={Mail} />
      <div class="own-account__words">
        <p>{t('own-account.waiting', { email: change.email })}</p>
        <ul class="own-account__steps">
          {steps.map(([done, words]) => (
            <li key={words} class={done ? 'own-account__good' : ''}>
              <Icon of={done ? CircleCheck : Clock} size={16} />
              <span>
                {words}{' '}
                <span class="quiet">{t(done ? 'own-account.agreed' : 'own-account.not-yet')}</span>
              </span>
            </li>
          ))}
        </ul>
        <div class="own-account__do">
          <Button small onClick={sendAgain}>
            {t('own-account.send-links-again')}
          </Button>
          <Button
            small
            onClick={() => {
              cancelEmailChange()
                .then(() => toast({ text: t('own-account.kept') }))
                .catch(sayFailure)
                .catch(reportError);
            }}
          >
            {t('own-account.keep')}
          </Button>
        </div>
      </div>
    </div>
  );
}

interface Wrong {
  readonly email?: string | null;
  readonly password?: string | null;
  readonly rest?: string | null;
}

interface EmailFormProps {
  /** The present address must agree, too. */
  readonly byBoth: boolean;
  readonly onDone: () => void;
}

function EmailForm({ byBoth, onDone }: EmailFormProps) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [wrong, setWrong] = useState<Wrong>({});
  const [busy, setBusy] = useState(false);

  async function submit(): Promise<void> {
    setBusy(true);
    setWrong({});
    try {
      await changeEmail(email.trim(), password);
      toast({ text: t('own-account.links-sent') });
      onDone();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setWrong(readWrong(error));
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
        if (!busy && email.trim() !== '' && password !== '') submit().catch(reportError);
      }}
    >
      <p class="quiet">
        {t(byBoth ? 'own-account.change-email-text' : 'own-account.change-unverified-text')}
      </p>
      <TextField
        label={t('own-account.new-email')}
        type="email"
        name="email"
        autocomplete="email"
        autocapitalize="none"
        maxLength={EMAIL_MAX}
        value={email}
        onValue={setEmail}
        error={wrong.email}
      />
      <PasswordField
        label={t('account.current-password')}
        autocomplete="current-password"
        value={password}
        onValue={setPassword}
        error={wrong.password}
      />
      {wrong.rest && (
        <p class="own-account__wrong" role="alert">
          {wrong.rest}
        </p>
      )}
      <div class="own-account__do">
        <Button
          type="submit"
          kind="primary"
          busy={busy}
          disabled={email.trim() === '' || password === ''}
        >
          {t('own-account.send-links')}
        </Button>
        <Button onClick={onDone}>{t('cancel')}</Button>
      </div>
    </form>
  );
}

function readWrong(error: ApiError): Wrong {
  if (error.code === 'password_wrong') return { password: error.message };
  if (error.code === 'email_taken') return { email: error.message };
  const email = error.fieldError('email');
  return email ? { email } : { rest: error.message };
}
