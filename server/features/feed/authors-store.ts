import type { PersonId } from '../../../api/ids.ts';
import type { Queryable } from '../../ports/db/db.ts';

/** Everyone whose posts a read merges. Few: who has very many followers, and who had until lately. */
export async function listMergedAuthors(q: Queryable): Promise<PersonId[]> {
  const rows = await q.query<{ author_id: PersonId }>(
    'select author_id from feed_authors order by author_id',
  );
  return rows.map((row) => row.author_id);
}
