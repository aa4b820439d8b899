import type { Readable } from 'node:stream';
import type { ErrorDetails } from '../../../api/errors.ts';
import { PICTURE_PIXELS_MAX } from '../../../api/media.ts';
import { Problem } from '../../kernel/problem.ts';
import { detectType, HEAD_BYTES } from './detect-type.ts';
import { isQuarterTurned } from './exif-orientation.ts';
import type { PictureType, UploadType } from './keys.ts';
import { ByteReader, EndsTooEarly } from './structures/byte-reader.ts';
import {
  type Animation,
  BrokenStructure,
  type Structure,
  TooMuch,
  UnusualStructure,
} from './structures/faults.ts';
import { readGif } from './structures/gif.ts';
import { readAvif, readHeic } from './structures/heif.ts';
import { readJpeg } from './structures/jpeg.ts';
import { readPng } from './structures/png.ts';
import { readWebp } from './structures/webp.ts';

/** Icons are 16 pixels; what is smaller shows nothing. */
export const SIDE_MIN = 16;
/**
 * Our choice: panoramas of phones stay well within it, and at 20 to 1 the large rendition is only 54 pixels
 * high; beyond that a picture is a line.
 */
export const SIDE_RATIO_MAX = 20;

export interface Inspected {
  /** Of the upright picture. */
  readonly width: number;
  readonly height: number;
  /** Of a GIF that moves. Of other formats that may, only the first frame is shown. */
  readonly animation?: Animation;
}

const READERS: Readonly<Record<PictureType, (reader: ByteReader) => Promise<Structure>>> = {
  'image/jpeg': readJpeg,
  'image/png': readPng,
  'image/webp': readWebp,
  'image/avif': readAvif,
  'image/heic': readHeic,
  'image/heif': readHeic,
  'image/gif': readGif,
};

/**
 * Judges a file by its content, walking once through its structure without decoding: is it what
 * `announced` says, is it whole, can it be shown. `open` gives its bytes from the first one. `details`
 * go into every Problem. Throws `media_type_mismatch`, `media_unsupported`, `media_broken`,
 * `media_too_many_pixels`, `media_bad_dimensions`.
 */
export async function inspectPicture(
  open: () => Promise<Readable>,
  announced: PictureType,
  details: ErrorDetails = {},
): Promise<Inspected> {
  await demandType(await open(), announced, details);
  const structure = await readStructure(await open(), announced, details);
  const { width, height } = isQuarterTurned(structure.orientation)
    ? { width: structure.height, height: structure.width }
    : structure;
  demandSize(width, height, details);
  const { animation } = structure;
  return { width, height, ...(animation ? { animation } : {}) };
}

/** Demands that the first bytes of a file are of the type that was announced. Throws `media_type_mismatch`. */
export async function demandType(
  stream: Readable,
  announced: UploadType,
  details: ErrorDetails = {},
): Promise<void> {
  const reader = new ByteReader(stream);
  try {
    const found = detectType(await reader.takeUpTo(HEAD_BYTES));
    // Two names of one thing: `heif` is the container, whatever lies in it.
    if (found === announced || (found === 'image/heic' && announced === 'image/heif')) return;
    throw new Problem(
      'media_type_mismatch',
      `This file was announced as ${announced}, but its content is ${found}.`,
      details,
    );
  } finally {
    await reader.close();
  }
}

async function readStructure(
  stream: Readable,
  type: PictureType,
  details: ErrorDetails,
): Promise<Structure> {
  const reader = new ByteReader(stream);
  try {
    return await READERS[type](reader);
  } catch (error) {
    if (error instanceof EndsTooEarly) {
      throw new Problem(
        'media_broken',
        'This picture is damaged: the file ends too early. Send it again from where it is whole.',
        { ...details, reason: 'ends_too_early' },
      );
    }
    if (error instanceof BrokenStructure) {
      const message = `This picture is damaged: ${error.message}.`;
      throw new Problem('media_broken', message, { ...details, reason: 'structure' });
    }
    if (error instanceof UnusualStructure) {
      const message = `This is ${error.message}, which is not supported. Save it as an ordinary JPEG.`;
      throw new Problem('media_unsupported', message, details);
    }
    if (error instanceof TooMuch) {
      throw new Problem('media_too_many_pixels', `This picture has ${error.message}.`, details);
    }
    throw error;
  } finally {
    await reader.close();
  }
}

function demandSize(width: number, height: number, details: ErrorDetails): void {
  const size = `${width} × ${height} pixels`;
  if (width * height > PICTURE_PIXELS_MAX) {
    const [has, most] = [(width * height) / 1e6, PICTURE_PIXELS_MAX / 1e6];
    const message = `This picture has ${size} (${has.toFixed(1)} megapixels); at most ${most} are taken.`;
    throw new Problem('media_too_many_pixels', message, details);
  }
  const [short, long] = width < height ? [width, height] : [height, width];
  if (short < SIDE_MIN) {
    const message = `This picture has ${size}; each side needs at least ${SIDE_MIN}.`;
    throw new Problem('media_bad_dimensions', message, details);
  }
  if (long > short * SIDE_RATIO_MAX) {
    const message = `This picture has ${size}; one side may be at most ${SIDE_RATIO_MAX} times the other.`;
    throw new Problem('media_bad_dimensions', message, details);
  }
}
