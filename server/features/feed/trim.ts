import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { perContext } from '../../kernel/near-cache.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { ACTIVE_DAYS, daysAgo } from './days.ts';
import {
  holdHomes,
  insertGrown,
  listGrown,
  NOTHING_COMPLETE,
  noteNeverRead,
  removeGrown,
  setComplete,
} from './homes-store.ts';
import { nthEntry, removeBelow } from './store.ts';

/** Cuts the feeds of those who may have more entries than one keeps. */
export const TRIM = 'feed.trim';
/** A feed is looked at, on average, each time that this part of what it keeps has been pushed to it. */
const LOOKED_AT_EACH = 4;
const PEOPLE_AT_ONCE = 100;
/** Entries that one transaction removes. */
const REMOVED_AT_ONCE = 2000;
const ASK_EVERY_MS = 1000;

const every = (ctx: Context) => Math.max(1, Math.ceil(ctx.config.feedEntries / LOOKED_AT_EACH));

/** Whether so many entries at once are worth a look. */
export const mayHaveGrown = (ctx: Context, entries: number) => entries >= every(ctx);

/** Notes some of the people to whom a post was pushed. True when somebody was noted. */
export async function noteGrown(
  ctx: Context,
  tx: Transaction,
  postId: PostId,
  people: readonly PersonId[],
): Promise<boolean> {
  const some = someOf(ctx, postId, people);
  await markGrown(tx, some);
  return some.length > 0;
}

/**
 * Some of the people to whom a post was pushed, others for each post: whoever gets many is noted sooner or
 * later, and nobody counts.
 */
export function someOf(ctx: Context, postId: PostId, people: readonly PersonId[]): PersonId[] {
  const step = every(ctx);
  // The lowest bits of an id hardly change from post to post (kernel/ids.ts).
  const first = Number((BigInt(postId) >> 22n) % BigInt(step));
  const some: PersonId[] = [];
  for (let at = first; at < people.length; at += step) some.push(people[at] as PersonId);
  return some;
}

export async function markGrown(tx: Transaction, people: readonly PersonId[]): Promise<void> {
  await insertGrown(tx, people);
}

const asked = perContext(() => ({ at: 0 }));

/** Asks for the job; at most once a second, so that many fan-outs do not wait for one row of it. */
export function trimSoon(ctx: Context): void {
  const last = asked(ctx);
  const now = performance.now();
  if (last.at > 0 && now - last.at < ASK_EVERY_MS) return;
  last.at = now;
  const runAt = new Date(ctx.clock.millis() + ASK_EVERY_MS);
  ctx.jobs
    .add(ctx.db, { task: TRIM, key: TRIM, payload: {}, runAt })
    .catch((error) => ctx.log.warn({ err: error }, 'feeds are cut later'));
}

/** The job: cuts all feeds that were noted, each in a transaction of its own. */
export async function trimFeeds(ctx: Context): Promise<void> {
  for (;;) {
    const people = await listGrown(ctx.db, PEOPLE_AT_ONCE);
    for (const personId of people) await trimFeed(ctx, personId);
    if (people.length < PEOPLE_AT_ONCE) return;
  }
}

/**
 * Cuts one feed to what it keeps. What is cut and what counts as complete change together, so a read
 * finds the older posts in the lists of their authors.
 */
export async function trimFeed(ctx: Context, personId: PersonId): Promise<void> {
  for (let more = true; more; ) {
    more = await ctx.db.transaction(async (tx) => {
      await removeGrown(tx, personId);
      const from = (await holdHomes(tx, [personId], '0')).get(personId);
      if (from === undefined || from === NOTHING_COMPLETE) return false;
      const last = await nthEntry(tx, personId, ctx.config.feedEntries);
      if (last === null) return false;
      const cut = BigInt(last) > BigInt(from) ? last : from;
      await setComplete(tx, personId, cut);
      // Who never reads is counted as away, some time after they have a full feed.
      await noteNeverRead(tx, personId, daysAgo(ctx, ACTIVE_DAYS + 1));
      return removeBelow(tx, personId, cut, REMOVED_AT_ONCE);
    });
  }
}
