import type { PersonId } from '../../../api/ids.ts';
import { ofPerson } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import type { PersonRow } from './store.ts';

/** What those who run the server look at and change. */
export type Standing = Pick<PersonRow, 'role' | 'state'>;

/** The row is held until the transaction ends. */
export async function lockPerson(tx: Transaction, personId: PersonId): Promise<Standing | null> {
  const [row] = await tx.query<Standing>(
    'select role, state from people where person_id = $1 for update',
    [personId],
  );
  return row ?? null;
}

export async function changePersonRole(
  tx: Transaction,
  personId: PersonId,
  role: Standing['role'],
) {
  tx.touch(ofPerson(personId));
  await tx.query('update people set role = $2 where person_id = $1', [personId, role]);
}

export async function changePersonState(
  tx: Transaction,
  personId: PersonId,
  state: Standing['state'],
) {
  tx.touch(ofPerson(personId));
  await tx.query('update people set state = $2 where person_id = $1', [personId, state]);
}

/** Those who can still log in. */
export async function countAdmins(q: Queryable): Promise<number> {
  const [row] = await q.query<{ count: number }>(
    `select count(*)::int4 as count from people where role = 'admin' and state = 'active'`,
  );
  return row?.count ?? 0;
}

/** Ids newest first, of everyone or of those who fit. Not for hot paths: it asks all shards. */
export async function listPersonIds(
  q: Queryable,
  filter: { role?: Standing['role']; state?: Standing['state']; prefix?: string },
  take: number,
  before: PersonId | null,
): Promise<PersonId[]> {
  const prefix = filter.prefix?.toLowerCase().replaceAll(/[\\_%]/g, (sign) => `\\${sign}`);
  const rows = await q.query<{ person_id: PersonId }>(
    `select person_id from people
     where person_id < coalesce($2::bigint, 9223372036854775807)
       and ($3::text is null or role = $3) and ($4::text is null or state = $4)
       and ($5::text is null or username like $5 || '%')
     order by person_id desc limit $1`,
    [take, before, filter.role ?? null, filter.state ?? null, prefix ?? null],
  );
  return rows.map((row) => row.person_id);
}

/** The counts of several people at once. */
export async function countsOf(
  q: Queryable,
  ids: readonly PersonId[],
): Promise<Map<PersonId, { posts: number; followers: number }>> {
  const rows = await q.query<{ person_id: PersonId; posts: number; followers: number }>(
    `select person_id, posts, followers from person_counts
     where person_id = any($1::bigint[]) order by person_id`,
    [ids],
  );
  return new Map(rows.map((row) => [row.person_id, row]));
}
