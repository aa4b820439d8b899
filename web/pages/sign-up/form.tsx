import './account.css';
import { useRef, useState } from 'preact/hooks';
import {
  EMAIL_MAX,
  FULL_NAME_MAX,
  PASSWORD_MIN,
  USERNAME_MAX,
  USERNAME_PATTERN,
} from '../../../api/limits.ts';
import { ApiError } from '../../data/client.ts';
import { type Registration, register } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { PasswordField } from './password-field.tsx';

type Field = keyof Registration;
type Wrong = { readonly [F in Field]?: string | null };

const EMPTY: Registration = { email: '', full_name: '', username: '', password: '' };
const USERNAME = new RegExp(USERNAME_PATTERN);

/** What can be said before asking the server. */
function check(given: Registration): Wrong {
  const wrong: Record<string, string> = {};
  for (const field of Object.keys(EMPTY) as Field[]) {
    if (given[field].trim() === '') wrong[field] = t('account.missing');
  }
  if (given.username !== '' && !USERNAME.test(given.username)) {
    wrong.username = t('account.username-wrong');
  }
  if (given.password !== '' && given.password.length < PASSWORD_MIN) {
    wrong.password = t('account.password-hint', { count: PASSWORD_MIN });
  }
  return wrong;
}

/** What the server said, by field; `rest` when it is about none of them. */
function read(error: ApiError): { wrong: Wrong; rest: string | null } {
  if (error.code === 'username_taken') return { wrong: { username: error.message }, rest: null };
  if (error.code === 'email_taken') return { wrong: { email: error.message }, rest: null };
  const wrong: Wrong = {
    email: error.fieldError('email'),
    full_name: error.fieldError('full_name'),
    username: error.fieldError('username'),
    password: error.fieldError('password'),
  };
  const known = Object.values(wrong).some((text) => text !== null);
  return { wrong, rest: known ? null : error.message };
}

/** The form that makes an account. The app itself goes on when someone is signed in. */
export function SignUpForm() {
  const [given, setGiven] = useState(EMPTY);
  const [wrong, setWrong] = useState<Wrong>({});
  const [rest, setRest] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const set = (field: Field) => (value: string) => {
    setGiven((now) => ({ ...now, [field]: field === 'username' ? value.toLowerCase() : value }));
    setWrong((now) => ({ ...now, [field]: null }));
  };

  const showFirst = () =>
    requestAnimationFrame(() =>
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(),
    );

  async function submit(): Promise<void> {
    const found = check(given);
    setWrong(found);
    setRest(null);
    if (Object.keys(found).length > 0) return void showFirst();
    setBusy(true);
    try {
      await register({ ...given, email: given.email.trim(), full_name: given.full_name.trim() });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const said = read(error);
      setWrong(said.wrong);
      setRest(said.rest);
      showFirst();
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      ref={form}
      class="account-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void submit();
      }}
    >
      <TextField
        label={t('account.email')}
        type="email"
        name="email"
        autocomplete="email"
        autocapitalize="none"
        maxLength={EMAIL_MAX}
        value={given.email}
        onValue={set('email')}
        error={wrong.email}
      />
      <TextField
        label={t('account.full-name')}
        name="name"
        autocomplete="name"
        autocapitalize="words"
        maxLength={FULL_NAME_MAX}
        value={given.full_name}
        onValue={set('full_name')}
        error={wrong.full_name}
      />
      <TextField
        label={t('account.username')}
        name="username"
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        maxLength={USERNAME_MAX}
        value={given.username}
        onValue={set('username')}
        error={wrong.username}
        hint={t('account.username-hint')}
      />
      <PasswordField
        autocomplete="new-password"
        value={given.password}
        onValue={set('password')}
        error={wrong.password}
        hint={t('account.password-hint', { count: PASSWORD_MIN })}
      />
      {rest && (
        <p class="account-form__wrong" role="alert">
          {rest}
        </p>
      )}
      <Button type="submit" kind="primary" wide busy={busy}>
        {t('sign-up.do')}
      </Button>
    </form>
  );
}
