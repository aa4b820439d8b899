/** What the person at it wants of a video: `auto` until they have said. */
export type Wish = 'auto' | 'play' | 'pause';

/** A video that could play. */
export interface Candidate {
  /** How much of it is in the window, or of the window it fills, from 0 to 1; the larger of both. */
  readonly seen: number;
  /** Pixels between its middle and that of the window. */
  readonly distance: number;
  readonly wish: Wish;
  /** Nothing stands over it: no sheet, no other video on the full screen. */
  readonly inFront: boolean;
}

/** So much must be in view before a video plays by itself. */
const ENOUGH = 0.6;
/** One that was started by hand goes on as long as this much is. */
const ENOUGH_BY_HAND = 0.25;

/** Which one plays, because only one does: one that was asked for before all others, else the nearest. */
export function chooseOne<C extends Candidate>(all: readonly C[], auto: boolean): C | null {
  const front = all.filter((one) => one.inFront);
  const asked = front.filter(({ wish, seen }) => wish === 'play' && seen >= ENOUGH_BY_HAND);
  const able = front.filter(({ wish, seen }) => auto && wish === 'auto' && seen >= ENOUGH);
  const [first = null, ...more] = asked.length > 0 ? asked : able;
  return more.reduce((best, one) => (best && best.distance <= one.distance ? best : one), first);
}
