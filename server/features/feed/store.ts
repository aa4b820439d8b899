import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';
import type { PostInList } from '../posts/store.ts';

/** A stretch of someone's pushed feed, newest first: one index scan, whatever they follow. */
export async function readEntries(
  q: Queryable,
  personId: PersonId,
  take: number,
  before: PostId | null,
): Promise<PostInList[]> {
  return q.query<PostInList>(
    `select post_id, author_id, repost_of, repost_author_id from feed_entries
     where person_id = $1 and post_id < coalesce($3::bigint, 9223372036854775807)
     order by post_id desc limit $2`,
    [personId, take, before],
  );
}

/** Appends in bulk. Entries that are there already stay as they are. */
export async function insertEntries(
  tx: Transaction,
  entries: readonly ({ person_id: PersonId } & PostInList)[],
): Promise<void> {
  await insertMany(tx, {
    table: 'feed_entries',
    columns: {
      person_id: 'bigint',
      post_id: 'bigint',
      author_id: 'bigint',
      repost_of: 'bigint',
      repost_author_id: 'bigint',
    },
    key: ['person_id', 'post_id'],
    rows: entries,
    onConflict: '(person_id, post_id) do nothing',
  });
}

/** Takes all posts of one author out of a feed. */
export async function removeAuthor(tx: Transaction, personId: PersonId, authorId: PersonId) {
  await tx.query('delete from feed_entries where person_id = $1 and author_id = $2', [
    personId,
    authorId,
  ]);
}

/** Takes a post that is gone out of these people's feeds. */
export async function removeFromFeeds(
  tx: Transaction,
  people: readonly PersonId[],
  postId: PostId,
): Promise<void> {
  if (people.length === 0) return;
  await tx.query('delete from feed_entries where person_id = any($1::bigint[]) and post_id = $2', [
    people,
    postId,
  ]);
}

/** Takes single posts out of a feed. */
export async function removeEntries(
  tx: Transaction,
  personId: PersonId,
  postIds: readonly PostId[],
): Promise<void> {
  if (postIds.length === 0) return;
  await tx.query('delete from feed_entries where person_id = $1 and post_id = any($2::bigint[])', [
    personId,
    postIds,
  ]);
}
