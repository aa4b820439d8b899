import { Slider } from '../../../ui/slider.tsx';

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
  const hundredths = Math.round(value * 100);
  return (
    <Slider
      label={label}
      value={value}
      min={least}
      max={1}
      step={0.01}
      origin={0}
      said={least < 0 && hundredths > 0 ? `+${hundredths}` : String(hundredths)}
      rest={rest}
      onValue={(next) => onValue(Math.round(next * 100) / 100)}
    />
  );
}
