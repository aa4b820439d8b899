/** Pixels that the mouse must go before a press counts as a drag. */
const SLACK = 6;
/** Milliseconds that a finger must rest before it drags; before that it scrolls the strip. */
const HOLD_MS = 220;

interface Drag {
  readonly item: HTMLElement;
  readonly items: readonly HTMLElement[];
  readonly middles: readonly number[];
  readonly from: number;
  readonly startX: number;
  to: number;
}

/**
 * Lets items of a row (`[data-id]`) be dragged to another place. Tells the id and the new index when
 * one is dropped elsewhere. Gives the function that ends it.
 */
export function followDrag(
  list: HTMLElement,
  onDrop: (id: string, to: number) => void,
): () => void {
  let pressed: { item: HTMLElement; x: number; id: number; timer: number } | null = null;
  let drag: Drag | null = null;

  const begin = (item: HTMLElement, x: number, pointerId: number) => {
    const items = [...list.querySelectorAll<HTMLElement>('[data-id]')];
    const middles = items.map((one) => {
      const box = one.getBoundingClientRect();
      return box.left + box.width / 2;
    });
    const from = items.indexOf(item);
    drag = { item, items, middles, from, startX: x, to: from };
    item.setPointerCapture(pointerId);
    item.classList.add('strip__item--held');
    list.classList.add('strip__list--dragging');
  };

  const end = (dropped: boolean) => {
    if (pressed) clearTimeout(pressed.timer);
    pressed = null;
    if (!drag) return;
    const { item, items, from, to } = drag;
    drag = null;
    for (const one of items) one.style.transform = '';
    item.classList.remove('strip__item--held');
    list.classList.remove('strip__list--dragging');
    const id = item.dataset.id;
    if (dropped && id && to !== from) onDrop(id, to);
  };

  const stop = new AbortController();
  const listen = <Name extends keyof HTMLElementEventMap>(
    name: Name,
    work: (event: HTMLElementEventMap[Name]) => void,
    options: AddEventListenerOptions = {},
  ) => list.addEventListener(name, work, { ...options, signal: stop.signal });

  listen('pointerdown', (event) => {
    const item = (event.target as Element).closest<HTMLElement>('[data-id]');
    if (!item || event.button !== 0) return;
    const { clientX: x, pointerId: id, pointerType } = event;
    // A mouse drags as soon as it moves; a finger after it has rested.
    const timer = window.setTimeout(() => begin(item, x, id), HOLD_MS);
    if (pointerType === 'mouse') clearTimeout(timer);
    pressed = { item, x, id, timer };
  });
  listen('pointermove', (event) => {
    if (drag) return follow(drag, event.clientX);
    if (!pressed || event.pointerId !== pressed.id) return;
    if (Math.abs(event.clientX - pressed.x) < SLACK) return;
    if (event.pointerType === 'mouse') begin(pressed.item, pressed.x, pressed.id);
    else end(false);
  });
  listen('pointerup', () => end(true));
  listen('pointercancel', () => end(false));
  // The click after a drag would select; the finger's scroll would take the item's place.
  listen('touchmove', (event) => drag && event.preventDefault(), { passive: false });
  listen('contextmenu', (event) => event.preventDefault());
  listen('dragstart', (event) => event.preventDefault());
  return () => stop.abort();
}

/** The held item goes with the finger; the others make room. */
function follow(drag: Drag, x: number): void {
  const { items, middles, from, startX } = drag;
  const own = middles[from] ?? 0;
  const at = own + x - startX;
  drag.to = nearest(middles, at);
  const rtl = (middles[1] ?? 1) < (middles[0] ?? 0);
  for (const [index, item] of items.entries()) {
    if (index === from) {
      item.style.transform = `translateX(${x - startX}px)`;
      continue;
    }
    const goesBack = index > from && index <= drag.to;
    const goesOn = index < from && index >= drag.to;
    const width = Math.abs((middles[1] ?? 0) - (middles[0] ?? 0));
    const step = goesBack ? -width : goesOn ? width : 0;
    item.style.transform = step === 0 ? '' : `translateX(${rtl ? -step : step}px)`;
  }
}

function nearest(middles: readonly number[], at: number): number {
  let best = 0;
  for (const [index, middle] of middles.entries()) {
    if (Math.abs(middle - at) < Math.abs((middles[best] ?? 0) - at)) best = index;
  }
  return best;
}
