import { computed, signal } from '@preact/signals';
import { onSignedOut } from './session.ts';

/** Kept here, so that counts are not seen for a moment before the server has said that they are not wanted. */
const KEY = 'aperto.like-counts';

const hidden = signal(globalThis.localStorage?.getItem(KEY) === 'hidden');

/** False when the person does not want to see how many like the posts of others. */
export const showLikeCounts = computed(() => !hidden.value);

/** Takes in what the person has chosen. */
export function keepLikeCounts(shown: boolean): void {
  hidden.value = !shown;
  if (shown) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, 'hidden');
}

onSignedOut(() => keepLikeCounts(true));
