import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { NearCache, perContext } from '../../kernel/near-cache.ts';
import { ofRanked } from '../../kernel/touch-keys.ts';
import type { PostInList } from '../posts/store.ts';
import { rankPosts } from './rank.ts';
import {
  findRankedFeed,
  insertRankedFeed,
  latestRankedFeeds,
  type RankedFeed,
  removeRankedBefore,
} from './ranked-store.ts';
import { readSettings } from './settings.ts';

/** Up to 100 KB each. */
const KEPT = 1000;
const KEPT_MS = 5 * 60 * 1000;

/** After so long a first page is ranked anew, for time alone moves posts; as long as feeds are kept near. */
export const RANKED_FRESH_MS = 5 * 60 * 1000;
/** So many of the newest posts are ranked; older ones follow in the order of time. */
export const CANDIDATES_MAX = 500;
/** So many are looked at to see whether a feed has changed. */
export const LOOKED_AT = 100;

/** The latest version of each reader. */
const rankedFeeds = perContext(
  (ctx) =>
    new NearCache<PersonId, RankedFeed>(ctx, {
      max: KEPT,
      ttlMs: KEPT_MS,
      keyOf: ofRanked,
      load: (people) => latestRankedFeeds(ctx.db, people),
    }),
);

/** A version that somebody pages through; null when it has been forgotten, or never was. */
export async function findVersion(
  ctx: Context,
  personId: PersonId,
  version: string,
): Promise<RankedFeed | null> {
  const latest = await latestVersion(ctx, personId);
  if (latest?.version === version) return latest;
  // Of another device, or made by another process a moment ago.
  return findRankedFeed(ctx.db, personId, version);
}

/** The latest one, whether or not it still holds. */
export function latestVersion(ctx: Context, personId: PersonId): Promise<RankedFeed | null> {
  return rankedFeeds(ctx).get(personId);
}

/** Where the posts of a feed come from, newest first. */
export type ReadNewest = (take: number) => Promise<readonly PostInList[]>;

/**
 * The version that a first page is read from: the latest one while nothing that it was ranked from has
 * changed, or else a new one, which is kept for the pages that follow. Null when it cannot be kept.
 */
export async function presentVersion(
  ctx: Context,
  personId: PersonId,
  readNewest: ReadNewest,
): Promise<RankedFeed | null> {
  const [latest, { revision }, newest] = await Promise.all([
    latestVersion(ctx, personId),
    readSettings(ctx, personId),
    readNewest(LOOKED_AT),
  ]);
  const basis = [revision, newest.length, newest[0]?.post_id, newest.at(-1)?.post_id].join(' ');
  const age = latest ? ctx.clock.millis() - latest.made_at.getTime() : 0;
  if (latest?.basis === basis && age >= 0 && age < RANKED_FRESH_MS) return latest;
  return onceAtATime(ctx, personId, async () => {
    const candidates = newest.length < LOOKED_AT ? newest : await readNewest(CANDIDATES_MAX);
    const made_at = ctx.clock.now();
    const posts = await rankPosts(ctx, personId, candidates, made_at);
    try {
      const feed = { version: ctx.ids.next<string>(), made_at, basis, posts };
      await ctx.db.transaction((tx) => insertRankedFeed(tx, personId, feed));
      return feed;
    } catch (error) {
      // A disk that is full, or ids that are not to be had, take the ranking away, and not the feed.
      ctx.log.warn({ err: error, personId }, 'a ranked feed could not be kept');
      return null;
    }
  });
}

const underWay = perContext(() => new Map<PersonId, Promise<RankedFeed | null>>());

/** Who asks while their feed is being ranked gets the same one. */
async function onceAtATime(
  ctx: Context,
  personId: PersonId,
  make: () => Promise<RankedFeed | null>,
): Promise<RankedFeed | null> {
  const flights = underWay(ctx);
  const flight = flights.get(personId) ?? make();
  flights.set(personId, flight);
  try {
    return await flight;
  } finally {
    if (flights.get(personId) === flight) flights.delete(personId);
  }
}

/** Nobody pages through a feed for so long. */
const VERSIONS_KEPT_MS = 7 * 24 * 3600 * 1000;
const SWEEP_BATCH = 500;

/** Forgets feeds that were ranked long ago, in batches. */
export async function sweepRankedFeeds(ctx: Context): Promise<void> {
  const before = new Date(ctx.clock.millis() - VERSIONS_KEPT_MS);
  while (await removeRankedBefore(ctx.db, before, SWEEP_BATCH));
}
