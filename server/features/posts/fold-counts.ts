import type { Context } from '../../context.ts';
import { foldSlots, idleSlots } from './counts-store.ts';

/** A slot that nobody has written for so long is not needed for a while. */
export const IDLE_MS = 3600 * 1000;
/** So many posts a round; the next round goes on. */
const POSTS_MAX = 2_000;

/**
 * Folds the slots of posts that are liked no more into one row each, so that they are read as fast as those
 * that never were in a storm. Nothing depends on it: the counts are the same before and after.
 */
export async function foldCounts(ctx: Context): Promise<void> {
  const before = new Date(ctx.clock.millis() - IDLE_MS);
  for (const postId of await idleSlots(ctx.db, before, POSTS_MAX)) {
    await ctx.db.transaction((tx) => foldSlots(tx, postId, before));
  }
}
