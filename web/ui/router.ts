import { signal } from '@preact/signals';

/** What a `:name` in a pattern stood for. */
export type Params = Readonly<Record<string, string>>;

export interface Place {
  readonly path: string;
  readonly query: string;
  /** Of this entry of the history: the same again after back and after a reload. */
  readonly key: string;
  /** True when the reader came here by back, forward or reload rather than by a link. */
  readonly returned: boolean;
  /** The address of the page that stays visible under a sheet, when this place is shown as one. */
  readonly over: string | null;
}

interface Entry {
  key: string;
  over: string | null;
  /** How many of our own entries lie before this one, so that "back" never leaves the app. */
  depth: number;
}

export interface GoOptions {
  /** Put the new address in place of this one. */
  readonly replace?: boolean | undefined;
  /** Show the new place as a sheet over this page. */
  readonly over?: boolean | undefined;
}

/**
 * The parameters of `path` under `pattern` (`/p/:id`), or null when it does not fit. A slash at the
 * end makes no difference; parts are percent-decoded, and one that cannot be decoded fits nothing.
 */
export function match(pattern: string, path: string): Params | null {
  const wanted = parts(pattern);
  const given = parts(path);
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, want] of wanted.entries()) {
    const part = given[index] ?? '';
    if (!want.startsWith(':')) {
      if (want !== part) return null;
      continue;
    }
    try {
      params[want.slice(1)] = decodeURIComponent(part);
    } catch (error) {
      if (error instanceof URIError) return null;
      throw error;
    }
  }
  return params;
}

function parts(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

/** From this width on, places that can be are shown as sheets. */
const WIDE = '(min-width: 1200px)';

const inBrowser = typeof window !== 'undefined';

function newKey(): string {
  return Math.random().toString(36).slice(2, 10);
}

function entryNow(): Entry | null {
  const state: unknown = history.state;
  if (typeof state !== 'object' || state === null || !('key' in state)) return null;
  return state as Entry;
}

function readPlace(returned: boolean): Place {
  if (!inBrowser) return { path: '/', query: '', key: '', returned, over: null };
  let entry = entryNow();
  if (!entry) {
    entry = { key: newKey(), over: null, depth: 0 };
    history.replaceState(entry, '');
  }
  const { pathname, search } = location;
  return { path: pathname, query: search, key: entry.key, returned, over: entry.over };
}

/** A reload shows a sheet's place as a page of its own: what lay under it is not there any more. */
function firstPlace(): Place {
  const entry = inBrowser ? entryNow() : null;
  if (entry?.over) history.replaceState({ ...entry, over: null }, '');
  return readPlace(true);
}

/** Where the reader is. */
export const place = signal<Place>(firstPlace());

/** Goes to an address of this app. */
export function go(href: string, options: GoOptions = {}): void {
  const here = entryNow();
  const over =
    options.over && matchMedia(WIDE).matches
      ? (place.peek().over ?? place.peek().path + place.peek().query)
      : null;
  const depth = (here?.depth ?? 0) + (options.replace ? 0 : 1);
  const entry: Entry = { key: newKey(), over, depth };
  if (options.replace) history.replaceState(entry, '', href);
  else history.pushState(entry, '', href);
  place.value = readPlace(false);
}

/** Back to where the reader came from, or to `otherwise` when they came from outside. */
export function back(otherwise = '/'): void {
  if ((entryNow()?.depth ?? 0) > 0) history.back();
  else go(otherwise, { replace: true });
}

/** The keyed parameter of the present address: `query('next')`. */
export function query(name: string): string | null {
  return new URLSearchParams(place.value.query).get(name);
}

/** Starts to listen to back and forward; call once. */
export function startRouter(): void {
  // Pages put the reading position back themselves, because their lists are windowed.
  history.scrollRestoration = 'manual';
  addEventListener('popstate', () => {
    place.value = readPlace(true);
  });
}
