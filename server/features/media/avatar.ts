import type { Context } from '../../context.ts';
import type { BlobKey } from '../../ports/blobs/blobs.ts';
import { pictureTask, runApart } from './apart.ts';
import { storeServed } from './store-served.ts';

const RENDER_AVATAR = pictureTask('renderAvatar');

/** Keys of a profile picture: squares of 150 and 640 pixels, or of what there is. JPEG unless named. */
export interface RenderedAvatar {
  readonly small: BlobKey;
  readonly small_webp: BlobKey;
  readonly large: BlobKey;
  readonly large_webp: BlobKey;
}

/**
 * Makes the squares of a profile picture, in a child process, and stores them under `prefix`. Doing it
 * again gives the same keys. Throws what `renderPicture` throws.
 */
export async function renderAvatar(
  ctx: Pick<Context, 'blobs' | 'sandbox'>,
  picture: { readonly originalKey: BlobKey; readonly prefix: BlobKey },
): Promise<RenderedAvatar> {
  const { files } = await runApart(ctx, RENDER_AVATAR, null, picture.originalKey);
  const store = async (index: number, name: 'medium' | 'thumbnail', extension: 'jpg' | 'webp') => {
    const bytes = files[index];
    if (!bytes) throw new Error('a square is missing');
    return await storeServed(
      ctx.blobs,
      { prefix: picture.prefix, of: 'avatar', name },
      bytes,
      extension,
    );
  };
  const [large, large_webp, small, small_webp] = await Promise.all([
    store(0, 'medium', 'jpg'),
    store(1, 'medium', 'webp'),
    store(2, 'thumbnail', 'jpg'),
    store(3, 'thumbnail', 'webp'),
  ]);
  return { small, small_webp, large, large_webp };
}
