import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { appendEvent } from '../../kernel/events.ts';
import { tell } from '../../kernel/hints.ts';
import { addToCounts } from '../people/store.ts';
import { DELETED } from './events.ts';
import { changeablePost } from './read.ts';
import { markDeleted, removeFromProfile } from './store.ts';

export const PURGE_POST = 'purge_post';
/** How long a deleted post can still be brought back, before its files and rows go. */
export const DELETED_KEPT_MS = 30 * 24 * 3600 * 1000;

/** Hides a post for everyone at once; rows and files go 30 days later. */
export async function deletePost(ctx: Context, postId: PostId, viewerId: PersonId): Promise<void> {
  const { post } = await changeablePost(ctx, postId, viewerId);
  const now = ctx.clock.now();
  await ctx.db.transaction(async (tx) => {
    const deleted = await markDeleted(tx, postId, now);
    if (!deleted) return;
    if (deleted.status === 'published') {
      await removeFromProfile(tx, post.author_id, postId);
      await addToCounts(tx, [{ personId: post.author_id, posts: -1 }]);
    }
    await appendEvent(ctx, tx, {
      group: 'posts',
      key: postId,
      seq: deleted.event_seq,
      type: DELETED,
      payload: { author_id: post.author_id },
    });
    await ctx.jobs.add(tx, {
      task: PURGE_POST,
      key: `${PURGE_POST}:${postId}`,
      payload: { post_id: postId },
      runAt: new Date(now.getTime() + DELETED_KEPT_MS),
    });
  });
  tell(ctx, 'post.deleted', { post_id: postId });
}
