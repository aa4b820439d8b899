import './choices.css';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { newElementId } from './ids.ts';

export interface ChoicesProps<Value extends string> {
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
}

/** One of a few, all of them in sight. */
export function Choices<Value extends string>(props: ChoicesProps<Value>) {
  const { label, hint, value, options, onChange } = props;
  const [id] = useState(() => newElementId('choices'));
  return (
    <fieldset class="choices" aria-describedby={hint ? `${id}-hint` : undefined}>
      <legend>{label}</legend>
      {hint && (
        <p id={`${id}-hint`} class="quiet">
          {hint}
        </p>
      )}
      <div class="choices__options">
        {options.map((option) => (
          <label key={option.value} class="choices__option">
            <input
              type="radio"
              name={id}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export interface SwitchRowProps {
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly on: boolean;
  readonly disabled?: boolean | undefined;
  readonly onChange: (on: boolean) => void;
}

/** A thing that is on or off, and felt at once. */
export function SwitchRow({ label, hint, on, disabled, onChange }: SwitchRowProps) {
  const [id] = useState(() => newElementId('switch'));
  return (
    <label class="switch-row">
      <span class="switch-row__words">
        <span class="switch-row__label">{label}</span>
        {hint && (
          <span id={`${id}-hint`} class="quiet">
            {hint}
          </span>
        )}
      </span>
      <input
        type="checkbox"
        role="switch"
        aria-checked={on}
        checked={on}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </label>
  );
}
