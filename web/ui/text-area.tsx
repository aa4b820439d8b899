import './field.css';
import type { ComponentChildren, Ref, TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { newElementId } from './ids.ts';

export interface TextAreaProps {
  readonly name?: string | undefined;
  readonly placeholder?: string | undefined;
  readonly maxLength?: number | undefined;
  readonly disabled?: boolean | undefined;
  /** Lines at the start; one unless told. */
  readonly rows?: number | undefined;
  readonly onFocus?: (() => void) | undefined;
  readonly onKeyDown?: ((event: TargetedKeyboardEvent<HTMLTextAreaElement>) => void) | undefined;
  readonly label: string;
  /** The label is read out but not shown; the placeholder must then say what to write. */
  readonly labelHidden?: boolean | undefined;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly hint?: ComponentChildren;
  readonly error?: string | null | undefined;
  /** Characters; a count appears when nine tenths are used. */
  readonly limit?: number | undefined;
  readonly areaRef?: Ref<HTMLTextAreaElement> | undefined;
  readonly onBlur?: (() => void) | undefined;
  /** When the cursor moves without a change of the text. */
  readonly onSelect?: (() => void) | undefined;
  readonly 'aria-autocomplete'?: 'list' | undefined;
  readonly 'aria-controls'?: string | undefined;
  readonly 'aria-activedescendant'?: string | undefined;
  readonly autocomplete?: 'off' | undefined;
}

/** Several lines of text; grows with what is written, up to half of the window. */
export function TextArea(props: TextAreaProps) {
  const { label, labelHidden, value, onValue, hint, error, limit, areaRef, ...rest } = props;
  const [id] = useState(() => newElementId('area'));
  const own = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => {
    const area = own.current;
    if (!area) return;
    area.style.blockSize = 'auto';
    area.style.blockSize = `${Math.min(area.scrollHeight + 2, innerHeight / 2)}px`;
  }, [value]);

  const left = limit === undefined ? Number.POSITIVE_INFINITY : limit - value.length;
  const counted = limit !== undefined && left <= limit / 10;
  const said = error ?? hint;
  return (
    <div class={`field${error || left < 0 ? ' field--wrong' : ''}`}>
      <label class={labelHidden ? 'visually-hidden' : 'field__label'} for={id}>
        {label}
      </label>
      <div class="field__box">
        <textarea
          rows={1}
          dir="auto"
          {...rest}
          id={id}
          ref={(element) => {
            own.current = element;
            if (typeof areaRef === 'function') areaRef(element);
            else if (areaRef) areaRef.current = element;
          }}
          class="field__input field__input--area"
          value={value}
          aria-invalid={error || left < 0 ? 'true' : undefined}
          aria-describedby={said ? `${id}-said` : undefined}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
        {counted && (
          <span class="field__count figures" aria-live="polite">
            {left}
          </span>
        )}
      </div>
      {said && (
        <p id={`${id}-said`} class="field__said" role={error ? 'alert' : undefined}>
          {said}
        </p>
      )}
    </div>
  );
}
