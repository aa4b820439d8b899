import './field.css';
import type { ComponentChildren, Ref, TargetedFocusEvent, TargetedKeyboardEvent } from 'preact';
import { useState } from 'preact/hooks';
import { newElementId } from './ids.ts';

export interface TextFieldProps {
  readonly type?: 'text' | 'email' | 'password' | 'url' | 'search' | 'time' | undefined;
  readonly name?: string | undefined;
  readonly autocomplete?: string | undefined;
  readonly autocapitalize?: 'none' | 'words' | 'sentences' | undefined;
  readonly inputMode?: 'text' | 'email' | 'url' | 'search' | 'numeric' | undefined;
  readonly spellcheck?: boolean | undefined;
  readonly placeholder?: string | undefined;
  readonly maxLength?: number | undefined;
  readonly required?: boolean | undefined;
  readonly disabled?: boolean | undefined;
  readonly onBlur?: ((event: TargetedFocusEvent<HTMLInputElement>) => void) | undefined;
  readonly onKeyDown?: ((event: TargetedKeyboardEvent<HTMLInputElement>) => void) | undefined;
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** Said below the field while nothing is wrong. */
  readonly hint?: ComponentChildren;
  /** What is wrong and what to change; null or undefined when nothing is. */
  readonly error?: string | null | undefined;
  /** Stands inside the field, at its end: a small button. */
  readonly end?: ComponentChildren;
  readonly inputRef?: Ref<HTMLInputElement> | undefined;
}

/** One line of text with its label above and its hint or error below. */
export function TextField(props: TextFieldProps) {
  const { label, value, onValue, hint, error, end, inputRef, type = 'text', ...rest } = props;
  const [id] = useState(() => newElementId('field'));
  const said = error ?? hint;
  return (
    <div class={`field${error ? ' field--wrong' : ''}`}>
      <label class="field__label" for={id}>
        {label}
      </label>
      <div class="field__box">
        <input
          {...rest}
          // One element for all these types; the typings would have one for each.
          type={type as 'text'}
          id={id}
          ref={inputRef ?? null}
          class="field__input"
          value={value}
          aria-invalid={error ? 'true' : undefined}
          aria-describedby={said ? `${id}-said` : undefined}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
        {end}
      </div>
      {said && (
        <p id={`${id}-said`} class="field__said" role={error ? 'alert' : undefined}>
          {said}
        </p>
      )}
    </div>
  );
}
