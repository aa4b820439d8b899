const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;

/** A size at a glance, in the reader's language and decimal units: 712 byte, 3.4 MB, 2 TB. */
export function bytesText(bytes: number, locale: string): string {
  let value = bytes;
  let step = 0;
  // What would be rounded up to 1,000 is 1 of the next.
  while (value >= 999.5 && step < UNITS.length - 1) {
    value /= 1000;
    step += 1;
  }
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: UNITS[step] ?? 'byte',
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: value < 10 && step > 0 ? 1 : 0,
  }).format(value);
}
