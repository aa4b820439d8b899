import type { CommentId, PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { noteInteractions } from '../affinity/note.ts';
import { addToPostCounts } from '../posts/counts-store.ts';
import { mediumOf } from '../posts/medium.ts';
import { tellCounts } from '../posts/tell-counts.ts';

import { talkOf } from './create.ts';
import { removeLikesOfComments } from './likes-store.ts';
import { visibleComment } from './read.ts';
import { mayDelete } from './rules.ts';
import { addToComment, lockInThread, lockReplies, removeComments } from './store.ts';

const BATCH = 1000;

/**
 * Removes a comment with its likes. With the first one of a thread the thread goes; a reply goes alone,
 * and what answered it stays. Throws `post_not_found`, `comment_not_found`, `forbidden`.
 */
export async function deleteComment(
  ctx: Context,
  postId: PostId,
  commentId: CommentId,
  viewerId: PersonId,
): Promise<void> {
  const { look, row } = await visibleComment(ctx, postId, commentId, viewerId);
  if (!mayDelete(row, look.post, viewerId)) {
    throw new Problem(
      'forbidden',
      'Only its author or the author of the post can delete a comment.',
    );
  }
  const medium = await mediumOf(ctx, postId);
  const isGone = await ctx.db.transaction(async (tx) => {
    const thread = await lockInThread(tx, postId, commentId);
    if (!thread) return false;
    const { root, comment } = thread;
    const counted = comment.held_at ? 0 : 1;
    if (comment === root) await removeThread(tx, postId, commentId);
    else if (counted) await addToComment(tx, postId, root.comment_id, { replies: -1 });
    await removeWithLikes(tx, postId, [commentId]);
    // Who deletes what another said takes nothing of theirs back.
    if (row.author_id === viewerId) {
      const answeredId = comment === root ? null : (row.answered_id ?? root.author_id);
      const said = { by: viewerId, answeredId, medium, at: ctx.clock.now() };
      await noteInteractions(tx, talkOf(look, { ...said, undoes: row.created_at }));
    }
    await addToPostCounts(tx, postId, { comments: -(counted + comment.replies) });
    return true;
  });
  if (isGone) tellCounts(ctx, postId);
}

async function removeThread(tx: Transaction, postId: PostId, rootId: CommentId): Promise<void> {
  for (;;) {
    const replies = await lockReplies(tx, postId, rootId, BATCH);
    await removeWithLikes(tx, postId, replies);
    if (replies.length < BATCH) return;
  }
}

async function removeWithLikes(
  tx: Transaction,
  postId: PostId,
  commentIds: readonly CommentId[],
): Promise<void> {
  if (commentIds.length === 0) return;
  while (await removeLikesOfComments(tx, postId, commentIds, BATCH));
  await removeComments(tx, postId, commentIds);
}
