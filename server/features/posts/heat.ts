/**
 * How fast a post is liked, kept as one number and its time: the likes, each with a weight that halves every
 * hour (exponential decay, as load averages are kept). A rate of r an hour that lasts leads to r / ln 2.
 */
export interface Heat {
  readonly heat: number;
  /** As of when; null: nobody has liked the post yet. */
  readonly heat_at: Date | null;
}

export const HALF_LIFE_MS = 3600 * 1000;
/** After so many half-lives nothing is left: 10⁻¹⁴ of a like. It keeps numbers from ever becoming too small. */
export const HALF_LIVES_MAX = 48;

/** What is left, from 0 to 1, of the weight of what happened at `then`. */
export function weightAt(then: Date, at: Date): number {
  const halfLives = Math.max(0, at.getTime() - then.getTime()) / HALF_LIFE_MS;
  return halfLives > HALF_LIVES_MAX ? 0 : 0.5 ** halfLives;
}

/** Likes an hour of late, at a time. */
export function likesPerHour({ heat, heat_at }: Heat, at: Date): number {
  if (heat_at === null) return 0;
  // What was taken back may leave a little less than nothing.
  return Math.max(0, heat * weightAt(heat_at, at) * Math.LN2);
}

/** Two parts of one heat, as of the later of them. */
export function mixHeat(one: Heat, other: Heat): Heat {
  if (one.heat_at === null || other.heat_at === null) {
    const { heat, heat_at } = one.heat_at === null ? other : one;
    return { heat, heat_at };
  }
  const heat_at = one.heat_at > other.heat_at ? one.heat_at : other.heat_at;
  const heat =
    one.heat * weightAt(one.heat_at, heat_at) + other.heat * weightAt(other.heat_at, heat_at);
  return { heat, heat_at };
}
