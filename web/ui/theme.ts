import { signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'aperto.theme';

function read(): Theme {
  const kept = globalThis.localStorage?.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

/** The reader's choice of light or dark. */
export const theme = signal<Theme>(typeof document === 'undefined' ? 'system' : read());

function show(chosen: Theme): void {
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

/** Chooses light, dark or whatever the system has, here and for next time. */
export function setTheme(chosen: Theme): void {
  theme.value = chosen;
  if (chosen === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, chosen);
  show(chosen);
}

/** Shows the kept choice; call before the first paint. */
export function startTheme(): void {
  show(theme.peek());
}
