import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { readDays } from './days.ts';
import { type Entries, NOTHING_COMPLETE, noteRead, readCompleteEntries } from './homes-store.ts';

/** Makes somebody's feed anew from the lists of whom they follow. */
export const REBUILD_HOME = 'feed.rebuild';

/**
 * The newest entries of somebody who reads their feed, which is noted: at once for who comes back after
 * a pause, so that from this read on they count among the active; afterwards for who was here yesterday.
 */
export async function openHome(ctx: Context, personId: PersonId, take: number): Promise<Entries> {
  const days = readDays(ctx);
  let home = await readCompleteEntries(ctx.db, personId, take, null);
  const paused = home?.lastReadOn == null || home.lastReadOn < days.pausedBefore;
  if (home === null || paused) {
    await ctx.db.transaction((tx) => noteRead(tx, personId, days));
    home = await readCompleteEntries(ctx.db, personId, take, null);
    if (home === null) throw new Error(`the feed of ${personId} went away`);
  } else if (home.lastReadOn !== days.today) {
    later(
      ctx,
      ctx.db.transaction((tx) => noteRead(tx, personId, days)),
    );
  }
  if (home.completeFrom === NOTHING_COMPLETE) {
    const payload = { person_id: personId };
    const job = { task: REBUILD_HOME, key: `${REBUILD_HOME}:${personId}`, payload };
    later(ctx, ctx.jobs.add(ctx.db, job));
  }
  return home;
}

/** Nobody waits for it, and the next read that finds nothing in memory tries again. */
function later(ctx: Context, work: Promise<unknown>): void {
  work.catch((error) => ctx.log.warn({ err: error }, 'a read of a feed could not be noted'));
}
