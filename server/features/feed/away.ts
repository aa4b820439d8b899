import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { ofHome } from '../../kernel/touch-keys.ts';
import { readDays } from './days.ts';
import {
  type Entries,
  holdHomes,
  NOTHING_COMPLETE,
  noteRead,
  readCompleteEntries,
  readFronts,
  setComplete,
} from './homes-store.ts';
import { pullNewest, sourcesOf } from './pull.ts';
import { insertEntries, removeBelow } from './store.ts';

/** Makes somebody's feed anew from the lists of whom they follow. */
export const REBUILD_HOME = 'feed.rebuild';

/** The newest entries of people who read their feeds; see `openHome`. */
export async function openHomes(
  ctx: Context,
  people: readonly PersonId[],
  take: number,
): Promise<Map<PersonId, Entries>> {
  const fronts = await readFronts(ctx.db, people, take);
  const opened = people.map(
    async (id) => [id, await openHome(ctx, id, take, fronts.get(id) ?? null)] as const,
  );
  return new Map(await Promise.all(opened));
}

/**
 * The newest entries of somebody who reads their feed, as they were `found`, which is noted: at once for who comes back after
 * a pause, so that from this read on they count among the active; afterwards for who was here yesterday.
 */
async function openHome(
  ctx: Context,
  personId: PersonId,
  take: number,
  found: Entries | null,
): Promise<Entries> {
  const days = readDays(ctx);
  let home = found;
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

/** Entries that one transaction removes. */
const REMOVED_AT_ONCE = 2000;

/**
 * The job for who comes back: fills their feed from the lists of all whom they follow, those with very
 * many followers too, and says how far back it is complete. Until then their reads pull.
 */
export async function rebuildHome(ctx: Context, personId: PersonId): Promise<void> {
  const keeps = ctx.config.feedEntries;
  const from = await ctx.db.transaction(async (tx) => {
    // Under the lock: who is followed from now on brings their posts when this is done.
    const held = await holdHomes(tx, [personId], '0');
    if (held.get(personId) !== NOTHING_COMPLETE) return null;
    const span = { take: keeps + 1, before: null, from: '0' };
    const refs = await pullNewest(tx, await sourcesOf(tx, personId), span, ctx.clock.millis());
    const kept = refs.slice(0, keeps);
    const complete = refs.length > keeps ? (kept.at(-1)?.post_id ?? '0') : '0';
    await insertEntries(
      tx,
      kept.map((ref) => ({ person_id: personId, ...ref })),
    );
    await setComplete(tx, personId, complete);
    tx.touch(ofHome(personId));
    return complete;
  });
  if (from === null) return;
  while (await ctx.db.transaction((tx) => removeBelow(tx, personId, from, REMOVED_AT_ONCE)));
}
