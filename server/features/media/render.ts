import sharp from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import type { MediaId } from '../../../api/ids.ts';
import type { Edit } from '../../../api/looks.ts';
import { RENDITION_SIZES } from '../../../api/media.ts';
import type { Crop } from '../../../api/new-media.ts';
import type { Context } from '../../context.ts';
import type { BlobKey } from '../../ports/blobs/blobs.ts';
import { dominantColor } from './colour.ts';
import type { Size } from './crop.ts';
import { cutSquare, decodePicture, type Pixels, resizePixels } from './decode.ts';
import { storeRendition } from './encode.ts';
import { rendering } from './places.ts';
import type { Rendered } from './rendered.ts';

/** A portrait of 4:5 gets the full width, as a feed shows it; a higher one gets less. */
const PORTRAIT = 5 / 4;
/** The largest that thumbhash takes. */
const HASH_SIDE = 100;

/**
 * Makes all renditions of a picture and stores them under `prefix`; `width` and `height` are those of the
 * upright, cropped picture. Decodes once. Doing it again gives the same keys. Throws `media_broken`,
 * `media_unsupported` (both for good), `storage_full`, `BlobMissing`.
 */
export async function renderPicture(
  ctx: Pick<Context, 'blobs'>,
  picture: {
    readonly originalKey: BlobKey;
    readonly crop: Crop | null;
    readonly edit?: Edit | null;
    readonly prefix: BlobKey;
    /** What tells it from others under the same prefix. */
    readonly name: MediaId;
  },
): Promise<Rendered> {
  return await rendering.run(async () => {
    const file = await ctx.blobs.read(picture.originalKey);
    const bounds = bound(RENDITION_SIZES.large);
    const { pixels: large, shown } = await decodePicture(file, picture.crop, bounds);
    // Each from the next larger one, so that only the first decodes and goes over all pixels.
    const medium = await resizePixels(large, bound(RENDITION_SIZES.medium));
    const thumbnail = await cutSquare(medium, RENDITION_SIZES.thumbnail);

    const place = { prefix: picture.prefix, of: picture.name };
    const [summary, ...files] = await Promise.all([
      summarise(medium),
      storeRendition(ctx.blobs, { ...place, name: 'large' }, large),
      storeRendition(ctx.blobs, { ...place, name: 'medium' }, medium),
      storeRendition(ctx.blobs, { ...place, name: 'thumbnail' }, thumbnail),
    ]);
    const renditions = { large: files[0], medium: files[1], thumbnail: files[2] };
    return { ...shown, ...summary, renditions, phash: null, video: null };
  });
}

function bound(width: number): Size & { fit: 'inside' } {
  return { width, height: width * PORTRAIT, fit: 'inside' };
}

/** What stands in for the picture before it has loaded, in sRGB whatever the picture is in. */
async function summarise({ tiff }: Pixels): Promise<{ thumbhash: string; dominantColor: string }> {
  const { data, info } = await sharp(tiff)
    .resize({ width: HASH_SIDE, height: HASH_SIDE, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const hash = rgbaToThumbHash(info.width, info.height, data);
  return { thumbhash: Buffer.from(hash).toString('base64'), dominantColor: dominantColor(data) };
}
