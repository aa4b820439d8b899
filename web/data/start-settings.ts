import { sessionState } from './session.ts';

/** Asks for what was chosen on another device, when the page has nothing better to do. Call once. */
export function startSettings(): void {
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
