import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { tell } from '../../kernel/hints.ts';
import { Problem } from '../../kernel/problem.ts';
import { mayRestore } from '../../kernel/visibility.ts';
import { putAway, takeOut } from './author-store.ts';
import { setRestored } from './changes-store.ts';
import { DELETED, RESTORED } from './events.ts';
import { isShown, putOnGrids, recordChange, takeOffGrids } from './grid.ts';
import { PROCESS_POST } from './process.ts';
import { DELETED_KEPT_MS, purgeLater } from './purge.ts';
import { changeablePost } from './read.ts';
import { unrepostPost } from './repost.ts';
import { findPost, lockPost, markDeleted } from './store.ts';

/**
 * Hides a post for everyone at once; rows and files go 30 days later. A repost is taken back instead, for
 * good. Throws `post_not_found`, `forbidden`.
 */
export async function deletePost(ctx: Context, postId: PostId, viewerId: PersonId): Promise<void> {
  const { post: seen } = await changeablePost(ctx, postId, viewerId);
  if (seen.repost_of !== null) {
    await unrepostPost(ctx, seen.repost_of, viewerId, postId);
    return;
  }
  const now = ctx.clock.now();
  await ctx.db.transaction(async (tx) => {
    const post = await lockPost(tx, postId);
    const deleted = post && (await markDeleted(tx, postId, now));
    if (!deleted) return;
    if (isShown(post)) await takeOffGrids(tx, post);
    await putAway(tx, {
      author_id: post.author_id,
      post_id: postId,
      why: 'deleted',
      put_away_at: now,
    });
    await recordChange(ctx, tx, { ...post, deleted_at: now }, DELETED, { seq: deleted.event_seq });
    await purgeLater(ctx, tx, postId, now);
  });
  tell(ctx, 'post.deleted', { post_id: postId });
}

/**
 * Brings a post back as it was, but for its pin; doing it again changes nothing. Throws
 * `post_not_found`, `forbidden`, `restore_too_late`.
 */
export async function restorePost(ctx: Context, postId: PostId, viewerId: PersonId): Promise<void> {
  const since = ctx.clock.millis() - DELETED_KEPT_MS;
  const found = await findPost(ctx.db, postId);
  // A deleted one is there for its author alone.
  if (found?.author_id !== viewerId) await changeablePost(ctx, postId, viewerId);
  await ctx.db.transaction(async (tx) => {
    const post = await lockPost(tx, postId);
    if (post?.author_id !== viewerId) throw new Problem('post_not_found');
    if (!mayRestore({ post, viewerId })) return;
    const inTime = post.deleted_at !== null && post.deleted_at.getTime() > since;
    // Whoever begins to purge takes it out first.
    if (!inTime || !(await takeOut(tx, viewerId, postId))) throw new Problem('restore_too_late');
    const back = { ...post, deleted_at: null };
    await setRestored(tx, postId);
    if (post.archived_at) {
      await putAway(tx, {
        author_id: viewerId,
        post_id: postId,
        why: 'archived',
        put_away_at: post.archived_at,
      });
    }
    if (isShown(back)) await putOnGrids(tx, back);
    if (post.status === 'processing') {
      await ctx.jobs.add(tx, {
        task: PROCESS_POST,
        key: `${PROCESS_POST}:${postId}`,
        payload: { post_id: postId },
      });
    }
    await recordChange(ctx, tx, back, RESTORED);
  });
}
