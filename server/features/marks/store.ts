import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';

/** Writes both rows of a like; false when it was there before. */
export async function insertLike(
  tx: Transaction,
  like: { postId: PostId; personId: PersonId; likeId: string; at: Date },
): Promise<boolean> {
  const made = await tx.query(
    `insert into likes_by_post (post_id, person_id, like_id, created_at) values ($1, $2, $3, $4)
     on conflict (post_id, person_id) do nothing returning like_id`,
    [like.postId, like.personId, like.likeId, like.at],
  );
  if (made.length === 0) return false;
  await tx.query('insert into likes_by_person (person_id, post_id, like_id) values ($1, $2, $3)', [
    like.personId,
    like.postId,
    like.likeId,
  ]);
  return true;
}

export async function removeLike(
  tx: Transaction,
  postId: PostId,
  personId: PersonId,
): Promise<boolean> {
  const gone = await tx.query(
    'delete from likes_by_post where post_id = $1 and person_id = $2 returning like_id',
    [postId, personId],
  );
  if (gone.length === 0) return false;
  await tx.query('delete from likes_by_person where person_id = $1 and post_id = $2', [
    personId,
    postId,
  ]);
  return true;
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
