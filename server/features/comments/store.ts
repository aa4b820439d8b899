import type { CommentId, PersonId, PostId } from '../../../api/ids.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';

export interface CommentRow {
  post_id: PostId;
  comment_id: CommentId;
  author_id: PersonId;
  text: string;
  created_at: Date;
}

const COLUMNS = 'post_id, comment_id, author_id, text, created_at';

export async function insertComment(tx: Transaction, comment: CommentRow): Promise<void> {
  await tx.query(`insert into comments (${COLUMNS}) values ($1, $2, $3, $4, $5)`, [
    comment.post_id,
    comment.comment_id,
    comment.author_id,
    comment.text,
    comment.created_at,
  ]);
}

export async function findComment(q: Queryable, postId: PostId, commentId: CommentId) {
  const [row] = await q.query<CommentRow>(
    `select ${COLUMNS} from comments where post_id = $1 and comment_id = $2`,
    [postId, commentId],
  );
  return row ?? null;
}

/** False when it was gone before. */
export async function removeComment(tx: Transaction, postId: PostId, commentId: CommentId) {
  const rows = await tx.query(
    'delete from comments where post_id = $1 and comment_id = $2 returning comment_id',
    [postId, commentId],
  );
  return rows.length > 0;
}

/** Newest first. */
export async function listComments(
  q: Queryable,
  postId: PostId,
  take: number,
  before: CommentId | null,
): Promise<CommentRow[]> {
  return q.query<CommentRow>(
    `select ${COLUMNS} from comments
     where post_id = $1 and comment_id < coalesce($3::bigint, 9223372036854775807)
     order by comment_id desc limit $2`,
    [postId, take, before],
  );
}

/** Up to `take` comments of a post that is gone; true when there may be more. */
export async function removeCommentsOfPost(tx: Transaction, postId: PostId, take: number) {
  const rows = await tx.query(
    `delete from comments where (post_id, comment_id) in (
       select post_id, comment_id from comments where post_id = $1 order by comment_id limit $2)
     and post_id = $1 returning comment_id`,
    [postId, take],
  );
  return rows.length === take;
}
