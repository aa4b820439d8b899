import type { CollectionId, PersonId, PostId } from '../../../api/ids.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';

export interface CollectionRow {
  collection_id: CollectionId;
  name: string;
  /** Posts in it, also those that its owner may not see at the moment. */
  posts: number;
  created_at: Date;
}

/** A post as it stands in a collection. */
export interface EntryRow {
  post_id: PostId;
  /** Time-ordered; the collection pages by it. */
  entry_id: string;
}

const COLUMNS = 'collection_id, name, posts, created_at';

/** Makes those who make collections for one person take turns, and gives how many there are. */
export async function lockAndCount(tx: Transaction, personId: PersonId): Promise<number> {
  await tx.query('select person_id from people where person_id = $1 for update', [personId]);
  const [row] = await tx.query<{ count: number }>(
    'select count(*)::int as count from collections where person_id = $1',
    [personId],
  );
  return row?.count ?? 0;
}

/** False when the person has one of this name. */
export async function insertCollection(
  tx: Transaction,
  collection: {
    personId: PersonId;
    collectionId: CollectionId;
    name: string;
    folded: string;
    at: Date;
  },
): Promise<boolean> {
  const { personId, collectionId, name, folded, at } = collection;
  const made = await tx.query(
    `insert into collections (person_id, collection_id, name, name_folded, created_at)
     values ($1, $2, $3, $4, $5)
     on conflict (person_id, name_folded) do nothing returning collection_id`,
    [personId, collectionId, name, folded, at],
  );
  return made.length > 0;
}

/** False when there is no such collection. A unique violation on `collections_name` when the name is taken. */
export async function updateName(
  q: Queryable,
  personId: PersonId,
  collectionId: CollectionId,
  name: { name: string; folded: string },
): Promise<boolean> {
  const rows = await q.query(
    `update collections set name = $3, name_folded = $4
     where person_id = $1 and collection_id = $2 returning collection_id`,
    [personId, collectionId, name.name, name.folded],
  );
  return rows.length > 0;
}

export async function removeCollection(
  tx: Transaction,
  personId: PersonId,
  collectionId: CollectionId,
): Promise<void> {
  await tx.query('delete from collections where person_id = $1 and collection_id = $2', [
    personId,
    collectionId,
  ]);
  await tx.query('delete from collection_posts where person_id = $1 and collection_id = $2', [
    personId,
    collectionId,
  ]);
}

export async function findCollection(
  q: Queryable,
  personId: PersonId,
  collectionId: CollectionId,
): Promise<CollectionRow | null> {
  const [row] = await q.query<CollectionRow>(
    `select ${COLUMNS} from collections where person_id = $1 and collection_id = $2`,
    [personId, collectionId],
  );
  return row ?? null;
}

/** Newest first. */
export async function listCollections(
  q: Queryable,
  personId: PersonId,
  take: number,
  before: CollectionId | null,
): Promise<CollectionRow[]> {
  return q.query<CollectionRow>(
    `select ${COLUMNS} from collections
     where person_id = $1 and collection_id < coalesce($3::bigint, 9223372036854775807)
     order by collection_id desc limit $2`,
    [personId, take, before],
  );
}

/** The person's collections that hold a post. */
export async function collectionsWith(
  q: Queryable,
  personId: PersonId,
  postId: PostId,
): Promise<CollectionId[]> {
  const rows = await q.query<{ collection_id: CollectionId }>(
    `select collection_id from collection_posts where person_id = $1 and post_id = $2
     order by collection_id`,
    [personId, postId],
  );
  return rows.map((row) => row.collection_id);
}

/** Puts a post into a collection and counts it, once; false when there is no such collection. */
export async function insertEntry(
  tx: Transaction,
  entry: { personId: PersonId; collectionId: CollectionId; postId: PostId; entryId: string },
): Promise<boolean> {
  const { personId, collectionId, postId, entryId } = entry;
  // The collection's row is locked first, so that it cannot go while something is put into it.
  const found = await tx.query(
    'select collection_id from collections where person_id = $1 and collection_id = $2 for update',
    [personId, collectionId],
  );
  if (found.length === 0) return false;
  const made = await tx.query(
    `insert into collection_posts (person_id, post_id, collection_id, entry_id) values ($1, $2, $3, $4)
     on conflict (person_id, post_id, collection_id) do nothing returning entry_id`,
    [personId, postId, collectionId, entryId],
  );
  if (made.length > 0) await addToCollection(tx, personId, collectionId, 1);
  return true;
}

/** Takes a post out of collections, and counts that. */
export async function removeEntries(
  tx: Transaction,
  personId: PersonId,
  postId: PostId,
  collectionIds: readonly CollectionId[],
): Promise<void> {
  for (const collectionId of collectionIds) {
    // In the order of `insertEntry`: the collection, then what is in it.
    await tx.query(
      'select collection_id from collections where person_id = $1 and collection_id = $2 for update',
      [personId, collectionId],
    );
    const gone = await tx.query(
      `delete from collection_posts where person_id = $1 and post_id = $2 and collection_id = $3
       returning entry_id`,
      [personId, postId, collectionId],
    );
    if (gone.length > 0) await addToCollection(tx, personId, collectionId, -1);
  }
}

async function addToCollection(
  tx: Transaction,
  personId: PersonId,
  collectionId: CollectionId,
  by: 1 | -1,
): Promise<void> {
  await tx.query(
    'update collections set posts = posts + $3 where person_id = $1 and collection_id = $2',
    [personId, collectionId, by],
  );
}

/** What is in a collection, last put in first. */
export async function listEntries(
  q: Queryable,
  personId: PersonId,
  collectionId: CollectionId,
  take: number,
  before: string | null,
): Promise<EntryRow[]> {
  return q.query<EntryRow>(
    `select post_id, entry_id from collection_posts
     where person_id = $1 and collection_id = $2
       and entry_id < coalesce($4::bigint, 9223372036854775807)
     order by entry_id desc limit $3`,
    [personId, collectionId, take, before],
  );
}

/** A stretch of each of these collections, `take` posts long, last put in first. */
export async function newestEntries(
  q: Queryable,
  personId: PersonId,
  collectionIds: readonly CollectionId[],
  take: number,
  skip: number,
): Promise<{ collection_id: CollectionId; post_id: PostId }[]> {
  return q.query(
    `select c.collection_id, e.post_id from collections c
     cross join lateral (
       select post_id, entry_id from collection_posts
       where person_id = c.person_id and collection_id = c.collection_id
       order by entry_id desc limit $3 offset $4) e
     where c.person_id = $1 and c.collection_id = any($2::bigint[])
     order by c.collection_id, e.entry_id desc`,
    [personId, collectionIds, take, skip],
  );
}
