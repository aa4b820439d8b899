import type { PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { tell } from '../../kernel/hints.ts';
import type { PostCounts } from './store.ts';

/** Tells everyone who watches a post how it stands; hidden likes only its author. */
export function tellCounts(ctx: Context, postId: PostId, counts: PostCounts | null): void {
  if (!counts) return;
  tell(ctx, 'post.counts', {
    post_id: postId,
    author_id: counts.author_id,
    likes_hidden: counts.likes_hidden,
    likes_count: counts.likes,
    comments_count: counts.comments,
  });
}

/** The likes of a post as this person may know them. */
export function likesFor(
  viewerId: string | null,
  post: Pick<PostCounts, 'author_id' | 'likes' | 'likes_hidden'>,
): number | null {
  return post.likes_hidden && post.author_id !== viewerId ? null : post.likes;
}
