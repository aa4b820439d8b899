import './windowed-list.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Position, rememberAnchor, rememberedPosition } from './scroll-memory.ts';
import { createHeights, type Range } from './windowing.ts';

export interface WindowedListProps {
  readonly label: string;
  readonly ids: readonly string[];
  /** Pixels that an item will be high, before it has been seen; the better, the calmer. */
  readonly estimate: (id: string) => number;
  readonly render: (id: string, index: number) => ComponentChildren;
}

/** Windows of content kept above and below what is seen. */
const SPARE = 1.5;
/** The page counts as at its top down to here, in pixels: news may push what is there. */
const TOP = 8;

/**
 * A list of any length of which only what is near the window is in the page; the rest is two empty
 * boxes of the same height. Whatever changes above (news, a photo seen for the first time, a wider
 * window), what is being read stays where it is. Remembers its place over back and reload.
 */
export function WindowedList({ label, ids, estimate, render }: WindowedListProps) {
  const box = useRef<HTMLDivElement>(null);
  const heights = useRef(createHeights(estimate)).current;
  heights.setEstimate(estimate);
  const start = useRef(restorable(ids));
  const [range, setRange] = useState<Range>(() => {
    const index = start.current ? ids.indexOf(start.current.id) : 0;
    return { from: Math.max(0, index - 3), to: Math.min(ids.length, index + 6) };
  });
  const offsets = useMemo(() => heights.offsets(ids), [ids, range, heights]);
  const anchor = useRef<{ id: string; y: number } | null>(null);
  const fresh = useFresh(ids);

  /** The item at the top of the window and where it is on the page. */
  const findAnchor = (): { id: string; y: number; top: number } | null => {
    for (const child of box.current?.children ?? []) {
      const id = child instanceof HTMLElement ? child.dataset.item : undefined;
      if (id === undefined) continue;
      const { top, bottom } = child.getBoundingClientRect();
      if (bottom > 64) return { id, y: top + scrollY, top };
    }
    return null;
  };

  /** Undoes what a change of heights above did to the item that is being read. */
  const hold = () => {
    const held = anchor.current;
    const element = held && itemElement(box.current, held.id);
    if (held && element && scrollY > TOP) {
      const moved = element.getBoundingClientRect().top + scrollY - held.y;
      if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: 'instant' });
    }
    anchor.current = findAnchor();
  };

  const look = () => {
    const element = box.current;
    if (!element) return;
    hold();
    const top = -element.getBoundingClientRect().top;
    const next = heights.range(ids, top - innerHeight * SPARE, top + innerHeight * (1 + SPARE));
    setRange((now) => (now.from === next.from && now.to === next.to ? now : next));
  };
  const looking = useRef(look);
  looking.current = look;
  const holding = useRef(hold);
  holding.current = hold;

  useLayoutEffect(() => {
    const at = start.current;
    start.current = null;
    const element = at && itemElement(box.current, at.id);
    const y = element ? element.getBoundingClientRect().top + scrollY - at.top : null;
    scrollTo(0, y ?? rememberedPosition()?.y ?? 0);
    looking.current();
    return rememberAnchor(() => findAnchor() ?? undefined);
  }, []);

  // Whenever something was drawn anew.
  useLayoutEffect(() => holding.current());

  useLayoutEffect(() => looking.current(), [ids]);

  useEffect(() => {
    let asked = 0;
    const soon = () => {
      asked ||= requestAnimationFrame(() => {
        asked = 0;
        looking.current();
      });
    };
    const onResize = () => {
      heights.setWidth(box.current?.clientWidth ?? 0);
      soon();
    };
    heights.setWidth(box.current?.clientWidth ?? 0);
    addEventListener('scroll', soon, { passive: true });
    addEventListener('resize', onResize);
    return () => {
      cancelAnimationFrame(asked);
      removeEventListener('scroll', soon);
      removeEventListener('resize', onResize);
    };
  }, [heights]);

  const observer = useMemo(
    () =>
      new ResizeObserver((entries) => {
        for (const { target, borderBoxSize } of entries) {
          const id = target instanceof HTMLElement ? target.dataset.item : undefined;
          const height = borderBoxSize[0]?.blockSize;
          if (id !== undefined && height !== undefined && target.isConnected) {
            heights.measured(id, height);
          }
        }
        holding.current();
      }),
    [heights],
  );
  useEffect(() => () => observer.disconnect(), [observer]);

  const to = Math.min(range.to, ids.length);
  const from = Math.min(range.from, to);
  const total = offsets[ids.length] ?? 0;
  return (
    <div ref={box} class="windowed" role="feed" aria-label={label}>
      <div style={{ blockSize: `${offsets[from] ?? 0}px` }} />
      {ids.slice(from, to).map((id, index) => (
        <Item key={id} id={id} observer={observer} fresh={fresh.has(id)}>
          {render(id, from + index)}
        </Item>
      ))}
      <div style={{ blockSize: `${total - (offsets[to] ?? total)}px` }} />
    </div>
  );
}

interface ItemProps {
  readonly id: string;
  readonly observer: ResizeObserver;
  readonly fresh: boolean;
  readonly children: ComponentChildren;
}

function Item({ id, observer, fresh, children }: ItemProps) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const own = element.current;
    if (!own) return;
    observer.observe(own);
    return () => observer.unobserve(own);
  }, [observer]);
  return (
    <div ref={element} class={fresh ? 'windowed__fresh' : undefined} data-item={id}>
      {children}
    </div>
  );
}

function itemElement(box: HTMLElement | null, id: string): HTMLElement | null {
  return box?.querySelector<HTMLElement>(`:scope > [data-item="${CSS.escape(id)}"]`) ?? null;
}

function restorable(ids: readonly string[]): Position['anchor'] | null {
  const at = rememberedPosition()?.anchor;
  return at && ids.includes(at.id) ? at : null;
}

/** Items that came to the top after the list was first shown: they slide in. */
function useFresh(ids: readonly string[]): ReadonlySet<string> {
  const seen = useRef<ReadonlySet<string> | null>(null);
  return useMemo(() => {
    const known = seen.current;
    seen.current = new Set(ids);
    const oldTop = known ? ids.findIndex((id) => known.has(id)) : 0;
    return new Set(ids.slice(0, Math.max(0, oldTop)));
  }, [ids]);
}
