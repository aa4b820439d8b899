import './avatar.css';

export interface AvatarProps {
  /** Address of a square picture, or null for the letter. */
  readonly src: string | null;
  /** Whose it is: gives the letter. The picture itself is silent, as the name stands beside it. */
  readonly name: string;
  /** Pixels at the default text size; 32 unless told. */
  readonly size?: number | undefined;
  /** Spoken words, where no name stands beside it. */
  readonly label?: string | undefined;
}

/** A round picture of a person, or their first letter. */
export function Avatar({ src, name, size = 32, label }: AvatarProps) {
  const box = `${size / 16}rem`;
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: it has the role where it has the label.
    <span
      class="avatar"
      style={{ inlineSize: box, blockSize: box, fontSize: `${size / 16 / 2.4}rem` }}
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : 'true'}
      // A picture, not a word: it is neither read out nor copied.
      data-letter={src === null ? [...name.trim()][0]?.toLocaleUpperCase() : undefined}
    >
      {src !== null && <img src={src} alt="" width={size} height={size} decoding="async" />}
    </span>
  );
}
