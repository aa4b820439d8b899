import type { PostId } from '../../../api/ids.ts';
import { RESTORE_DAYS } from '../../../api/limits.ts';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../ports/db/db.ts';

export const PURGE_POST = 'purge_post';
/** How long a deleted post can still be brought back, before its files and rows go. */
export const DELETED_KEPT_MS = RESTORE_DAYS * 24 * 3600 * 1000;

/** Lets a post that is deleted now go for good when its time is over. */
export async function purgeLater(ctx: Context, tx: Transaction, postId: PostId, deletedAt: Date) {
  await ctx.jobs.add(tx, {
    task: PURGE_POST,
    key: `${PURGE_POST}:${postId}`,
    payload: { post_id: postId },
    runAt: new Date(deletedAt.getTime() + DELETED_KEPT_MS),
  });
}
