import { type ReadonlySignal, signal } from '@preact/signals';
import { ApiError, isAbort } from './api-error.ts';
import type { Page } from './connection.ts';
import { onSignedOut } from './session.ts';

/** `idle`: nothing asked yet. `failed`: the last page asked for did not come; `error` says why. */
export type ListState = 'idle' | 'loading' | 'ready' | 'failed';

/** Where the pages of a list come from. */
export interface ListSource<Item> {
  readonly load: (cursor: string | undefined) => Promise<Page<Item>>;
  /** What tells items apart. */
  readonly idOf: (item: Item) => string;
}

/** A list that grows page by page. */
export interface List<Item> {
  readonly items: ReadonlySignal<readonly Item[]>;
  readonly state: ReadonlySignal<ListState>;
  readonly error: ReadonlySignal<ApiError | null>;
  /** True when the last page is here. */
  readonly ended: ReadonlySignal<boolean>;
  /**
   * Loads the first page, unless there is something already. `anew`: then too, for a reader who comes
   * by a link and wants what is true now; what is there is shown meanwhile.
   */
  start(anew?: boolean): void;
  /** Loads the next page; does nothing at the end or while one is coming. */
  more(): Promise<void>;
  /** Throws everything away and starts again. */
  reload(): Promise<void>;
  /**
   * Loads the first page again and gives what is new in it, newest first, without showing it: the
   * caller does, with `putFirst`. What stood in that stretch and is not there any more is taken out.
   * When none of the page is known here, `gap` is true: `startOver` then replaces the list by it.
   */
  head(): Promise<{ fresh: readonly Item[]; gap: boolean; startOver: () => void }>;
  /** Puts items at the top; those that are there already stay where they are. */
  putFirst(items: readonly Item[]): void;
  /** Puts an item where one was taken out. */
  insert(item: Item, index: number): void;
  /** Puts an item in the place of the one with this id. */
  replace(id: string, item: Item): void;
  remove(id: string): void;
  /** What is needed to show the list again after a reload. */
  save(): Saved<Item>;
}

export interface Saved<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** How many lists are remembered, so that going back finds them as they were left. */
const KEPT_MAX = 30;
const kept = new Map<string, List<unknown>>();

onSignedOut(() => kept.clear());

/**
 * The list of this name: the same one, with all that it has loaded, each time it is asked for. The
 * lists used least lately are forgotten first.
 */
export function listNamed<Item>(
  name: string,
  source: ListSource<Item>,
  saved?: Saved<Item> | null,
): List<Item> {
  const known = kept.get(name) as List<Item> | undefined;
  const list = known ?? createList(source, saved ?? null);
  kept.delete(name);
  kept.set(name, list as List<unknown>);
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT_MAX) break;
    kept.delete(oldest);
  }
  return list;
}

/** Forgets a list, so that it is loaded afresh when it is next asked for. */
export function forgetList(name: string): void {
  kept.delete(name);
}

/** A list of its own, remembered nowhere. */
export function createList<Item>(source: ListSource<Item>, saved: Saved<Item> | null): List<Item> {
  const items = signal<readonly Item[]>(saved?.items ?? []);
  const state = signal<ListState>(saved ? 'ready' : 'idle');
  const error = signal<ApiError | null>(null);
  const ended = signal(saved !== null && saved.next === null);
  let next: string | null = saved?.next ?? null;
  /** Grows when the list starts over: a page asked for before then is not put in. */
  let era = 0;

  const without = (given: readonly Item[], known: readonly Item[]) => {
    const ids = new Set(known.map(source.idOf));
    return given.filter((item) => !ids.has(source.idOf(item)));
  };

  function accept(page: Page<Item>, before: readonly Item[]): void {
    items.value = [...before, ...without(page.items, before)];
    next = page.next;
    ended.value = next === null;
    state.value = 'ready';
    error.value = null;
  }

  async function loadPage(cursor: string | null): Promise<void> {
    if (state.peek() === 'loading') return;
    state.value = 'loading';
    const mine = era;
    // A first page takes the place of what is there, but not of what comes while it is under way.
    const old = cursor === null ? items.peek() : [];
    try {
      const page = await source.load(cursor ?? undefined);
      if (mine === era) accept(page, without(items.peek(), old));
    } catch (caught) {
      if (mine !== era) return;
      if (!(caught instanceof ApiError) && !isAbort(caught)) throw caught;
      // A cursor that the server no longer takes: begin again rather than stand still.
      if (caught instanceof ApiError && caught.code === 'invalid_cursor' && cursor !== null) {
        state.value = 'ready';
        return loadPage(null);
      }
      error.value = caught instanceof ApiError ? caught : null;
      state.value = 'failed';
    }
  }

  /** The items without those that stand among the ones of a first page but are not on it. */
  function withoutLost(known: readonly Item[], page: Page<Item>): readonly Item[] {
    const there = new Set(page.items.map(source.idOf));
    const last =
      page.next === null
        ? known.length
        : known.findLastIndex((item) => there.has(source.idOf(item)));
    const kept = known.filter((item, index) => index > last || there.has(source.idOf(item)));
    return kept.length === known.length ? known : kept;
  }

  const hasNothing = () => next === null && !ended.peek();

  function reload(): Promise<void> {
    era += 1;
    state.value = 'ready';
    return loadPage(null);
  }

  return {
    items,
    state,
    error,
    ended,
    start(anew = false) {
      if (state.peek() === 'idle') void loadPage(null);
      else if (anew && state.peek() !== 'loading') void reload();
    },
    more: () => (ended.peek() ? Promise.resolve() : loadPage(hasNothing() ? null : next)),
    reload,
    async head() {
      const page = await source.load(undefined);
      items.value = withoutLost(items.peek(), page);
      const known = items.peek();
      const fresh = without(page.items, known);
      const gap = known.length > 0 && fresh.length === page.items.length && fresh.length > 0;
      return {
        fresh,
        gap,
        startOver: () => {
          era += 1;
          accept(page, []);
        },
      };
    },
    putFirst(given) {
      items.value = [...without(given, items.peek()), ...items.peek()];
    },
    insert(item, index) {
      const rest = without(items.peek(), [item]);
      items.value = [...rest.slice(0, index), item, ...rest.slice(index)];
    },
    replace(id, item) {
      items.value = items.peek().map((old) => (source.idOf(old) === id ? item : old));
    },
    remove(id) {
      items.value = items.peek().filter((item) => source.idOf(item) !== id);
    },
    save: () => ({ items: items.peek(), next }),
  };
}
