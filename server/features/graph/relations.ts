import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { KnownFacts } from '../../kernel/near-facts.ts';
import { Problem } from '../../kernel/problem.ts';
import {
  type Meeting,
  mayMeet,
  maySeeContentOf,
  maySeePerson,
  type Relation,
  STRANGER,
} from '../../kernel/visibility.ts';
import type { Queryable } from '../../ports/db/db.ts';
import { hydratePeople } from '../people/hydrate.ts';
import { nearPeople, nearUsernames } from '../people/near.ts';
import { personCalled } from '../people/read.ts';
import type { PersonRow } from '../people/store.ts';
import { nearTies } from './near-ties.ts';
import { ALL_KINDS, findRelations, findRelationsToward } from './relations-store.ts';

/** What stands between a viewer and others. Whoever is not in it is a stranger. */
export type Relations = KnownFacts<PersonId, Relation>;

/** One statement, bounded by `others`. A visitor has no relations. `kinds` not asked for are false. */
export async function relationsAmong(
  q: Queryable,
  viewerId: PersonId | null,
  others: readonly PersonId[],
  kinds: readonly (keyof Relation)[] = ALL_KINDS,
): Promise<Relations> {
  if (viewerId === null || others.length === 0) return new Map();
  const relations = new Map<PersonId, Relation>();
  for (const { other_id, kind } of await findRelations(q, viewerId, [...new Set(others)], kinds)) {
    relations.set(other_id, { ...(relations.get(other_id) ?? STRANGER), [kind]: true });
  }
  return relations;
}

/** The other way round: how each of `viewerIds` stands to one person. For posts; see `KINDS_FOR_POSTS`. */
export async function relationsToward(
  q: Queryable,
  personId: PersonId,
  viewerIds: readonly PersonId[],
): Promise<Relations> {
  const relations = new Map<PersonId, Relation>();
  for (const { viewer_id, kind } of await findRelationsToward(q, personId, viewerIds)) {
    relations.set(viewer_id, { ...(relations.get(viewer_id) ?? STRANGER), [kind]: true });
  }
  return relations;
}

export async function relationTo(q: Queryable, viewerId: PersonId | null, other: PersonId) {
  return (await relationsAmong(q, viewerId, [other])).get(other) ?? STRANGER;
}

/** The same from what is near. Not for what runs in a transaction. */
async function nearRelationTo(ctx: Context, viewerId: PersonId | null, other: PersonId) {
  if (viewerId === null) return STRANGER;
  return (await nearTies(ctx).get(viewerId, [other])).get(other) ?? STRANGER;
}

/** Somebody whom the viewer has looked up, and what stands between them. */
export interface Met {
  readonly person: PersonRow;
  readonly viewerId: PersonId | null;
  readonly relation: Relation;
}

/** The person of this name, if they are there for the viewer. Throws `user_not_found`. */
export async function meet(
  ctx: Context,
  username: string,
  viewerId: PersonId | null,
): Promise<Met> {
  const personId = await personCalled(ctx, username);
  const [person, relation] = await Promise.all([
    nearPeople(ctx).get(personId),
    nearRelationTo(ctx, viewerId, personId),
  ]);
  if (!person || !maySeePerson({ person, viewerId, relation })) throw new Problem('user_not_found');
  return { person, viewerId, relation };
}

/**
 * As `meetContentOf` without waiting; null when something is not near, and when that refuses: it says why.
 */
export function peekContentOf(ctx: Context, username: string, viewerId: PersonId | null) {
  const personId = nearUsernames(ctx).peek(username.toLowerCase())?.person_id;
  const person = personId && nearPeople(ctx).peek(personId);
  if (!person) return null;
  const relation =
    viewerId === null ? STRANGER : nearTies(ctx).peek(viewerId)?.get(person.person_id);
  const met = relation && { person, viewerId, relation };
  return met && maySeeContentOf(met) ? met : null;
}

/**
 * The same for a list of what this person shares (posts, followers, following): `account_private` when
 * the viewer sees the person but not that.
 */
export async function meetContentOf(ctx: Context, username: string, viewerId: PersonId | null) {
  const met = await meet(ctx, username, viewerId);
  if (!maySeeContentOf(met)) {
    if (met.relation.blocking) {
      throw new Problem(
        'account_private',
        'You have blocked this person. Unblock them to see more.',
      );
    }
    throw new Problem('account_private');
  }
  return met;
}

/**
 * Those of `ids` who may stand in a list before the viewer, with what stands between them. `may` is the
 * rule of a list that has one of its own. Not for what runs in a transaction: see `meetableIn`.
 */
export async function meetable(
  ctx: Context,
  viewerId: PersonId | null,
  ids: readonly PersonId[],
  may: (meeting: Meeting) => boolean = mayMeet,
): Promise<Map<PersonId, Met>> {
  if (ids.length === 0) return new Map();
  const [people, relations] = await Promise.all([
    nearPeople(ctx).getMany(ids),
    viewerId === null ? NO_RELATIONS : nearTies(ctx).get(viewerId, ids),
  ]);
  return meetings({ people, relations, viewerId }, ids, may);
}

/** The same from the database, in two statements. */
export async function meetableIn(
  q: Queryable,
  viewerId: PersonId | null,
  ids: readonly PersonId[],
): Promise<Map<PersonId, Met>> {
  const [people, relations] = await Promise.all([
    hydratePeople(q, ids),
    relationsAmong(q, viewerId, ids),
  ]);
  return meetings({ people, relations, viewerId }, ids, mayMeet);
}

const NO_RELATIONS: Relations = new Map();

interface Known {
  readonly people: ReadonlyMap<PersonId, PersonRow>;
  readonly relations: Relations;
  readonly viewerId: PersonId | null;
}

function meetings(
  { people, relations, viewerId }: Known,
  ids: readonly PersonId[],
  may: (meeting: Meeting) => boolean,
): Map<PersonId, Met> {
  const met = new Map<PersonId, Met>();
  for (const id of ids) {
    const person = people.get(id);
    if (!person) continue;
    const meeting = { person, viewerId, relation: relations.get(id) ?? STRANGER };
    if (may(meeting)) met.set(id, meeting);
  }
  return met;
}
