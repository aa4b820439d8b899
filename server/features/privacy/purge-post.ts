import type { PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { removeCommentsOfPost } from '../comments/store.ts';
import { removeLikesOfPost } from '../marks/store.ts';
import { mediaOfPosts } from '../media/hydrate.ts';
import { blobKeys, removeBlobs, removeMediaOfPost } from '../media/store.ts';
import { DELETED_KEPT_MS } from '../posts/delete.ts';
import { findPost, removePostRows } from '../posts/store.ts';

const BATCH = 1000;

/**
 * The job 30 days after a deletion: rows and files go for good. Files first and the post's row last,
 * so that a run that was cut short is taken up again.
 */
export async function purgePost(ctx: Context, postId: PostId): Promise<void> {
  const post = await findPost(ctx.db, postId);
  const before = new Date(ctx.clock.millis() - DELETED_KEPT_MS);
  if (!post?.deleted_at || post.deleted_at > before) return;
  while (await ctx.db.transaction((tx) => removeLikesOfPost(tx, postId, BATCH)));
  while (await ctx.db.transaction((tx) => removeCommentsOfPost(tx, postId, BATCH)));
  const media = (await mediaOfPosts(ctx.db, [postId])).get(postId) ?? [];
  await removeBlobs(ctx, media.flatMap(blobKeys));
  await ctx.db.transaction(async (tx) => {
    await removeMediaOfPost(tx, postId);
    await removePostRows(tx, postId, before);
  });
}
