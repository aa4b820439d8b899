import type { PersonId, PostId } from '../../../api/ids.ts';
import { ofMarks } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';

/** A save as its person's list has it. */
export interface SaveInList {
  post_id: PostId;
  /** Time-ordered; the list pages by it. */
  save_id: string;
}

/**
 * Writes both rows of a save; false when it was there before. Either way the person's own row stays
 * locked until the transaction ends, so that what is built on it (collections) cannot lose it.
 */
export async function insertSave(
  tx: Transaction,
  save: { personId: PersonId; postId: PostId; authorId: PersonId; saveId: string; at: Date },
): Promise<boolean> {
  const [row] = await tx.query<{ save_id: string }>(
    `insert into saves_by_person (person_id, post_id, save_id, author_id, created_at)
     values ($1, $2, $3, $4, $5)
     on conflict (person_id, post_id) do update set author_id = excluded.author_id
     returning save_id`,
    [save.personId, save.postId, save.saveId, save.authorId, save.at],
  );
  if (row?.save_id !== save.saveId) return false;
  tx.touchLoosely(ofMarks(save.personId));
  await tx.query('insert into saves_by_post (post_id, person_id) values ($1, $2)', [
    save.postId,
    save.personId,
  ]);
  return true;
}

/** Removes both rows and gives the save that it was; null when there was none. */
export async function removeSave(
  tx: Transaction,
  personId: PersonId,
  postId: PostId,
): Promise<{ save_id: string; author_id: PersonId } | null> {
  const [gone] = await tx.query<{ save_id: string; author_id: PersonId }>(
    `delete from saves_by_person where person_id = $1 and post_id = $2
     returning save_id, author_id`,
    [personId, postId],
  );
  if (!gone) return null;
  tx.touchLoosely(ofMarks(personId));
  await tx.query('delete from saves_by_post where post_id = $1 and person_id = $2', [
    postId,
    personId,
  ]);
  return gone;
}

export async function isSaved(q: Queryable, personId: PersonId, postId: PostId): Promise<boolean> {
  const rows = await q.query(
    'select save_id from saves_by_person where person_id = $1 and post_id = $2',
    [personId, postId],
  );
  return rows.length > 0;
}

/** What a person saved, newest first. */
export async function listSaves(
  q: Queryable,
  personId: PersonId,
  take: number,
  before: string | null,
): Promise<SaveInList[]> {
  return q.query<SaveInList>(
    `select post_id, save_id from saves_by_person
     where person_id = $1 and save_id < coalesce($3::bigint, 9223372036854775807)
     order by save_id desc limit $2`,
    [personId, take, before],
  );
}

/** Up to `take` people who saved a post, in the order of their ids. */
export async function saversOf(q: Queryable, postId: PostId, take: number): Promise<PersonId[]> {
  const rows = await q.query<{ person_id: PersonId }>(
    'select person_id from saves_by_post where post_id = $1 order by person_id limit $2',
    [postId, take],
  );
  return rows.map((row) => row.person_id);
}
