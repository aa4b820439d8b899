import type { Context } from '../context.ts';
import { sweepAccountMails } from '../features/accounts/mails/sweep.ts';
import { sweepExplore } from '../features/explore/sweep.ts';
import { trimSoon } from '../features/feed/trim.ts';
import { sweepUploads } from '../features/media/sweep.ts';
import { foldCounts } from '../features/posts/fold-counts.ts';
import { sweepRankedFeeds } from '../features/ranking/ranked-feeds.ts';
import { sweepSeen } from '../features/ranking/seen.ts';
import { sweepOrphansSoon } from '../features/storage/orphans.ts';
import { scrubSoon } from '../features/storage/scrub.ts';
import { sweepEvents } from '../kernel/events.ts';
import { sweepIdempotencyKeys } from '../kernel/idempotency.ts';

export const SWEEP = 'sweep';
const SWEEP_EVERY_MS = 3600 * 1000;

/** Once an hour: takes away what nobody needs any more. Each part works in batches and can be repeated. */
export async function sweep(ctx: Context): Promise<void> {
  const runAt = new Date(ctx.clock.millis() + SWEEP_EVERY_MS);
  // The next round first: a part that keeps failing must not stop all later rounds.
  await ctx.jobs.add(ctx.db, { task: SWEEP, key: SWEEP, payload: {}, runAt });
  // Both ask for their own next runs; this is for when those were given up.
  await scrubSoon(ctx);
  await sweepOrphansSoon(ctx);
  trimSoon(ctx);
  await sweepUploads(ctx);
  await sweepEvents(ctx);
  await sweepIdempotencyKeys(ctx);
  await sweepAccountMails(ctx);
  await foldCounts(ctx);
  await sweepExplore(ctx);
  await sweepSeen(ctx);
  await sweepRankedFeeds(ctx);
}
