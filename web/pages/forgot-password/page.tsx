import '../sign-up/account.css';
import { useState } from 'preact/hooks';
import { EMAIL_MAX } from '../../../api/limits.ts';
import { forgotPassword } from '../../data/account.ts';
import { ApiError } from '../../data/client.ts';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { TextField } from '../../ui/text-field.tsx';
import { useTitle } from '../../ui/title.ts';
import { MailFrame, Said } from '../sign-up/mail-frame.tsx';

/** Has a link sent by which a new password can be set. */
export default function ForgotPasswordPage() {
  useTitle(t('forgot.title'));
  useScrollMemory(true);
  const [email, setEmail] = useState('');
  const [sentTo, setSentTo] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [rest, setRest] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(): Promise<void> {
    setBusy(true);
    setWrong(null);
    setRest(null);
    try {
      await forgotPassword(email.trim());
      setSentTo(email.trim());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const field = error.fieldError('email');
      setWrong(field);
      setRest(field ? null : error.message);
    } finally {
      setBusy(false);
    }
  }

  return (
    <MailFrame>
      {sentTo === null ? (
        <>
          <Said title={t('forgot.title')} text={t('forgot.text')} />
          <form
            class="account-form"
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              if (!busy && email.trim() !== '') submit().catch(reportError);
            }}
          >
            <TextField
              label={t('account.email')}
              type="email"
              name="email"
              autocomplete="email"
              autocapitalize="none"
              maxLength={EMAIL_MAX}
              value={email}
              onValue={setEmail}
              error={wrong}
            />
            {rest && (
              <p class="account-form__wrong" role="alert">
                {rest}
              </p>
            )}
            <Button type="submit" kind="primary" wide busy={busy} disabled={email.trim() === ''}>
              {t('forgot.do')}
            </Button>
          </form>
        </>
      ) : (
        <>
          <Said title={t('forgot.sent')} text={t('forgot.sent-text', { email: sentTo })} />
          <Button wide onClick={() => setSentTo(null)}>
            {t('forgot.again')}
          </Button>
        </>
      )}
      {!me.value && (
        <p class="account__other">
          {t('forgot.remembered')}
          <ButtonLink kind="plain" href="/log-in">
            {t('nav.log-in')}
          </ButtonLink>
        </p>
      )}
    </MailFrame>
  );
}
