import type { PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { NearCache, perContext } from '../../kernel/near-cache.ts';
import { ofPost } from '../../kernel/touch-keys.ts';
import { coversOf } from '../media/store.ts';
import type { Medium } from './preferences-store.ts';

/** A few megabytes. */
const KEPT = 50_000;
const KEPT_MS = 3600 * 1000;

/** What a post shows first never changes, so this may be asked before a transaction as well as in it. */
const media = perContext(
  (ctx) =>
    new NearCache<PostId, { readonly medium: Medium }>(ctx, {
      max: KEPT,
      ttlMs: KEPT_MS,
      keyOf: ofPost,
      load: async (ids) => {
        const covers = await coversOf(ctx.db, ids);
        return new Map(
          covers.map(({ post_id, kind }) => [
            post_id,
            { medium: kind === 'video' ? 'video' : 'photo' },
          ]),
        );
      },
    }),
);

/** Whether a post shows a photo or a video first; null when it has neither: a repost is asked for by its original. */
export async function mediumOf(ctx: Context, postId: PostId): Promise<Medium | null> {
  return (await media(ctx).get(postId))?.medium ?? null;
}

/** The same for many. */
export async function mediaAmong(
  ctx: Context,
  postIds: Iterable<PostId>,
): Promise<Map<PostId, Medium>> {
  const found = await media(ctx).getMany(postIds);
  return new Map([...found].map(([id, { medium }]) => [id, medium]));
}
