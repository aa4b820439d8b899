import { type ReadonlySignal, signal } from '@preact/signals';

const query = typeof document === 'undefined' ? null : globalThis.matchMedia('(min-width: 768px)');
const matches = signal(query?.matches ?? false);
query?.addEventListener('change', () => {
  matches.value = query.matches;
});

/** True from the width on at which the bar at the foot becomes a rail at the side. */
export const hasRail: ReadonlySignal<boolean> = matches;
