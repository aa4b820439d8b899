import type { CommentId, PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { mayChange } from '../../kernel/visibility.ts';
import { addToPostCounts } from '../posts/counts-store.ts';
import { tellCounts } from '../posts/tell-counts.ts';

import { visibleComment } from './read.ts';
import { addToComment, clearHeld, lockInThread } from './store.ts';

/**
 * Lets everyone see a comment that was held, and counts it from now on; doing it again changes
 * nothing. Throws `post_not_found`, `comment_not_found`, `forbidden`.
 */
export async function approveComment(
  ctx: Context,
  postId: PostId,
  commentId: CommentId,
  viewerId: PersonId,
): Promise<void> {
  const { look } = await visibleComment(ctx, postId, commentId, viewerId);
  if (!mayChange(look)) throw new Problem('forbidden', 'This is not your post.');
  const isCounted = await ctx.db.transaction(async (tx) => {
    const thread = await lockInThread(tx, postId, commentId);
    if (!thread) throw new Problem('comment_not_found');
    const { root, comment } = thread;
    if (!comment.held_at) return false;
    await clearHeld(tx, postId, commentId);
    if (comment !== root) await addToComment(tx, postId, root.comment_id, { replies: 1 });
    await addToPostCounts(tx, postId, { comments: 1 });
    return true;
  });
  if (isCounted) tellCounts(ctx, postId);
}
