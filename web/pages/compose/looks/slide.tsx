import { useState } from 'preact/hooks';
import { newElementId } from '../../../ui/ids.ts';

interface SlideProps {
  readonly label: string;
  readonly value: number;
  /** -1 with the rest in the middle, or 0. */
  readonly least: -1 | 0;
  /** Where a double tap puts it. */
  readonly rest: number;
  readonly onValue: (value: number) => void;
}

/** A slider with its name and its value, in hundredths. */
export function Slide({ label, value, least, rest, onValue }: SlideProps) {
  const [id] = useState(() => newElementId('slide'));
  const hundredths = Math.round(value * 100);
  const said = least < 0 && hundredths > 0 ? `+${hundredths}` : String(hundredths);
  const place = (at: number) => ((at - least) / (1 - least)) * 100;
  const from = place(Math.min(0, value));
  const to = place(Math.max(0, value));
  return (
    <div class="slide">
      <label class="slide__label" for={id}>
        {label}
      </label>
      <input
        id={id}
        type="range"
        class="slide__input"
        min={least}
        max={1}
        step={0.01}
        value={value}
        aria-valuetext={said}
        style={{ '--from': `${from}%`, '--to': `${to}%` }}
        onInput={(event) => onValue(Math.round(event.currentTarget.valueAsNumber * 100) / 100)}
        onDblClick={() => onValue(rest)}
      />
      <span class="slide__value figures" aria-hidden="true">
        {said.replace('-', '−')}
      </span>
    </div>
  );
}
