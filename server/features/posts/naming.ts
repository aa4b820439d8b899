import type { PersonId } from '../../../api/ids.ts';
import { mentionsOf } from '../../../api/text.ts';
import type { Queryable } from '../../ports/db/db.ts';
import { type Met, meetableIn } from '../graph/relations.ts';
import { findIdsByUsernames } from '../people/store.ts';

export type NamingKind = 'mention' | 'tag';

/** Somebody who is named in what another one writes. */
export interface Named {
  readonly person_id: PersonId;
  readonly username: string;
}

/** Whether somebody lets the author name them so; the author may name themselves. The one place that is asked. */
export function takes(kind: NamingKind, { person, viewerId, relation }: Met): boolean {
  const from = kind === 'tag' ? person.tags_from : person.mentions_from;
  if (from === 'everyone' || person.person_id === viewerId) return true;
  return from === 'followed' && relation.followed_by;
}

/** Those of `usernames` whom the author may meet, by username in small letters. Three statements. */
export async function peopleNamed(
  q: Queryable,
  authorId: PersonId,
  usernames: readonly string[],
): Promise<Map<string, Met>> {
  const small = [...new Set(usernames.map((name) => name.toLowerCase()))];
  if (small.length === 0) return new Map();
  const held = await findIdsByUsernames(q, small);
  const met = await meetableIn(
    q,
    authorId,
    held.map((row) => row.person_id),
  );
  return new Map(
    held.flatMap(({ username, person_id }): [string, Met][] => {
      const found = met.get(person_id);
      return found ? [[username, found]] : [];
    }),
  );
}

/**
 * The people whom a text mentions, in its order; at most 20. Who does not exist, is not there for the
 * author or does not take mentions is plain text.
 */
export async function mentionedIn(
  q: Queryable,
  authorId: PersonId,
  text: string,
): Promise<Named[]> {
  const usernames = mentionsOf(text);
  const people = await peopleNamed(q, authorId, usernames);
  return usernames.flatMap((username) => {
    const met = people.get(username);
    return met && takes('mention', met) ? [{ person_id: met.person.person_id, username }] : [];
  });
}
