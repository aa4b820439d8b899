import type { PersonId, PostId } from '../../../api/ids.ts';
import type { ShareChannel } from '../../../api/sharing.ts';
import type { Context } from '../../context.ts';
import { isPublic } from '../../kernel/visibility.ts';
import { noteInteractions } from '../affinity/note.ts';
import { addToPostCounts } from '../posts/counts-store.ts';
import { mediumOf } from '../posts/medium.ts';
import { engageablePost } from '../posts/read.ts';
import { insertShare } from './store.ts';

/** Where a post stands in the web app. */
export const pathOfPost = (postId: PostId) => `/p/${postId}`;

/**
 * Counts that somebody shares a post, once a person and channel, and gives its path. Throws
 * `post_not_found`.
 */
export async function sharePost(
  ctx: Context,
  postId: PostId,
  personId: PersonId,
  channel: ShareChannel,
): Promise<{ path: string; isPublic: boolean }> {
  const look = await engageablePost(ctx, postId, personId);
  const otherId = look.post.author_id;
  const medium = await mediumOf(ctx, postId);
  await ctx.db.transaction(async (tx) => {
    const at = ctx.clock.now();
    if (!(await insertShare(tx, { postId, personId, channel, at }))) return;
    await Promise.all([
      noteInteractions(tx, [{ personId, otherId, kind: 'share', at, medium }]),
      addToPostCounts(tx, postId, { shares: 1 }),
    ]);
  });
  return { path: pathOfPost(postId), isPublic: isPublic(look) };
}
