import type { PersonId } from '../../../api/ids.ts';
import { PULLED_AUTHORS } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';

/** How the posts of an author come into feeds; without a row they are pushed, and that is all. */
export interface AuthorRow {
  author_id: PersonId;
  /** pull: a read merges them. both: they are pushed again, and still merged. */
  mode: 'pull' | 'both';
  version: string;
  /** Of `both`: when it began, as ids count time. */
  began: string;
  /** Of `both`: followers up to this one have what was posted meanwhile; all of those that there were. */
  brought_after: PersonId | '0';
  brought_all: boolean;
}

const COLUMNS = 'author_id, mode, version, began, brought_after, brought_all';

/** Everyone whose posts a read merges. Few: who has very many followers, and who had until lately. */
export async function listMergedAuthors(q: Queryable): Promise<PersonId[]> {
  const rows = await q.query<{ author_id: PersonId }>(
    'select author_id from feed_authors order by author_id',
  );
  return rows.map((row) => row.author_id);
}

export async function modeOf(q: Queryable, authorId: PersonId): Promise<AuthorRow | null> {
  const [row] = await q.query<AuthorRow>(
    `select ${COLUMNS} from feed_authors where author_id = $1`,
    [authorId],
  );
  return row ?? null;
}

/** How posts of these people go, and to how many followers, in the order of their ids; mode null: pushed. */
export async function modesOf(
  q: Queryable,
  people: readonly PersonId[],
): Promise<{ author_id: PersonId; mode: AuthorRow['mode'] | null; followers: number }[]> {
  return q.query(
    `select c.person_id as author_id, a.mode, c.followers
     from person_counts c left join feed_authors a on a.author_id = c.person_id
     where c.person_id = any($1::bigint[]) order by c.person_id`,
    [people],
  );
}

/** Its whole row, locked until the transaction ends; null when the mode is another one or of another switch. */
export async function lockBoth(
  tx: Transaction,
  authorId: PersonId,
  version: string,
): Promise<AuthorRow | null> {
  const [row] = await tx.query<AuthorRow>(
    `select ${COLUMNS} from feed_authors
     where author_id = $1 and version = $2 and mode = 'both' for update`,
    [authorId, version],
  );
  return row ?? null;
}

/** From now on nothing of this author is pushed. */
export async function switchToPull(tx: Transaction, authorId: PersonId, version: string) {
  tx.touch(PULLED_AUTHORS);
  await tx.query(
    `insert into feed_authors (author_id, mode, version) values ($1, 'pull', $2)
     on conflict (author_id) do update set mode = 'pull', version = excluded.version
       where feed_authors.mode = 'both'`,
    [authorId, version],
  );
}

/** From now on posts are pushed again, and still merged; false when they were not only merged. */
export async function switchToBoth(
  tx: Transaction,
  authorId: PersonId,
  { version, began }: { version: string; began: string },
): Promise<boolean> {
  const rows = await tx.query(
    `update feed_authors
     set mode = 'both', version = $2, began = $3, brought_after = 0, brought_all = false
     where author_id = $1 and mode = 'pull' returning author_id`,
    [authorId, version, began],
  );
  return rows.length > 0;
}

export async function moveBrought(
  tx: Transaction,
  authorId: PersonId,
  to: { after: string; all: boolean },
): Promise<void> {
  await tx.query(
    'update feed_authors set brought_after = $2, brought_all = $3 where author_id = $1',
    [authorId, to.after, to.all],
  );
}

/** From now on posts are pushed, and that is all. The caller holds the row. */
export async function switchToPush(tx: Transaction, authorId: PersonId): Promise<void> {
  tx.touch(PULLED_AUTHORS);
  await tx.query('delete from feed_authors where author_id = $1', [authorId]);
}
