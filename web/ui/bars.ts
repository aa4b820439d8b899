import { signal } from '@preact/signals';

/** Pixels of one movement before it counts as meant. */
const MEANT = 12;
/** Near the top the bars always stand. */
const TOP = 80;

/** True while the bars of a phone are out of the way: after scrolling down, until scrolling up. */
export const barsAway = signal(false);

/** Starts to follow the page's scrolling. Call once. */
export function startBars(): void {
  let from = scrollY;
  let down = false;
  addEventListener(
    'scroll',
    () => {
      const y = scrollY;
      const goesDown = y > from;
      if (goesDown !== down) {
        down = goesDown;
        from = y;
        return;
      }
      if (y < TOP) barsAway.value = false;
      else if (Math.abs(y - from) > MEANT) barsAway.value = down;
      if (Math.abs(y - from) > MEANT) from = y;
    },
    { passive: true },
  );
  addEventListener('focusin', (event) => {
    if (event.target instanceof Element && event.target.matches(':focus-visible')) {
      barsAway.value = false;
    }
  });
}
