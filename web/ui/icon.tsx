import './icon.css';
import type { IconNode } from 'lucide';
import { h } from 'preact';

export interface IconProps {
  /** A drawing of the `lucide` package: `import { Heart } from 'lucide'`. */
  readonly of: IconNode;
  /** Pixels at the default text size; 24 unless told. */
  readonly size?: number | undefined;
  /** Filled, for what is on. */
  readonly filled?: boolean | undefined;
  /** Mirrored where text runs from right to left, for arrows. */
  readonly directed?: boolean | undefined;
  /** Words, when no text beside the icon says the same. */
  readonly label?: string | undefined;
}

/** A drawing in the current text colour. */
export function Icon({ of, size = 24, filled, directed, label }: IconProps) {
  return (
    <svg
      class={`icon${filled ? ' icon--filled' : ''}${directed ? ' icon--directed' : ''}`}
      style={{ inlineSize: `${size / 16}rem`, blockSize: `${size / 16}rem` }}
      viewBox="0 0 24 24"
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : 'true'}
    >
      {of.map(([tag, attributes]) => h(tag, attributes as Record<string, string>))}
    </svg>
  );
}
