import { RENDITION_SIZES } from '../../../api/media.ts';
import type { Context } from '../../context.ts';
import type { BlobKey } from '../../ports/blobs/blobs.ts';
import { cutSquare, decodePicture } from './decode.ts';
import { storeRendition } from './encode.ts';
import { rendering } from './places.ts';

/** Keys of a profile picture: squares of 150 and 640 pixels, or of what there is. JPEG unless named. */
export interface RenderedAvatar {
  readonly small: BlobKey;
  readonly small_webp: BlobKey;
  readonly large: BlobKey;
  readonly large_webp: BlobKey;
}

/**
 * Makes the squares of a profile picture and stores them under `prefix`. Doing it again gives the same
 * keys. Throws what `renderPicture` throws.
 */
export async function renderAvatar(
  ctx: Pick<Context, 'blobs'>,
  picture: { readonly originalKey: BlobKey; readonly prefix: BlobKey },
): Promise<RenderedAvatar> {
  return await rendering.run(async () => {
    const file = await ctx.blobs.read(picture.originalKey);
    const side = RENDITION_SIZES.medium;
    const covering = { width: side, height: side, fit: 'outside' } as const;
    const { pixels } = await decodePicture(file, null, covering);
    const large = await cutSquare(pixels, side);
    const small = await cutSquare(large, RENDITION_SIZES.thumbnail);
    const place = { prefix: picture.prefix, of: 'avatar' } as const;
    const [smallFiles, largeFiles] = await Promise.all([
      storeRendition(ctx.blobs, { ...place, name: 'thumbnail' }, small),
      storeRendition(ctx.blobs, { ...place, name: 'medium' }, large),
    ]);
    return {
      small: smallFiles.jpeg,
      small_webp: smallFiles.webp,
      large: largeFiles.jpeg,
      large_webp: largeFiles.webp,
    };
  });
}
