import type { PersonId, PostId } from '../../../api/ids.ts';
import type { PostStatus } from '../../../api/posts.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';

export interface PostRow {
  post_id: PostId;
  author_id: PersonId;
  status: PostStatus;
  failure_code: string | null;
  failure_message: string | null;
  caption: string;
  created_at: Date;
  edited_at: Date | null;
  deleted_at: Date | null;
  likes: number;
  comments: number;
}

/** post_counts lies under the same key as posts, so this join stays in one place. */
const SELECT = `select p.post_id, p.author_id, p.status, p.failure_code, p.failure_message, p.caption,
    p.created_at, p.edited_at, p.deleted_at, c.likes, c.comments
  from posts p join post_counts c on c.post_id = p.post_id`;

export async function findPost(q: Queryable, postId: PostId): Promise<PostRow | null> {
  const [row] = await q.query<PostRow>(`${SELECT} where p.post_id = $1`, [postId]);
  return row ?? null;
}

/** All of `ids` that exist, in one statement. */
export async function findPosts(q: Queryable, ids: readonly PostId[]): Promise<PostRow[]> {
  if (ids.length === 0) return [];
  return q.query<PostRow>(`${SELECT} where p.post_id = any($1::bigint[]) order by p.post_id desc`, [
    ids,
  ]);
}

export async function insertPost(
  tx: Transaction,
  post: { postId: PostId; authorId: PersonId; caption: string; at: Date },
): Promise<void> {
  await tx.query(
    `insert into posts (post_id, author_id, status, caption, created_at)
     values ($1, $2, 'processing', $3, $4)`,
    [post.postId, post.authorId, post.caption, post.at],
  );
  await tx.query('insert into post_counts (post_id) values ($1)', [post.postId]);
}

/** Makes a processed post visible and gives its event number; null when it was not waiting any more. */
export async function publishPost(tx: Transaction, postId: PostId): Promise<string | null> {
  const [row] = await tx.query<{ event_seq: string }>(
    `update posts set status = 'published', event_seq = event_seq + 1
     where post_id = $1 and status = 'processing' and deleted_at is null returning event_seq`,
    [postId],
  );
  return row?.event_seq ?? null;
}

/** Marks a post whose pictures could not be made; false when it was not waiting any more. */
export async function failPost(
  tx: Transaction,
  postId: PostId,
  failure: { code: string; message: string },
): Promise<boolean> {
  const rows = await tx.query(
    `update posts set status = 'failed', failure_code = $2, failure_message = $3
     where post_id = $1 and status = 'processing' returning post_id`,
    [postId, failure.code, failure.message],
  );
  return rows.length > 0;
}

export async function updateCaption(
  tx: Transaction,
  postId: PostId,
  caption: string | undefined,
  at: Date,
) {
  await tx.query(
    'update posts set caption = coalesce($2, caption), edited_at = $3 where post_id = $1',
    [postId, caption ?? null, at],
  );
}

/** Hides a post for everyone and gives its event number and old status; null when it was deleted before. */
export async function markDeleted(tx: Transaction, postId: PostId, at: Date) {
  const [row] = await tx.query<{ event_seq: string; status: PostStatus }>(
    `update posts set deleted_at = $2, event_seq = event_seq + 1
     where post_id = $1 and deleted_at is null returning event_seq, status`,
    [postId, at],
  );
  return row ?? null;
}

/** Removes every row of a post that was deleted before `deletedBefore`; false when there is none. */
export async function removePostRows(tx: Transaction, postId: PostId, deletedBefore: Date) {
  const rows = await tx.query(
    'delete from posts where post_id = $1 and deleted_at <= $2 returning post_id',
    [postId, deletedBefore],
  );
  if (rows.length === 0) return false;
  for (const table of ['post_counts', 'post_events', 'post_event_positions']) {
    await tx.query(`delete from ${table} where post_id = $1`, [postId]);
  }
  return true;
}

export async function addToProfile(tx: Transaction, authorId: PersonId, postId: PostId) {
  await tx.query('insert into posts_by_author (author_id, post_id) values ($1, $2)', [
    authorId,
    postId,
  ]);
}

export async function removeFromProfile(tx: Transaction, authorId: PersonId, postId: PostId) {
  await tx.query('delete from posts_by_author where author_id = $1 and post_id = $2', [
    authorId,
    postId,
  ]);
}

/** Published posts of one person, newest first. */
export async function listPostsByAuthor(
  q: Queryable,
  authorId: PersonId,
  take: number,
  before: PostId | null,
): Promise<PostId[]> {
  const rows = await q.query<{ post_id: PostId }>(
    `select post_id from posts_by_author
     where author_id = $1 and post_id < coalesce($3::bigint, 9223372036854775807)
     order by post_id desc limit $2`,
    [authorId, take, before],
  );
  return rows.map((row) => row.post_id);
}

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

export interface PostCounts {
  likes: number;
  comments: number;
}

/** Adds to the counts and gives the new ones. */
export async function addToPostCounts(
  tx: Transaction,
  postId: PostId,
  change: { likes?: number; comments?: number },
): Promise<PostCounts> {
  const [row] = await tx.query<PostCounts>(
    `update post_counts set likes = likes + $2, comments = comments + $3
     where post_id = $1 returning likes, comments`,
    [postId, change.likes ?? 0, change.comments ?? 0],
  );
  return row ?? { likes: 0, comments: 0 };
}

export async function readPostCounts(q: Queryable, postId: PostId): Promise<PostCounts> {
  const [row] = await q.query<PostCounts>(
    'select likes, comments from post_counts where post_id = $1',
    [postId],
  );
  return row ?? { likes: 0, comments: 0 };
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

/** Which of `postIds` this person likes. */
export async function likedAmong(q: Queryable, personId: PersonId, postIds: readonly PostId[]) {
  if (postIds.length === 0) return new Set<PostId>();
  const rows = await q.query<{ post_id: PostId }>(
    `select post_id from likes_by_person
     where person_id = $1 and post_id = any($2::bigint[]) order by post_id`,
    [personId, postIds],
  );
  return new Set(rows.map((row) => row.post_id));
}
