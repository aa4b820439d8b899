import { computed, signal } from '@preact/signals';
import { onSignedOut, sessionState } from './session.ts';

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

/** Asks for what was chosen on another device, when the page has nothing better to do. Call once. */
export function startLikeCounts(): void {
  const stop = sessionState.subscribe((state) => {
    if (state !== 'in') return;
    queueMicrotask(() => stop());
    const idle = globalThis.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 2000));
    idle(() => {
      import('./settings.ts')
        .then(({ settings }) => settings.load())
        .catch((error: unknown) => console.info('Settings could not be asked for:', error));
    });
  });
}
