import sharp from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { dominantColor } from './colour.ts';
import { applyProfile } from './convert.ts';
import { PHASH_SIDE, perceptualHash } from './perceptual-hash.ts';
import { openPixels, type Pixels, resizePixels } from './pixels.ts';

/** Thumbhash takes up to 100, and keeps seven waves: from half as many its bytes differ by ones, at a quarter of the cost. */
const HASH_SIDE = 50;

/** What stands in for a picture, and what finds others like it. */
export interface Summary {
  /** Base64 */
  readonly thumbhash: string;
  /** `#rrggbb` */
  readonly dominantColor: string;
  /** See `perceptualHash`. */
  readonly phash: string;
}

/** In sRGB whatever the picture is in. */
export async function summarise(pixels: Pixels): Promise<Summary> {
  const side = { width: HASH_SIDE, height: HASH_SIDE, fit: 'inside' } as const;
  const small = await applyProfile(await resizePixels(pixels, side), 'srgb');
  const { data, info } = await openPixels(small)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const hash = rgbaToThumbHash(width, height, data);
  const grey = await sharp(data, { raw: { width, height, channels } })
    .flatten({ background: '#ffffff' })
    .greyscale()
    .resize(PHASH_SIDE, PHASH_SIDE, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
  return {
    thumbhash: Buffer.from(hash).toString('base64'),
    dominantColor: dominantColor(data),
    phash: perceptualHash(grey),
  };
}
