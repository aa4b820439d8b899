import type { PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { BlobMissing } from '../../ports/blobs/blobs.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { mediaOfPosts } from '../media/hydrate.ts';
import { postPrefix } from '../media/keys.ts';
import { addAvif } from '../media/render.ts';
import type { Renditions } from '../media/rendered.ts';
import { type MediaRow, removeBlobs, replaceRenditions } from '../media/store.ts';
import { findPost, type PostRow } from './store.ts';

export const MAKE_AVIF = 'make_avif';
/** Behind everything that somebody waits for. */
const AVIF_PRIORITY = 10;

/** Has it done once the transaction that publishes the post is there. */
export async function makeAvifLater(ctx: Context, tx: Transaction, postId: PostId): Promise<void> {
  await ctx.jobs.add(tx, {
    task: MAKE_AVIF,
    payload: { post_id: postId },
    key: `${MAKE_AVIF}:${postId}`,
    priority: AVIF_PRIORITY,
  });
}

/**
 * The job after publication: adds AVIF to a post's pictures, a fifth smaller than WebP, which takes too long
 * for somebody to wait. Pages that are open show what they have. Running it again does nothing new. A post
 * in the bin gets its files too, so that those of a run that was cut short are written down, and go with it.
 */
export async function makeAvif(ctx: Context, postId: PostId): Promise<void> {
  const post = await findPost(ctx.db, postId);
  if (post?.status !== 'published') return;
  const media = (await mediaOfPosts(ctx.db, [postId])).get(postId) ?? [];
  for (const item of media) {
    const { renditions } = item;
    if (item.kind !== 'image' || !renditions || renditions.thumbnail.avif) continue;
    await makeOne(ctx, post, item, renditions);
  }
}

async function makeOne(
  ctx: Context,
  post: PostRow,
  item: MediaRow,
  renditions: Renditions,
): Promise<void> {
  const picture = {
    originalKey: item.original_key,
    crop: item.crop,
    edit: item.edit,
    prefix: postPrefix(ctx.config.region, post.author_id, post.post_id),
    name: item.media_id,
  };
  let made: Renditions;
  try {
    made = await addAvif(ctx, picture, renditions);
  } catch (error) {
    const isForGood = error instanceof Problem && error.status < 500;
    if (!isForGood && !(error instanceof BlobMissing)) throw error;
    // It is shown as JPEG and WebP all the same.
    ctx.log.warn({ err: error, media_id: item.media_id }, 'a picture has no AVIF');
    return;
  }
  const kept = await ctx.db.transaction((tx) =>
    replaceRenditions(tx, post.post_id, item.media_id, made),
  );
  if (kept) return;
  // The post is gone for good meanwhile.
  await removeBlobs(
    ctx,
    Object.values(made).flatMap(({ avif }) => avif ?? []),
  );
}
