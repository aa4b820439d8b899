import sharp, { type ResizeOptions, type Sharp, type SharpOptions } from 'sharp';
import { PICTURE_PIXELS_MAX } from '../../../api/media.ts';
import type { Crop } from '../../../api/new-media.ts';
import { Problem } from '../../kernel/problem.ts';
import { isWideGamut } from './colour.ts';
import { croppedArea, type Size, storedArea } from './crop.ts';
import { isQuarterTurned, type Orientation } from './exif-orientation.ts';
import { detectType } from './inspect.ts';

// Every picture is seen once, so that keeping decoded parts of it only holds memory.
sharp.cache(false);

/** 15 times what the largest picture that we take needs on a slow core. */
const TIME_LIMIT = { seconds: 30 };

/** A decoded picture: upright, and stripped of everything but its pixels and what their numbers mean. */
export interface Pixels extends Size {
  /** An uncompressed TIFF: Display P3 with its profile when `isWide`, else sRGB without one. */
  readonly tiff: Buffer;
  readonly isWide: boolean;
  readonly hasAlpha: boolean;
}

/**
 * Decodes a picture once, cuts it, and makes it fit (`inside`) or cover (`outside`) `box`; never larger
 * than it is. Throws `media_broken` when it is damaged or takes longer than 30 s, `media_unsupported`.
 * `shown` is the size of the upright, cropped picture before it was made smaller.
 */
export async function decodePicture(
  file: Buffer,
  crop: Crop | null,
  box: Size & { readonly fit: 'inside' | 'outside' },
): Promise<{ pixels: Pixels; shown: Size }> {
  if (!['image/jpeg', 'image/png', 'image/webp'].includes(detectType(file))) {
    throw new Problem('media_unsupported');
  }
  const metadata = await sharp(file, INPUT).metadata().catch(asBroken);
  const orientation = (metadata.orientation ?? 1) as Orientation;
  const upright = isQuarterTurned(orientation)
    ? { width: metadata.height, height: metadata.width }
    : { width: metadata.width, height: metadata.height };
  const shown = croppedArea(upright, crop);

  // The profile of an RGB picture is kept until the picture is small, where applying it costs a tenth.
  // Others (CMYK, grey) become sRGB at once.
  const isRgb = metadata.space === 'srgb' || metadata.space === 'rgb16';
  const profile = isRgb ? metadata.icc : undefined;
  const { data, info } = await decodeStrictly(metadata.format, (failOn) => {
    const picture = sharp(file, { ...INPUT, failOn }).timeout(TIME_LIMIT);
    // In this order: an extract behind autoOrient would turn the whole picture in memory first.
    if (crop) picture.extract(storedArea(shown, upright, orientation));
    picture.autoOrient().resize({ ...box, ...SMALLER });
    if (profile) picture.keepIccProfile();
    return picture.tiff(UNCOMPRESSED).toBuffer({ resolveWithObject: true });
  });

  const isWide = profile !== undefined && isWideGamut(profile);
  const tiff = profile ? await convertColours(data, isWide) : data;
  const { hasAlpha } = metadata;
  return {
    pixels: { tiff, isWide, hasAlpha, width: info.width, height: info.height },
    shown: { width: shown.width, height: shown.height },
  };
}

/** What libjpeg says of files that are odd but have all their pixels. */
const HARMLESS = /extraneous bytes|JFIF major revision|Inconsistent progression|Invalid SOS/;

/**
 * Missing lines in the middle of a JPEG are a warning only, but so are harmless things, and those of PNG
 * all are: JPEG is read strictly, and once more when it was harmless. Throws `media_broken`.
 */
async function decodeStrictly<T>(
  format: string,
  decode: (failOn: 'error' | 'warning') => Promise<T>,
): Promise<T> {
  if (format !== 'jpeg') return await decode('error').catch(asBroken);
  try {
    return await decode('warning');
  } catch (error) {
    if (!(error instanceof Error && HARMLESS.test(error.message))) asBroken(error);
    return await decode('error').catch(asBroken);
  }
}

/** A still picture is read from an animation: its first frame. */
const INPUT: SharpOptions = {
  limitInputPixels: PICTURE_PIXELS_MAX,
  failOn: 'error',
  sequentialRead: true,
};

const SMALLER: ResizeOptions = { withoutEnlargement: true };

const UNCOMPRESSED = { compression: 'none' } as const;

/**
 * Applies the embedded profile. Wide pictures become Display P3, with the short profile that sharp brings,
 * because a camera's own may hold its serial number; all others sRGB, which needs none.
 */
async function convertColours(tiff: Buffer, isWide: boolean): Promise<Buffer> {
  // Without ignoreIcc, sharp would go by way of sRGB and cut off what P3 has beyond it.
  const picture = isWide ? sharp(tiff, { ignoreIcc: true }).withIccProfile('p3') : sharp(tiff);
  return await picture.tiff(UNCOMPRESSED).toBuffer();
}

/** For further work on pixels, their colours kept as they are. */
export function openPixels({ tiff, isWide }: Pixels): Sharp {
  const picture = sharp(tiff);
  return isWide ? picture.keepIccProfile() : picture;
}

/** Smaller pixels of pixels. */
export async function resizePixels(pixels: Pixels, options: ResizeOptions): Promise<Pixels> {
  const { data, info } = await openPixels(pixels)
    .resize({ ...options, ...SMALLER })
    .tiff(UNCOMPRESSED)
    .toBuffer({ resolveWithObject: true });
  return { ...pixels, tiff: data, width: info.width, height: info.height };
}

/** A square around what draws the eye, of at most `side` pixels, never enlarged. */
export async function cutSquare(pixels: Pixels, side: number): Promise<Pixels> {
  const fitting = Math.min(side, pixels.width, pixels.height);
  const fit = { fit: 'cover', position: 'attention' } as const;
  return await resizePixels(pixels, { ...fit, width: fitting, height: fitting });
}

function asBroken(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  if (/out of memory|unable to (allocate|malloc)/i.test(message)) throw error;
  throw new Problem(
    'media_broken',
    message.startsWith('timeout')
      ? `This picture takes longer than ${TIME_LIMIT.seconds} seconds to read.`
      : 'This picture is damaged and cannot be read.',
    { reason: message.split('\n')[0]?.slice(0, 200) ?? '' },
  );
}
