import './options.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export interface Option {
  /** What tells it apart. */
  readonly key: string;
  readonly content: ComponentChildren;
}

export interface OptionsProps {
  /** The id of the list, for `aria-controls` of the field above it. */
  readonly id: string;
  readonly label: string;
  readonly options: readonly Option[];
  /** Index of the one that Enter takes; -1 for none. */
  readonly active: number;
  readonly onTake: (index: number) => void;
}

/** The id of an option, for `aria-activedescendant` of the field. */
export const optionId = (list: string, index: number) => `${list}-${index}`;

/**
 * What a field offers, below it: the listbox of the ARIA combobox pattern. The focus stays in the
 * field, which says which option is the active one; `optionAfterKey` moves it.
 */
export function Options({ id, label, options, active, onTake }: OptionsProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <div ref={list} id={id} class="options" role="listbox" aria-label={label}>
      {options.map((option, index) => (
        <div
          key={option.key}
          id={optionId(id, index)}
          class="options__option"
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          // Before the field loses the focus to it.
          onPointerDown={(event) => event.preventDefault()}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(index)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') onTake(index);
          }}
        >
          {option.content}
        </div>
      ))}
    </div>
  );
}

/** Which option an arrow key leads to, from the active one; null for other keys. */
export function optionAfterKey(key: string, active: number, count: number): number | null {
  if (count === 0) return null;
  if (key === 'ArrowDown') return (active + 1) % count;
  if (key === 'ArrowUp') return active <= 0 ? count - 1 : active - 1;
  return null;
}
