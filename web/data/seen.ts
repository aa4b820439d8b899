import type { PostId } from '../../api/ids.ts';
import { SEEN_PER_REPORT_MAX } from '../../api/limits.ts';
import type { reportSeen } from '../../api/ranking.ts';
import { ApiError } from './api-error.ts';
import { call } from './client.ts';
import { me, onSignedOut } from './session.ts';

/** A post counts as seen when so much of it, or of the window, was in view for so many milliseconds. */
const HALF = 0.5;
const LOOK = 1000;
/** Milliseconds between two reports. */
const EVERY = 4000;
/** How much more of a video must have been played to be worth another report. */
const WORTH = 0.25;
const STEPS = Array.from({ length: 11 }, (_, index) => index / 10);

interface Sight {
  /** The post, and the one in it. */
  readonly ids: readonly string[];
  /** It has a video: its report waits until the post has left, and then says how much was played. */
  readonly film: boolean;
  inView: boolean;
  seen: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const sights = new Map<Element, Sight>();
/** How much of the videos of a post was played, the most. */
const played = new Map<string, number>();
/** What was reported in this session, and how much was played by then. */
const reported = new Map<string, number>();
const due = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;
let watching: IntersectionObserver | null = null;

onSignedOut(() => {
  clearTimeout(timer);
  timer = undefined;
  for (const one of [played, reported, due]) one.clear();
});

/** Follows whether a post is looked at; gives back what ends it. */
export function followSight(
  element: Element,
  of: { readonly ids: readonly string[]; readonly film: boolean },
): () => void {
  sights.set(element, { ...of, inView: false, seen: false, timer: undefined });
  watch().observe(element);
  return () => {
    watch().unobserve(element);
    const sight = sights.get(element);
    sights.delete(element);
    if (sight) leave(sight);
  };
}

/** Takes in how much of a post's video has been played, from 0 to 1. */
export function tellPlayed(id: string, share: number): void {
  played.set(id, Math.max(played.get(id) ?? 0, Math.min(1, share)));
}

function watch(): IntersectionObserver {
  if (watching) return watching;
  document.addEventListener('visibilitychange', () => {
    for (const sight of sights.values()) {
      if (document.hidden) leave(sight);
      else begin(sight);
    }
    if (document.hidden) report();
  });
  addEventListener('pagehide', () => {
    for (const sight of sights.values()) leave(sight);
    report();
  });
  watching = new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio, intersectionRect, rootBounds } of entries) {
        const sight = sights.get(target);
        if (!sight) continue;
        // One that is taller than the window is never in it by half.
        const filled = rootBounds ? intersectionRect.height / rootBounds.height : 0;
        sight.inView = Math.max(intersectionRatio, filled) >= HALF;
        if (sight.inView) begin(sight);
        else leave(sight);
      }
    },
    { threshold: STEPS },
  );
  return watching;
}

function begin(sight: Sight): void {
  if (!sight.inView || document.hidden || sight.timer !== undefined) return;
  sight.timer = setTimeout(() => {
    sight.seen = true;
    if (!sight.film) take(sight);
  }, LOOK);
}

function leave(sight: Sight): void {
  clearTimeout(sight.timer);
  sight.timer = undefined;
  if (sight.seen) take(sight);
  sight.seen = false;
}

function take({ ids }: Sight): void {
  const share = Math.max(...ids.map((id) => played.get(id) ?? 0));
  for (const id of ids) {
    if (share > 0) tellPlayed(id, share);
    const before = reported.get(id);
    if (before === undefined || share - before >= WORTH) due.add(id);
  }
  if (due.size > 0 && me.peek()) timer ??= setTimeout(report, EVERY);
}

/** Sends what is due; also while the page is being left. */
function report(): void {
  clearTimeout(timer);
  timer = undefined;
  if (due.size === 0 || !me.peek()) return;
  const ids = [...due].slice(0, SEEN_PER_REPORT_MAX);
  const posts = ids.map((id) => {
    const watched = played.get(id);
    due.delete(id);
    reported.set(id, watched ?? 0);
    return { post_id: id as PostId, ...(watched === undefined ? {} : { watched }) };
  });
  call<typeof reportSeen>('POST /feed/seen', { body: { posts }, keepalive: true }).catch(
    (error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      console.info('What was seen could not be reported:', error);
      // Only what may work later is worth another try, with the next report.
      if (error.isPassing) for (const id of ids) due.add(id);
    },
  );
  if (due.size > 0) timer = setTimeout(report, EVERY);
}
