import '../sign-up/account.css';
import { useState } from 'preact/hooks';
import type { EmailState } from '../../../api/accounts.ts';
import { verifyEmail } from '../../data/account.ts';
import { ApiError } from '../../data/client.ts';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { query } from '../../ui/router.ts';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { useTitle } from '../../ui/title.ts';
import { MailFrame, Said } from '../sign-up/mail-frame.tsx';

const TITLES = {
  verified: 'verify.verified',
  changed: 'verify.changed',
  waiting_for_old: 'verify.waiting',
  waiting_for_new: 'verify.waiting',
} as const satisfies Record<EmailState, string>;
const TEXTS = {
  verified: 'verify.verified-text',
  changed: 'verify.changed-text',
  waiting_for_old: 'verify.waiting-old',
  waiting_for_new: 'verify.waiting-new',
} as const satisfies Record<EmailState, string>;

/**
 * Where the links of mails to an address lead. Nothing happens before the button is pressed: programs
 * that look through mails open every link.
 */
export default function VerifyEmailPage() {
  useTitle(t('verify.title'));
  useScrollMemory(true);
  const [outcome, setOutcome] = useState<EmailState | 'dead' | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const token = query('token') ?? '';
  const isOld = query('for') === 'change_old';

  async function confirm(): Promise<void> {
    setBusy(true);
    setWrong(null);
    try {
      setOutcome(await verifyEmail(token));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 'token_invalid') setOutcome('dead');
      else setWrong(error.message);
    } finally {
      setBusy(false);
    }
  }

  if (outcome === 'dead' || token === '') {
    return (
      <MailFrame>
        <Said title={t('link.dead')} text={t('verify.dead-text')} />
        <Onward />
      </MailFrame>
    );
  }
  if (outcome) {
    return (
      <MailFrame>
        <Said title={t(TITLES[outcome])} text={t(TEXTS[outcome])} />
        <Onward />
      </MailFrame>
    );
  }
  return (
    <MailFrame>
      <Said
        title={t(isOld ? 'verify.agree-title' : 'verify.title')}
        text={t(isOld ? 'verify.agree-text' : 'verify.text')}
      />
      {wrong && (
        <p class="account-form__wrong" role="alert">
          {wrong}
        </p>
      )}
      <Button kind="primary" wide busy={busy} onClick={() => confirm().catch(reportError)}>
        {t(isOld ? 'verify.agree' : 'verify.do')}
      </Button>
    </MailFrame>
  );
}

/** Where to go from here. */
function Onward() {
  return me.value ? (
    <ButtonLink kind="primary" wide href="/settings/account">
      {t('verify.settings')}
    </ButtonLink>
  ) : (
    <ButtonLink kind="primary" wide href="/log-in">
      {t('nav.log-in')}
    </ButtonLink>
  );
}
