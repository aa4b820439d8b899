import { signal } from '@preact/signals';
import { locale, t } from '../strings/strings.ts';
import { type TimeWords, timeAgo } from './time.ts';

/** One clock for all times on the page, once a minute. */
const minute = signal(Date.now());
if (typeof document !== 'undefined') {
  setInterval(() => {
    if (!document.hidden) minute.value = Date.now();
  }, 60_000);
}

const words: TimeWords = {
  get now() {
    return t('time.now');
  },
  minutes: (count) => t('time.minutes', { count }),
  hours: (count) => t('time.hours', { count }),
  days: (count) => t('time.days', { count }),
};

/** When something was, at a glance; the exact time shows when the pointer rests. */
export function RelativeTime({ at }: { readonly at: string }) {
  const then = new Date(at);
  const now = new Date(Math.max(minute.value, then.getTime()));
  const exact = new Intl.DateTimeFormat(locale.value, {
    dateStyle: 'long',
    timeStyle: 'short',
  }).format(then);
  return (
    <time dateTime={at} title={exact} class="figures">
      {timeAgo(then, now, words, locale.value)}
    </time>
  );
}
