import type { CommentId, PersonId, PostId } from '../../../api/ids.ts';
import type { Transaction } from '../../ports/db/db.ts';

/** False when it was there before. The comment is to be locked first. */
export async function insertCommentLike(
  tx: Transaction,
  like: { postId: PostId; commentId: CommentId; personId: PersonId; likeId: string; at: Date },
): Promise<boolean> {
  const made = await tx.query(
    `insert into comment_likes (post_id, comment_id, person_id, like_id, created_at)
     values ($1, $2, $3, $4, $5)
     on conflict (post_id, comment_id, person_id) do nothing returning like_id`,
    [like.postId, like.commentId, like.personId, like.likeId, like.at],
  );
  return made.length > 0;
}

/** False when there was none. The comment is to be locked first. */
export async function removeCommentLike(
  tx: Transaction,
  postId: PostId,
  commentId: CommentId,
  personId: PersonId,
): Promise<boolean> {
  const gone = await tx.query(
    `delete from comment_likes where post_id = $1 and comment_id = $2 and person_id = $3
     returning like_id`,
    [postId, commentId, personId],
  );
  return gone.length > 0;
}

/** Up to `take` likes of comments that are locked; true when there may be more. */
export async function removeLikesOfComments(
  tx: Transaction,
  postId: PostId,
  commentIds: readonly CommentId[],
  take: number,
): Promise<boolean> {
  const gone = await tx.query(
    `delete from comment_likes where (post_id, comment_id, person_id) in (
       select post_id, comment_id, person_id from comment_likes
       where post_id = $1 and comment_id = any($2::bigint[])
       order by comment_id, person_id limit $3)
     and post_id = $1 returning comment_id`,
    [postId, commentIds, take],
  );
  return gone.length === take;
}
