import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { Consumer } from '../../kernel/events.ts';
import type { Queryable } from '../../ports/db/db.ts';
import { mostFollowedPeople } from '../people/store.ts';
import { FOLLOWED, UNFOLLOWED } from './follow.ts';
import { type Met, meetableIn } from './relations.ts';
import { listFollowing } from './store.ts';
import {
  dismissedAmong,
  lastRun,
  latestFollowed,
  readPopular,
  type Suggestion,
  savePopular,
  saveSuggestions,
} from './suggestions-store.ts';

/** The job that works out somebody's suggestions anew; payload: `person_id`. */
export const SUGGEST = 'suggest';
/** The job that finds the most followed people anew; no payload. */
export const FIND_POPULAR = 'find_popular';

/** Whom the newest follows lead to, and no more: the work is the same for whoever follows thousands. */
const FRIENDS_MAX = 200;
const FRIENDS_AT_ONCE = 50;
const PER_FRIEND_MAX = 100;
/** Judged before they are kept; so many are kept, more than are shown, as some are followed meanwhile. */
const CANDIDATES_MAX = 200;
const KEPT_MAX = 60;
/** Those who lead to somebody: more than are named, as one may be gone when it is read. */
const VIA_KEPT = 5;
const POPULAR_MAX = 200;

/** Whether somebody lets themselves be suggested to strangers. */
function wantsToBeSuggested({ person }: Met): boolean {
  return person.suggest_me;
}

/**
 * Works out whom somebody may want to know, and keeps it: friends of friends, or the most followed when
 * there are none. At most some ten statements, however many are followed.
 */
export async function suggest(ctx: Context, personId: PersonId): Promise<void> {
  let found = await friendsOfFriends(ctx.db, personId);
  if (found.length === 0) {
    const popular = await popularPeople(ctx);
    found = await fitting(
      ctx.db,
      personId,
      popular.map((suggestedId) => ({ suggestedId, via: [], viaCount: 0 })),
    );
  }
  await ctx.db.transaction((tx) =>
    saveSuggestions(tx, personId, found.slice(0, KEPT_MAX), ctx.clock.now()),
  );
}

async function friendsOfFriends(q: Queryable, personId: PersonId): Promise<Suggestion[]> {
  const friends = await listFollowing(q, personId, FRIENDS_MAX, null);
  const via = new Map<PersonId, PersonId[]>();
  for (let start = 0; start < friends.length; start += FRIENDS_AT_ONCE) {
    const batch = friends.slice(start, start + FRIENDS_AT_ONCE).map((edge) => edge.person_id);
    for (const edge of await latestFollowed(q, batch, PER_FRIEND_MAX)) {
      const known = via.get(edge.followee_id);
      if (known) known.push(edge.follower_id);
      else via.set(edge.followee_id, [edge.follower_id]);
    }
  }
  via.delete(personId);
  for (const { person_id } of friends) via.delete(person_id);
  const best = [...via]
    .sort(([a, from], [b, other]) => other.length - from.length || (BigInt(a) < BigInt(b) ? -1 : 1))
    .slice(0, CANDIDATES_MAX);
  return fitting(
    q,
    personId,
    best.map(([suggestedId, from]) => ({
      suggestedId,
      via: from.slice(0, VIA_KEPT),
      viaCount: from.length,
    })),
  );
}

/** Those who may be suggested now, in the same order. Three statements. */
export async function fitting(
  q: Queryable,
  personId: PersonId,
  candidates: readonly Suggestion[],
): Promise<Suggestion[]> {
  const ids = candidates.map((candidate) => candidate.suggestedId);
  if (ids.length === 0) return [];
  const [met, dismissed] = await Promise.all([
    meetableIn(q, personId, ids),
    dismissedAmong(q, personId, ids),
  ]);
  return candidates.filter(({ suggestedId }) => {
    const found = met.get(suggestedId);
    return found && !dismissed.has(suggestedId) && maySuggest(found);
  });
}

/** The rule for who may be suggested, of people whom the viewer may meet. */
export function maySuggest(met: Met): boolean {
  const { relation, person, viewerId } = met;
  if (person.person_id === viewerId) return false;
  return !relation.following && !relation.requested && wantsToBeSuggested(met);
}

/** The most followed people as the job last found them; the first time, when there are few yet, at once. */
async function popularPeople(ctx: Context): Promise<readonly PersonId[]> {
  return (await readPopular(ctx.db))?.people ?? findPopular(ctx);
}

/** The job behind `FIND_POPULAR`. */
export async function findPopular(ctx: Context): Promise<readonly PersonId[]> {
  const people = await mostFollowedPeople(ctx.db, POPULAR_MAX);
  await savePopular(ctx.db, people, ctx.clock.now());
  return people;
}

export function askToSuggest(ctx: Context, q: Queryable, personId: PersonId): Promise<void> {
  const payload = { person_id: personId };
  return ctx.jobs.add(q, { task: SUGGEST, key: `${SUGGEST}:${personId}`, payload });
}

/** Who follows somebody else now is to be suggested other people, if they have ever looked. */
export const suggestAfterFollow: Consumer = {
  name: 'graph.suggest',
  group: 'people',
  types: [FOLLOWED, UNFOLLOWED],
  async handle(ctx, tx, event) {
    const personId = event.key as PersonId;
    if (await lastRun(tx, personId)) await askToSuggest(ctx, tx, personId);
    return undefined;
  },
};
