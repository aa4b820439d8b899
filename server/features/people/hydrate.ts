import type { PersonId } from '../../../api/ids.ts';
import type { Queryable } from '../../ports/db/db.ts';
import { findPeople, type PersonRow } from './store.ts';

/** Ids → people, in one statement. Who does not exist is not in the map. */
export async function hydratePeople(
  q: Queryable,
  ids: readonly PersonId[],
): Promise<Map<PersonId, PersonRow>> {
  const rows = await findPeople(q, [...new Set(ids)]);
  return new Map(rows.map((row) => [row.person_id, row]));
}
