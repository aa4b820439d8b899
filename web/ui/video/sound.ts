import { type ReadonlySignal, signal } from '@preact/signals';

const KEY = 'aperto.sound';

const on = signal(globalThis.sessionStorage?.getItem(KEY) === 'on');

/** Whether videos are heard: off until somebody turns it on, then for all of them, as long as the tab. */
export const soundOn: ReadonlySignal<boolean> = on;

export function setSound(wanted: boolean): void {
  on.value = wanted;
  sessionStorage.setItem(KEY, wanted ? 'on' : 'off');
}
