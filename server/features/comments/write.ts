import type { CommentId, PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { type IdempotencyKey, once } from '../../kernel/idempotency.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { engageablePost, visiblePost } from '../posts/read.ts';
import { addToPostCounts, type PostCounts } from '../posts/store.ts';
import { tellCounts } from '../posts/tell-counts.ts';
import { mayDelete } from './rules.ts';
import { findComment, insertComment, removeComment } from './store.ts';

/** Writes a comment and gives its id; the same key writes it once. Throws `post_not_found`. */
export async function createComment(
  ctx: Context,
  comment: { postId: PostId; authorId: PersonId; text: string },
  idempotencyKey: IdempotencyKey | null,
): Promise<CommentId> {
  const { postId, authorId, text } = comment;
  let counts: PostCounts | null = null;
  const check = () => engageablePost(ctx, postId, authorId);
  const write = async (tx: Transaction) => {
    const id = ctx.ids.next<CommentId>();
    const created_at = ctx.clock.now();
    await insertComment(tx, {
      post_id: postId,
      comment_id: id,
      author_id: authorId,
      text,
      created_at,
    });
    counts = await addToPostCounts(tx, postId, { comments: 1 });
    return id;
  };
  const commentId = await once(ctx, authorId, idempotencyKey, write, check);
  tellCounts(ctx, postId, counts);
  return commentId;
}

/** Removes a comment. Throws `post_not_found`, `comment_not_found`, `forbidden`. */
export async function deleteComment(
  ctx: Context,
  postId: PostId,
  commentId: CommentId,
  viewerId: PersonId,
): Promise<void> {
  const { post } = await visiblePost(ctx, postId, viewerId);
  const comment = await findComment(ctx.db, postId, commentId);
  if (!comment) throw new Problem('comment_not_found');
  if (!mayDelete(comment, post, viewerId)) {
    throw new Problem(
      'forbidden',
      'Only its author or the author of the post can delete a comment.',
    );
  }
  const counts = await ctx.db.transaction(async (tx) =>
    (await removeComment(tx, postId, commentId))
      ? addToPostCounts(tx, postId, { comments: -1 })
      : null,
  );
  tellCounts(ctx, postId, counts);
}
