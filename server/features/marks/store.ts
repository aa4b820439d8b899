import type { PersonId, PostId } from '../../../api/ids.ts';
import { ofMarks } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';

export interface NewLike {
  readonly personId: PersonId;
  readonly likeId: string;
}

/**
 * Writes both rows of each like of one post and gives those who did not like it before. Who writes the
 * post's row holds it until the transaction ends, so nobody else touches the person's row meanwhile.
 */
export async function insertLikes(
  tx: Transaction,
  postId: PostId,
  likes: readonly NewLike[],
  at: Date,
): Promise<PersonId[]> {
  const made = await insertMany<string, { person_id: PersonId; like_id: string }>(tx, {
    table: 'likes_by_post',
    columns: { post_id: 'int8', person_id: 'int8', like_id: 'int8', created_at: 'timestamptz' },
    key: ['post_id', 'person_id'],
    rows: likes.map(({ personId, likeId }) => ({
      post_id: postId,
      person_id: personId,
      like_id: likeId,
      created_at: at,
    })),
    onConflict: '(post_id, person_id) do nothing',
    returning: 'person_id, like_id',
  });
  await insertMany(tx, {
    table: 'likes_by_person',
    columns: { person_id: 'int8', post_id: 'int8', like_id: 'int8' },
    key: ['person_id', 'post_id'],
    rows: made.map((row) => ({ ...row, post_id: postId })),
  });
  const people = made.map((row) => row.person_id);
  tx.touchLoosely(...people.map(ofMarks));
  return people;
}

/** Removes both rows of these people's likes of one post and gives those who liked it, and since when. */
export async function removeLikes(
  tx: Transaction,
  postId: PostId,
  personIds: readonly PersonId[],
): Promise<{ person_id: PersonId; created_at: Date }[]> {
  if (personIds.length === 0) return [];
  const gone = await tx.query<{ person_id: PersonId; created_at: Date }>(
    `delete from likes_by_post where post_id = $1 and person_id = any($2::bigint[])
     returning person_id, created_at`,
    [postId, personIds],
  );
  if (gone.length === 0) return gone;
  const people = gone.map((row) => row.person_id);
  await tx.query(
    'delete from likes_by_person where post_id = $1 and person_id = any($2::bigint[])',
    [postId, people],
  );
  tx.touchLoosely(...people.map(ofMarks));
  return gone;
}

export async function listLikes(q: Queryable, postId: PostId, take: number, before: string | null) {
  return q.query<{ person_id: PersonId; like_id: string }>(
    `select person_id, like_id from likes_by_post
     where post_id = $1 and like_id < coalesce($3::bigint, 9223372036854775807)
     order by like_id desc limit $2`,
    [postId, take, before],
  );
}

/** Up to `take` likes of a post that is gone, both rows of each; true when there may be more. */
export async function removeLikesOfPost(
  tx: Transaction,
  postId: PostId,
  take: number,
): Promise<boolean> {
  const rows = await tx.query<{ person_id: PersonId }>(
    'select person_id from likes_by_post where post_id = $1 order by person_id limit $2',
    [postId, take],
  );
  const people = rows.map((row) => row.person_id);
  await tx.query('delete from likes_by_post where post_id = $1 and person_id = any($2::bigint[])', [
    postId,
    people,
  ]);
  await tx.query(
    'delete from likes_by_person where post_id = $1 and person_id = any($2::bigint[])',
    [postId, people],
  );
  return people.length === take;
}

/** What a person has marked of some posts. */
export interface Marks {
  readonly liked: boolean;
  readonly saved: boolean;
  readonly reposted: boolean;
}

export const NO_MARKS: Marks = { liked: false, saved: false, reposted: false };

/** All marks lie under the person's key, so one statement reads them. */
const MARKS = `select post_id, 'liked' as kind from likes_by_person
    where person_id = $1 and post_id = any($2::bigint[])
  union all
  select post_id, 'saved' as kind from saves_by_person
    where person_id = $1 and post_id = any($2::bigint[])
  union all
  select post_id, 'reposted' as kind from reposts_by_person
    where person_id = $1 and post_id = any($2::bigint[])
  order by 1, 2`;

/** Which of `postIds` this person likes, has saved and has reposted. Who has no marks is not in the map. */
export async function marksAmong(
  q: Queryable,
  personId: PersonId | null,
  postIds: readonly PostId[],
): Promise<Map<PostId, Marks>> {
  const marks = new Map<PostId, Marks>();
  if (personId === null || postIds.length === 0) return marks;
  const rows = await q.query<{ post_id: PostId; kind: keyof Marks }>(MARKS, [personId, postIds]);
  for (const { post_id, kind } of rows) {
    marks.set(post_id, { ...(marks.get(post_id) ?? NO_MARKS), [kind]: true });
  }
  return marks;
}
