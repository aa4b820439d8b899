import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { type Candidate, chooseOne, type Wish } from './choose.ts';

/** What a video is told when something changes. */
export interface Turn {
  /** In view or about to be: time to have its first bytes. */
  readonly near: boolean;
  /** It is the one that plays. */
  readonly mine: boolean;
}

interface Seat {
  readonly element: HTMLElement;
  readonly hear: (turn: Turn) => void;
  wish: Wish;
  near: boolean;
  seen: number;
  mine: boolean;
}

/** How far from the window a video gets ready, and lets its bytes go. */
const NEAR = '75% 0%';
const STEPS = Array.from({ length: 11 }, (_, index) => index / 10);

const seats = new Map<Element, Seat>();
let watching: readonly IntersectionObserver[] | null = null;

const still = query('(prefers-reduced-motion: reduce)');
const spare = query('(prefers-reduced-data: reduce)');

/** Whether videos begin by themselves: not for those who want nothing to move, or few bytes. */
export const playsByItself: ReadonlySignal<boolean> = computed(
  () => !still.value && !spare.value && !savesData(),
);

function query(text: string): ReadonlySignal<boolean> {
  const list = matchMedia(text);
  const matches = signal(list.matches);
  list.addEventListener('change', () => {
    matches.value = list.matches;
    reconsider();
  });
  return matches;
}

/** The browser's own switch for people who pay for bytes (Network Information API). */
function savesData(): boolean {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  return connection?.saveData === true;
}

/** Lets a video take part; what it is told comes at once and at each change. */
export function takeSeat(element: HTMLElement, hear: (turn: Turn) => void) {
  const seat: Seat = { element, hear, wish: 'auto', near: false, seen: 0, mine: false };
  seats.set(element, seat);
  for (const observer of watch()) observer.observe(element);
  return {
    /** Says what the person wants; `play` takes the turn from whichever has it. */
    wish(wish: Wish): void {
      if (wish === 'play') {
        for (const other of seats.values()) if (other.wish === 'play') other.wish = 'auto';
      }
      seat.wish = wish;
      reconsider();
    },
    leave(): void {
      seats.delete(element);
      for (const observer of watch()) observer.unobserve(element);
      reconsider();
    },
  };
}

function watch(): readonly IntersectionObserver[] {
  if (watching) return watching;
  document.addEventListener('visibilitychange', reconsider);
  document.addEventListener('fullscreenchange', reconsider);
  watching = [
    new IntersectionObserver(seeHowMuch, { threshold: STEPS }),
    new IntersectionObserver(seeHowNear, { rootMargin: NEAR }),
  ];
  return watching;
}

function seeHowMuch(entries: readonly IntersectionObserverEntry[]): void {
  for (const { target, intersectionRatio, intersectionRect, rootBounds } of entries) {
    const seat = seats.get(target);
    if (!seat) continue;
    // One that is taller than the window is never in it as a whole.
    const filled = rootBounds ? intersectionRect.height / rootBounds.height : 0;
    seat.seen = Math.max(intersectionRatio, filled);
    // Out of sight, what was started by hand is as any other; what was paused stays so.
    if (seat.seen === 0 && seat.wish === 'play') seat.wish = 'auto';
  }
  reconsider();
}

function seeHowNear(entries: readonly IntersectionObserverEntry[]): void {
  for (const { target, isIntersecting } of entries) {
    const seat = seats.get(target);
    if (!seat || seat.near === isIntersecting) continue;
    seat.near = isIntersecting;
    tell(seat);
  }
}

/** Looks again whose turn it is. */
function reconsider(): void {
  const front = frontOf([...seats.values()]);
  const all = [...seats.values()].map((seat): Candidate & { readonly seat: Seat } => ({
    seat,
    seen: seat.seen,
    wish: seat.wish,
    distance: distanceOf(seat.element),
    inFront: !front || front.contains(seat.element),
  }));
  const one = document.hidden ? null : chooseOne(all, playsByItself.peek());
  // First the pause, then the play: never two at once.
  for (const seat of seats.values()) {
    if (seat.mine && seat !== one?.seat) {
      seat.mine = false;
      tell(seat);
    }
  }
  if (one && !one.seat.mine) {
    one.seat.mine = true;
    tell(one.seat);
  }
}

function tell({ hear, near, mine }: Seat): void {
  hear({ near: near || mine, mine });
}

/** The topmost thing that has a video in it and stands over the page; null when nothing does. */
function frontOf(all: readonly Seat[]): Element | null {
  const over = document.fullscreenElement;
  if (over) return over;
  const sheets = [...document.querySelectorAll('dialog[open]')];
  return sheets.findLast((sheet) => all.some(({ element }) => sheet.contains(element))) ?? null;
}

function distanceOf(element: HTMLElement): number {
  const { top, bottom } = element.getBoundingClientRect();
  return Math.abs((top + bottom) / 2 - innerHeight / 2);
}
