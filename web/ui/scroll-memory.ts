import { useLayoutEffect, useRef } from 'preact/hooks';
import { place } from './router.ts';

const KEY = 'aperto.scroll';
/** How many places of the history are remembered. */
const KEPT_MAX = 50;

/** Where a reader was: the page's scroll, and the item of a long list that was at the top. */
export interface Position {
  readonly y: number;
  readonly anchor?: { readonly id: string; readonly top: number } | undefined;
}

let positions = new Map<string, Position>();
const anchors = new Set<() => Position['anchor']>();

function save(key: string): void {
  let anchor: Position['anchor'];
  for (const find of anchors) anchor ??= find();
  positions.delete(key);
  positions.set(key, { y: scrollY, anchor });
  for (const oldest of positions.keys()) {
    if (positions.size <= KEPT_MAX) break;
    positions.delete(oldest);
  }
}

/** Remembers where the reader is whenever they leave a place, also over a reload. Call once. */
export function startScrollMemory(): void {
  const kept = sessionStorage.getItem(KEY);
  if (kept) positions = new Map(JSON.parse(kept) as [string, Position][]);
  let last = place.peek().key;
  place.subscribe(({ key }) => {
    // The old page still stands on the screen: this runs before anything is drawn anew.
    if (key !== last) save(last);
    last = key;
  });
  addEventListener('pagehide', () => {
    save(place.peek().key);
    sessionStorage.setItem(KEY, JSON.stringify([...positions]));
  });
}

/** Where the reader was when they left the present place, or null when they come to it anew. */
export function rememberedPosition(): Position | null {
  const { key, returned } = place.peek();
  return returned ? (positions.get(key) ?? null) : null;
}

/** The present place is to begin at its top, though the reader came back to it. */
export function forgetPosition(): void {
  positions.delete(place.peek().key);
  scrollTo({ top: 0, behavior: 'instant' });
}

/** Tells which item of a long list is at the top; for lists that are not all in the page. */
export function rememberAnchor(find: () => Position['anchor']): () => void {
  anchors.add(find);
  return () => void anchors.delete(find);
}

/**
 * Puts the page where the reader left it, or at its top: once, as soon as `ready` says that the
 * content has its height. Long lists that keep only a part in the page do this themselves.
 */
export function useScrollMemory(ready: boolean): void {
  const done = useRef(false);
  useLayoutEffect(() => {
    if (done.current || !ready) return;
    done.current = true;
    scrollTo(0, rememberedPosition()?.y ?? 0);
  }, [ready]);
}
