import sharp, { type Metadata, type SharpOptions } from 'sharp';
import { PICTURE_PIXELS_MAX } from '../../../../api/media.ts';
import type { Crop } from '../../../../api/new-media.ts';
import { Problem } from '../../../kernel/problem.ts';
import type { TaskSource } from '../../../ports/sandbox/sandbox.ts';
import { type Area, croppedArea, type Size, storedArea } from '../crop.ts';
import { detectType } from '../detect-type.ts';
import { isQuarterTurned, type Orientation } from '../exif-orientation.ts';
import { applyProfile, displayP3 } from './convert.ts';
import { decodeHeic, HeicFault } from './decode-heic.ts';
import { heicMemory, memoryOf } from './memory.ts';
import { type Pixels, SMALLER, takePixels } from './pixels.ts';

/** Less than after what the whole process is killed, so that there is an answer. */
const TIME_LIMIT = { seconds: 25 };

/** SMPTE EG 432-1, table 2 of ITU-T H.273. */
const PRIMARIES_P3 = 12;
/** Both stand before the pixels. */
const NUMBERS_WITHIN = 65_536;

export interface Bounds extends Size {
  readonly fit: 'inside' | 'outside';
}

export interface Decoded {
  /** sRGB, or Display P3 with its profile. */
  readonly pixels: Pixels;
  /** Of the upright, cropped picture before it was made smaller. */
  readonly shown: Size;
}

/**
 * Decodes a picture once, cuts it, and makes it fit (`inside`) or cover (`outside`) `bounds`; never larger
 * than it is. Of what moves, the first frame. Throws `media_broken` when it is damaged or takes longer
 * than 25 s, `media_unsupported`, `media_too_many_pixels`.
 */
export async function decodePicture(
  source: TaskSource,
  crop: Crop | null,
  bounds: Bounds,
): Promise<Decoded> {
  const file = await source.read(0, source.size - 1);
  const type = detectType(file);
  if (type === 'image/heic') return await decodeHeicPicture(file, source, crop, bounds);
  if (!/^image\/(jpeg|png|webp|avif|gif)$/.test(type)) throw new Problem('media_unsupported');
  const metadata = await sharp(file, INPUT).metadata().catch(asBroken);
  await claimMemory(source, memoryOf(metadata, file.length));
  return await decodeFile(file, metadata, crop, bounds);
}

async function claimMemory(source: TaskSource, bytes: number | 'too much'): Promise<void> {
  if (bytes === 'too much') {
    throw new Problem(
      'media_unsupported',
      'This picture needs too much memory to be read. Save it as an ordinary JPEG.',
    );
  }
  if (bytes > 0) await source.claim(bytes);
}

async function decodeFile(
  file: Buffer,
  metadata: Metadata,
  crop: Crop | null,
  bounds: Bounds,
): Promise<Decoded> {
  const { orientation, upright } = uprightSize(metadata);
  const shown = croppedArea(upright, crop);
  // The profile of an RGB picture is kept until the picture is small, where applying it costs a tenth.
  // Others (CMYK, grey) become sRGB at once.
  const isRgb = metadata.space === 'srgb' || metadata.space === 'rgb16';
  const stated = metadata.icc ?? (saysDisplayP3(file, metadata.format) ? await displayP3() : null);
  const profile = isRgb ? stated : null;
  const pixels = await decodeStrictly(metadata.format, (failOn) => {
    const picture = sharp(file, { ...INPUT, failOn }).timeout(TIME_LIMIT);
    // In this order: an extract behind autoOrient would turn the whole picture in memory first.
    if (crop) picture.extract(storedArea(shown, upright, orientation));
    picture.autoOrient().resize({ ...bounds, ...SMALLER });
    if (profile) picture.keepIccProfile();
    return takePixels(picture.toColourspace('srgb'), profile);
  });
  return { pixels: await applyProfile(pixels), shown: sizeOf(shown) };
}

/** By numbers of ITU-T H.273 in place of a profile, which sharp does not look at: in AVIF and PNG. */
function saysDisplayP3(file: Buffer, format: string): boolean {
  const head = file.subarray(0, NUMBERS_WITHIN);
  if (format === 'heif') {
    const at = head.indexOf('colrnclx');
    return at >= 0 && at + 10 <= head.length && head.readUInt16BE(at + 8) === PRIMARIES_P3;
  }
  const at = format === 'png' ? head.indexOf('cICP') : -1;
  return at >= 0 && head[at + 4] === PRIMARIES_P3;
}

function uprightSize(metadata: Metadata): { orientation: Orientation; upright: Size } {
  const orientation = (metadata.orientation ?? 1) as Orientation;
  const { width, pageHeight: height = metadata.height } = metadata;
  const upright = isQuarterTurned(orientation)
    ? { width: height, height: width }
    : { width, height };
  return { orientation, upright };
}

const sizeOf = ({ width, height }: Area): Size => ({ width, height });

async function decodeHeicPicture(
  file: Buffer,
  source: TaskSource,
  crop: Crop | null,
  bounds: Bounds,
): Promise<Decoded> {
  await claimMemory(source, heicMemory(file));
  const { pixels, release } = await decodeHeic(file).catch((error) => {
    throw error instanceof HeicFault ? broken(error.message) : error;
  });
  try {
    const { data, width, height, channels, profile } = pixels;
    const shown = croppedArea({ width, height }, crop);
    const picture = sharp(data, { raw: { width, height, channels } }).timeout(TIME_LIMIT);
    if (crop) picture.extract(shown);
    picture.resize({ ...bounds, ...SMALLER });
    const small = await takePixels(picture, profile).catch(asBroken);
    return { pixels: await applyProfile(small), shown: sizeOf(shown) };
  } finally {
    release();
  }
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

function asBroken(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  if (/out of memory|unable to (allocate|malloc)/i.test(message)) throw error;
  throw broken(message);
}

function broken(message: string): Problem {
  return new Problem(
    'media_broken',
    message.startsWith('timeout')
      ? `This picture takes longer than ${TIME_LIMIT.seconds} seconds to read.`
      : 'This picture is damaged and cannot be read.',
    { reason: message.split('\n')[0]?.slice(0, 200) ?? '' },
  );
}
