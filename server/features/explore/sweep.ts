import type { Context } from '../../context.ts';
import { KEPT_MS } from './make.ts';
import { removeExploreBefore, removePopularBefore } from './store.ts';

const BATCH = 1_000;
/** So long popular posts are kept though nobody asks for them. */
const POPULAR_KEPT_MS = 24 * 3600 * 1000;

/** Forgets what was recommended when nobody pages through it any more. */
export async function sweepExplore(ctx: Context): Promise<void> {
  const before = new Date(ctx.clock.millis() - KEPT_MS);
  while (await removeExploreBefore(ctx.db, before, BATCH));
  await removePopularBefore(ctx.db, new Date(ctx.clock.millis() - POPULAR_KEPT_MS));
}
