import './mark.css';

/** Six blades around the opening: each a line from the rim to the next corner of the hexagon. */
const BLADES = Array.from({ length: 6 }, (_, index) => {
  const at = (turn: number, radius: number) => {
    const angle = ((index * 60 + turn) * Math.PI) / 180;
    return `${(12 + radius * Math.cos(angle)).toFixed(2)} ${(12 + radius * Math.sin(angle)).toFixed(2)}`;
  };
  return `M${at(0, 4.6)}L${at(82, 10)}`;
}).join('');

/** The mark: an open aperture. `size` in pixels at the default text size. */
export function Mark({ size = 24 }: { readonly size?: number | undefined }) {
  const box = `${size / 16}rem`;
  return (
    <svg
      class="mark"
      style={{ inlineSize: box, blockSize: box }}
      viewBox="0 0 24 24"
      aria-hidden="true"
    >
      <circle cx="12" cy="12" r="10" />
      <path d={BLADES} />
    </svg>
  );
}

/** The mark and the name. */
export function Wordmark() {
  return (
    <span class="wordmark">
      <Mark />
      <span class="wordmark__name">Aperto</span>
    </span>
  );
}
