/**
 * What each thing that one person does with another's posts, or with them, adds to how close they stand.
 * Chosen by what it costs to do: a tap is 1, words are 3, carrying something on to others is 4, naming
 * somebody in one's own picture is 5; a look at a profile is half a tap. See docs/decisions/0021-ranking.md.
 */
export const INTERACTIONS = {
  like: 1,
  comment: 3,
  reply: 3,
  save: 3,
  repost: 4,
  share: 4,
  tag: 5,
  visit: 0.5,
  message: 2,
} as const;
export type InteractionKind = keyof typeof INTERACTIONS;

/** What was done is worth half after so long. */
export const HALF_LIFE_MS = 30 * 24 * 3600 * 1000;
/** Nobody stands closer than this: some hundred likes of the last month. */
export const AFFINITY_MAX = 100;
/** People that one stands close to, but for some who are yet to leave: the least close. */
export const AFFINITIES_MAX = 500;
/** How likely it is that somebody has to leave when somebody new comes. */
export const TRIM_CHANCE = 1 / 16;
/** A visit to the same profile counts again after so long. */
export const VISIT_EVERY_MS = 3600 * 1000;

/** What a score of then is worth now. */
export function decayed(score: number, at: Date, now: Date): number {
  const passed = Math.max(0, now.getTime() - at.getTime());
  return score * 0.5 ** (passed / HALF_LIFE_MS);
}
