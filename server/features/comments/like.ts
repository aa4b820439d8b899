import type { CommentId, PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { engageablePost } from '../posts/read.ts';
import { insertCommentLike, removeCommentLike } from './likes-store.ts';
import { commentOn } from './read.ts';
import { addToComment, lockComment } from './store.ts';

/**
 * Likes a comment, or takes the like back; doing it again changes nothing. Throws `post_not_found`,
 * `comment_not_found`.
 */
export async function setCommentLiked(
  ctx: Context,
  postId: PostId,
  commentId: CommentId,
  personId: PersonId,
  liked: boolean,
): Promise<{ liked: boolean; likes_count: number }> {
  const look = await engageablePost(ctx, postId, personId);
  await commentOn(ctx, look, commentId);
  return ctx.db.transaction(async (tx) => {
    // First, so that whoever deletes it finds every like that was given.
    const comment = await lockComment(tx, postId, commentId);
    if (!comment) throw new Problem('comment_not_found');
    const like = { postId, commentId, personId, likeId: ctx.ids.next<string>() };
    const changed = liked
      ? await insertCommentLike(tx, { ...like, at: ctx.clock.now() })
      : await removeCommentLike(tx, postId, commentId, personId);
    if (!changed) return { liked, likes_count: comment.likes };
    const likes = await addToComment(tx, postId, commentId, { likes: liked ? 1 : -1 });
    return { liked, likes_count: likes };
  });
}
