import type { MediaId, PersonId, PostId } from '../../../api/ids.ts';
import type { Original } from '../../../api/media.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { mayHaveOriginals } from '../../kernel/visibility.ts';
import { mediaOfPosts } from '../media/hydrate.ts';
import { readOriginalKey } from '../media/keys.ts';
import { originalAddress } from '../media/private-address.ts';
import { visiblePost } from './read.ts';

/**
 * Where the file is that a picture or video was made of, and how it is kept. For its author alone: for
 * others there is none. Throws `post_not_found`, `media_not_found`.
 */
export async function showOriginal(
  ctx: Context,
  viewerId: PersonId,
  { post_id: postId, media_id: mediaId }: { readonly post_id: PostId; readonly media_id: MediaId },
): Promise<Original> {
  const look = await visiblePost(ctx, postId, viewerId);
  if (!mayHaveOriginals(look)) throw new Problem('media_not_found');
  const media = (await mediaOfPosts(ctx.db, [postId])).get(postId) ?? [];
  const key = media.find((one) => one.media_id === mediaId)?.original_key;
  const type = key && readOriginalKey(key);
  if (!key || !type) throw new Problem('media_not_found');
  const [found, kept] = await Promise.all([ctx.blobs.stat(key), ctx.blobs.copiesOf([key])]);
  if (!found) throw new Problem('media_not_found', 'The file of this picture is lost.');
  const { copies = 0, checkedAt = null } = kept.get(key) ?? {};
  return {
    url: originalAddress(ctx, key),
    content_type: type,
    size: found.size,
    copies,
    checked_at: checkedAt?.toISOString() ?? null,
  };
}
