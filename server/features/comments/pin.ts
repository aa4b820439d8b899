import type { CommentId, PersonId, PostId } from '../../../api/ids.ts';
import { PINNED_COMMENTS_MAX } from '../../../api/limits.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { meetableIn } from '../graph/relations.ts';
import { lockPost } from '../posts/store.ts';
import { visibleComment } from './read.ts';
import { mayPin } from './rules.ts';
import { listPinned, lockComment, setPinned } from './store.ts';

/**
 * Pins a first comment on one's own post, or unpins it; doing it again changes nothing. Throws
 * `post_not_found`, `comment_not_found`, `forbidden`, `too_many_pinned`.
 */
export async function setCommentPinned(
  ctx: Context,
  postId: PostId,
  commentId: CommentId,
  viewerId: PersonId,
  pinned: boolean,
): Promise<void> {
  const { look, row } = await visibleComment(ctx, postId, commentId, viewerId);
  demandMayPin(row, look.post, viewerId);
  await ctx.db.transaction(async (tx) => {
    // One pins at a time, so that three stay three.
    await lockPost(tx, postId);
    if (pinned) await demandRoom(tx, postId, commentId, viewerId);
    const comment = await lockComment(tx, postId, commentId);
    if (!comment) throw new Problem('comment_not_found');
    if (pinned === (comment.pinned_at !== null)) return;
    await setPinned(tx, postId, commentId, pinned ? ctx.clock.now() : null);
  });
}

function demandMayPin(
  comment: Parameters<typeof mayPin>[0],
  post: Parameters<typeof mayPin>[1],
  viewerId: PersonId,
): void {
  if (mayPin(comment, post, viewerId)) return;
  if (post.author_id !== viewerId) throw new Problem('forbidden', 'This is not your post.');
  throw new Problem(
    'forbidden',
    comment.root_id ? 'A reply cannot be pinned.' : 'Approve this comment, then pin it.',
  );
}

async function demandRoom(
  tx: Transaction,
  postId: PostId,
  commentId: CommentId,
  viewerId: PersonId,
): Promise<void> {
  const all = await listPinned(tx, { postId, viewerId, isOwner: true });
  const others = all.filter((one) => one.comment_id !== commentId);
  if (others.length < PINNED_COMMENTS_MAX) return;
  // Pins of people whom the author of the post does not see any more take up no room.
  const met = await meetableIn(
    tx,
    viewerId,
    others.map((one) => one.author_id),
  );
  const unseen = others.filter((one) => !met.has(one.author_id));
  if (unseen.length === 0) throw new Problem('too_many_pinned');
  for (const { comment_id } of unseen) await setPinned(tx, postId, comment_id, null);
}
