import type { PersonId } from '../../../api/ids.ts';
import type { Profile } from '../../../api/people.ts';
import type { Context } from '../../context.ts';
import type { Queryable } from '../../ports/db/db.ts';
import { meetable } from './relations.ts';
import {
  type EdgeRow,
  followedAmong,
  followerBatch,
  followersAmong,
  listFollowing,
} from './store.ts';

/** Edges of the viewer that are looked at in one statement. */
const MUTUALS_BATCH = 1000;
/** The preview looks at so many batches at most: the rest is for whoever opens the list. */
const PREVIEW_BATCHES = 3;
const PREVIEW_COUNT_MAX = 100;
const PREVIEW_NAMES = 2;

/**
 * Followers of a person whom the viewer follows, in the order in which the viewer came to follow them,
 * newest first. The two sides lie under different keys, so each batch is two statements.
 */
export async function listMutuals(
  q: Queryable,
  viewerId: PersonId,
  personId: PersonId,
  take: number,
  before: string | null,
  batchesMax = Number.POSITIVE_INFINITY,
): Promise<EdgeRow[]> {
  const found: EdgeRow[] = [];
  let cursor = before;
  for (let batch = 0; batch < batchesMax && found.length < take; batch += 1) {
    const edges = await listFollowing(q, viewerId, MUTUALS_BATCH, cursor);
    const ids = edges.map((edge) => edge.person_id);
    const mutual = await followersAmong(q, personId, ids);
    found.push(...edges.filter((edge) => mutual.has(edge.person_id)));
    cursor = edges.at(-1)?.edge_id ?? cursor;
    if (edges.length < MUTUALS_BATCH) break;
  }
  return found.slice(0, take);
}

const NOBODY: Profile['mutual_followers'] = { usernames: [], count: 0 };

/** "Followed by alice and 3 others". Six statements at most beside the two that judge who may be named. */
export async function previewMutuals(
  ctx: Context,
  viewerId: PersonId,
  personId: PersonId,
  followers: number,
): Promise<Profile['mutual_followers']> {
  if (viewerId === personId || followers === 0) return NOBODY;
  const ids = await findMutuals(ctx.db, viewerId, personId, followers);
  const met = await meetable(ctx, viewerId, ids);
  const named = ids.flatMap((id) => met.get(id)?.person.username ?? []);
  return { usernames: named.slice(0, PREVIEW_NAMES), count: named.length };
}

/** From whichever side is the shorter one. */
async function findMutuals(
  q: Queryable,
  viewerId: PersonId,
  personId: PersonId,
  followers: number,
): Promise<PersonId[]> {
  if (followers > MUTUALS_BATCH) {
    const take = PREVIEW_COUNT_MAX;
    const edges = await listMutuals(q, viewerId, personId, take, null, PREVIEW_BATCHES);
    return edges.map((edge) => edge.person_id);
  }
  const all = await followerBatch(q, personId, '0', MUTUALS_BATCH);
  const followed = await followedAmong(q, viewerId, all);
  return all.filter((id) => followed.has(id)).slice(0, PREVIEW_COUNT_MAX);
}
