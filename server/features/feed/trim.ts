import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { compareIds } from '../../kernel/ids.ts';
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
  setCompleteEach,
} from './homes-store.ts';
import { type Cut, nthEntries, removeBelowEach } from './store.ts';

/** Cuts the feeds of those who may have more entries than one keeps. */
export const TRIM = 'feed.trim';
/** A feed is looked at, on average, each time that this part of what it keeps has been pushed to it. */
const LOOKED_AT_EACH = 4;
/** Feeds that one transaction looks at, and entries that it removes of each. */
const PEOPLE_AT_ONCE = 40;
const REMOVED_AT_ONCE = 500;
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

/** The job: cuts all feeds that were noted, some of them in one transaction. */
export async function trimFeeds(ctx: Context): Promise<void> {
  for (;;) {
    const people = await listGrown(ctx.db, PEOPLE_AT_ONCE);
    for (let left = people; left.length > 0; ) {
      left = await ctx.db.transaction((tx) => trimSome(ctx, tx, left));
    }
    if (people.length < PEOPLE_AT_ONCE) return;
  }
}

/**
 * Cuts feeds to what they keep, those of them that have more. What is cut and what counts as complete
 * change together, so a read finds the older posts in the lists of their authors. Gives those of whom
 * more is to be removed.
 */
export async function trimSome(
  ctx: Context,
  tx: Transaction,
  people: readonly PersonId[],
): Promise<PersonId[]> {
  const cuts = await cutsOf(ctx, tx, people);
  const cut = cuts.map(({ person_id }) => person_id);
  const [left] = await Promise.all([
    removeBelowEach(tx, cuts, REMOVED_AT_ONCE),
    setCompleteEach(tx, cuts),
    // Who never reads is counted as away, some time after they have a full feed.
    noteNeverRead(tx, cut, daysAgo(ctx, ACTIVE_DAYS + 1)),
    // Last, because a round that notes one of them waits from here to the commit. What it pushes
    // meanwhile may stay unnoted, until a later one notes them.
    removeGrown(tx, people),
  ]);
  return left;
}

/** Where the feeds of those that have more than they keep are to be cut. Their rows are held from here. */
async function cutsOf(ctx: Context, tx: Transaction, people: readonly PersonId[]): Promise<Cut[]> {
  const lasts = await nthEntries(tx, people, ctx.config.feedEntries);
  const homes = await holdHomes(tx, [...lasts.keys()], '0');
  return [...lasts].flatMap(([person_id, last]) => {
    const from = homes.get(person_id);
    if (from === undefined || from === NOTHING_COMPLETE) return [];
    return [{ person_id, post_id: compareIds(last, from) > 0 ? last : (from as PostId) }];
  });
}
