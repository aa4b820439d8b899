/**
 * A count at a glance: 1,234 up to 9,999, then 12.3K, then 4.5M. Cut, never rounded up, so that
 * nothing is announced before it is reached.
 */
export function shortCount(count: number, locale: string): string {
  if (count < 10_000) return new Intl.NumberFormat(locale).format(count);
  return new Intl.NumberFormat(locale, {
    notation: 'compact',
    maximumFractionDigits: 1,
    roundingMode: 'trunc',
  } as Intl.NumberFormatOptions).format(count);
}
