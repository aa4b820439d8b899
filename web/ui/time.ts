const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** Words that the table of strings gives: `5m`, `3h`, `2d`. */
export interface TimeWords {
  readonly now: string;
  readonly minutes: (count: number) => string;
  readonly hours: (count: number) => string;
  readonly days: (count: number) => string;
}

/**
 * How long ago, at a glance: now, 5m, 3h, 2d, then the date (with its year when it is not this year).
 * A time in the future is "now": clocks differ.
 */
export function timeAgo(then: Date, now: Date, words: TimeWords, locale: string): string {
  const age = now.getTime() - then.getTime();
  if (age < MINUTE) return words.now;
  if (age < HOUR) return words.minutes(Math.floor(age / MINUTE));
  if (age < DAY) return words.hours(Math.floor(age / HOUR));
  if (age < WEEK) return words.days(Math.floor(age / DAY));
  const sameYear = then.getFullYear() === now.getFullYear();
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(then);
}
