import { t } from '../../strings/strings.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { place } from '../../ui/router.ts';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { useTitle } from '../../ui/title.ts';
import { SignUpForm } from './form.tsx';
import { AccountFrame } from './frame.tsx';

/** Makes an account. */
export default function SignUpPage() {
  useTitle(t('sign-up.title'));
  useScrollMemory(true);
  return (
    <AccountFrame>
      <h1 class="account__promise" tabIndex={-1}>
        {t('sign-up.title')}
      </h1>
      <SignUpForm />
      <p class="account__other">
        {t('landing.have-account')}
        <ButtonLink kind="plain" href={`/log-in${place.value.query}`}>
          {t('nav.log-in')}
        </ButtonLink>
      </p>
    </AccountFrame>
  );
}
