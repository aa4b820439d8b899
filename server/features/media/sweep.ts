import type { Context } from '../../context.ts';
import {
  type AbandonedUpload,
  abandonUploads,
  forgetUsedUploads,
  KEPT_MS,
  removeAbandoned,
} from './uploads-store.ts';

/** What was begun in the last moment of an upload, such as joining its parts, is through by then. */
const GRACE_MS = 15 * 60_000;
/** Long enough that confirming twice is still answered with `upload_used`. */
const USED_KEPT_MS = 7 * 24 * 60 * 60_000;
const BATCH = 100;

/**
 * Removes uploads that were never confirmed, are older than a day and in no draft, bytes and rows; and the rows of those
 * that became posts a week ago. May be stopped at any moment and run again. Gives how many of each.
 */
export async function sweepUploads(
  ctx: Pick<Context, 'db' | 'blobs' | 'clock'>,
): Promise<{ abandoned: number; forgotten: number }> {
  const now = ctx.clock.now();
  const before = (ms: number) => new Date(now.getTime() - ms);
  let abandoned = 0;
  for (;;) {
    const batch = await abandonUploads(ctx.db, before(KEPT_MS + GRACE_MS), now, BATCH);
    await discardAbandoned(ctx, batch);
    abandoned += batch.length;
    if (batch.length < BATCH) break;
  }
  let forgotten = 0;
  for (;;) {
    const batch = await forgetUsedUploads(ctx.db, before(USED_KEPT_MS), BATCH);
    forgotten += batch;
    if (batch < BATCH) break;
  }
  return { abandoned, forgotten };
}

/** Removes uploads that nobody can use any more. What this does not get to, the next sweep finds. */
export async function discardAbandoned(
  ctx: Pick<Context, 'db' | 'blobs'>,
  uploads: readonly AbandonedUpload[],
): Promise<void> {
  for (const { person_id, upload_id, blob_key } of uploads) {
    // The bytes first: a row without them is found again by the next sweep, bytes without a row never.
    await ctx.blobs.removeParts(blob_key);
    await ctx.blobs.remove(blob_key);
    await removeAbandoned(ctx.db, person_id, upload_id);
  }
}
