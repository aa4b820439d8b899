import { signal } from '@preact/signals';
import { shortCount } from '../ui/counts.ts';
import { en } from './en.ts';
import { type Entry, fill, pseudo, type Vars } from './fill.ts';

export type Key = keyof typeof en;

/** For numbers, dates and plurals. */
export const locale = signal('en');
const pseudoOn = signal(false);

/** The sentence for `key` in the reader's language; numbers among `vars` are shown as counts. */
export function t(key: Key, vars: Vars = {}): string {
  const entry: Entry = en[key];
  const text = fill(entry, vars, locale.value, (count) => shortCount(count, locale.value));
  return pseudoOn.value ? pseudo(text) : text;
}

/** A count at a glance, in the reader's language: 1,234, then 12.3K, then 4.5M. */
export function count(value: number): string {
  return shortCount(value, locale.value);
}

/**
 * Reads what tests ask for in the address: `?locale=pseudo` for long accented texts, `?dir=rtl` for
 * the other direction of writing. Both stay for the life of the tab.
 */
export function startStrings(): void {
  const asked = new URLSearchParams(location.search);
  for (const name of ['locale', 'dir']) {
    const value = asked.get(name);
    if (value !== null) sessionStorage.setItem(`aperto.${name}`, value);
  }
  pseudoOn.value = sessionStorage.getItem('aperto.locale') === 'pseudo';
  const dir = sessionStorage.getItem('aperto.dir');
  if (dir === 'rtl' || dir === 'ltr') document.documentElement.dir = dir;
}
