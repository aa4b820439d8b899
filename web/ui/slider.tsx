import './slider.css';
import { useState } from 'preact/hooks';
import { newElementId } from './ids.ts';

export interface SliderProps {
  readonly label: string;
  /** The name for those who hear it, where the label alone says too little. */
  readonly name?: string | undefined;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Where the filled part begins; at the least unless told. */
  readonly origin?: number | undefined;
  /** The value in words. */
  readonly said: string;
  /** Name and value above the line: for names that are long. */
  readonly stacked?: boolean | undefined;
  /** Where a double click puts it. */
  readonly rest?: number | undefined;
  readonly onValue: (value: number) => void;
}

/** A slider with its name and its value. */
export function Slider(props: SliderProps) {
  const { label, name, value, min, max, step, origin = min, said, stacked, rest, onValue } = props;
  const [id] = useState(() => newElementId('slider'));
  const place = (at: number) => ((at - min) / (max - min)) * 100;
  const from = place(Math.min(origin, value));
  const to = place(Math.max(origin, value));
  return (
    <div class={`slider${stacked ? ' slider--stacked' : ''}`}>
      <label class="slider__label" for={id}>
        {label}
      </label>
      <input
        id={id}
        type="range"
        class="slider__input"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-label={name}
        aria-valuetext={said}
        style={{ '--from': `${from}%`, '--to': `${to}%` }}
        onInput={(event) => onValue(event.currentTarget.valueAsNumber)}
        onDblClick={() => {
          if (rest !== undefined) onValue(rest);
        }}
      />
      <span class="slider__value figures" aria-hidden="true">
        {said.replace('-', '−')}
      </span>
    </div>
  );
}
