import type { PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { tell } from '../../kernel/hints.ts';
import type { PostCounts } from '../posts/store.ts';

/** Tells open pages how much is said under a post now; nothing when nothing changed. */
export function tellCounts(ctx: Context, postId: PostId, counts: PostCounts | null): void {
  if (!counts) return;
  tell(ctx, 'post.counts', {
    post_id: postId,
    likes_count: counts.likes,
    comments_count: counts.comments,
  });
}
