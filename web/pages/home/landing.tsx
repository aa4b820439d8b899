import { t } from '../../strings/strings.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { useTitle } from '../../ui/title.ts';
import { SignUpForm } from '../sign-up/form.tsx';
import { AccountFrame } from '../sign-up/frame.tsx';

/** What Aperto is, in one sentence, and the way in. */
export function Landing() {
  useTitle('');
  useScrollMemory(true);
  return (
    <AccountFrame>
      <div class="account__intro">
        <h1 class="account__promise" tabIndex={-1}>
          {t('landing.promise')}
        </h1>
        <p class="account__how">{t('landing.how')}</p>
      </div>
      <SignUpForm />
      <p class="account__other">
        {t('landing.have-account')}
        <ButtonLink kind="plain" href="/log-in">
          {t('nav.log-in')}
        </ButtonLink>
      </p>
    </AccountFrame>
  );
}
