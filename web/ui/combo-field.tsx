import type { ComponentChildren, Ref, TargetedKeyboardEvent } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../strings/strings.ts';
import { newElementId } from './ids.ts';
import { type Option, Options, optionAfterKey, optionId } from './options.tsx';

export interface ComboFieldProps {
  readonly label: string;
  readonly placeholder?: string | undefined;
  readonly maxLength?: number | undefined;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly options: readonly Option[];
  readonly onTake: (index: number) => void;
  /** Enter while nothing is chosen. */
  readonly onEnter?: (() => void) | undefined;
  readonly hint?: ComponentChildren;
  /** Said to those who hear: how many there are. */
  readonly found: string;
  readonly inputRef?: Ref<HTMLInputElement> | undefined;
}

/** A line of text with a list of what it may mean below it (the ARIA combobox pattern). */
export function ComboField(props: ComboFieldProps) {
  const { label, value, options, hint, inputRef, placeholder, maxLength } = props;
  const [id] = useState(() => newElementId('combo'));
  const [active, setActive] = useState(-1);
  const [shut, setShut] = useState(true);
  const open = !shut && options.length > 0;
  const at = Math.min(active, options.length - 1);

  const take = (index: number) => {
    setShut(true);
    setActive(-1);
    props.onTake(index);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    if (event.isComposing) return;
    const next = optionAfterKey(event.key, at, options.length);
    if (next !== null) {
      setShut(false);
      setActive(next);
    } else if (event.key === 'Enter') {
      if (open && at >= 0) take(at);
      else props.onEnter?.();
    } else if (event.key === 'Escape' && open) setShut(true);
    else return;
    event.preventDefault();
  };

  return (
    <div class="offering">
      <div class="field">
        <label class="field__label" for={id}>
          {label}
        </label>
        <div class="field__box">
          <input
            ref={inputRef ?? null}
            id={id}
            class="field__input"
            role="combobox"
            dir="auto"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            placeholder={placeholder}
            maxLength={maxLength}
            value={value}
            aria-expanded={open}
            aria-autocomplete="list"
            aria-controls={open ? `${id}-list` : undefined}
            aria-activedescendant={open && at >= 0 ? optionId(`${id}-list`, at) : undefined}
            aria-describedby={hint ? `${id}-said` : undefined}
            onInput={(event) => {
              setShut(false);
              setActive(-1);
              props.onValue(event.currentTarget.value);
            }}
            onFocus={() => setShut(value === '')}
            onBlur={() => setShut(true)}
            onKeyDown={onKeyDown}
          />
        </div>
        {hint && (
          <p id={`${id}-said`} class="field__said">
            {hint}
          </p>
        )}
      </div>
      {open && (
        <Options
          id={`${id}-list`}
          label={t('complete.list')}
          options={options}
          active={at}
          onTake={take}
        />
      )}
      <p class="visually-hidden" role="status">
        {open ? props.found : ''}
      </p>
    </div>
  );
}
