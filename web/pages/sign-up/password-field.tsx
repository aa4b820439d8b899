import { Eye, EyeOff } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '../../strings/strings.ts';
import { IconButton } from '../../ui/button.tsx';
import { TextField, type TextFieldProps } from '../../ui/text-field.tsx';

type PasswordFieldProps = Pick<
  TextFieldProps,
  'value' | 'onValue' | 'error' | 'hint' | 'autocomplete'
> & {
  /** `Password` unless told. */
  readonly label?: string;
};

/** A field for a password, which can be shown while it is written. */
export function PasswordField(props: PasswordFieldProps) {
  const [shown, setShown] = useState(false);
  return (
    <TextField
      {...props}
      label={props.label ?? t('account.password')}
      type={shown ? 'text' : 'password'}
      name="password"
      autocapitalize="none"
      spellcheck={false}
      end={
        <IconButton
          icon={shown ? EyeOff : Eye}
          iconSize={20}
          label={shown ? t('account.hide-password') : t('account.show-password')}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        />
      }
    />
  );
}
