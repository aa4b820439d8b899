import type { Readable } from 'node:stream';
import type { ErrorDetails } from '../../../api/errors.ts';
import { PICTURE_PIXELS_MAX } from '../../../api/media.ts';
import { Problem } from '../../kernel/problem.ts';
import { ByteReader, EndsTooEarly } from './byte-reader.ts';
import { isQuarterTurned } from './exif-orientation.ts';
import { readJpeg } from './jpeg-structure.ts';
import type { UploadType } from './keys.ts';
import { BrokenStructure, type Structure, UnusualStructure } from './picture-faults.ts';
import { readPng } from './png-structure.ts';
import { readWebp } from './webp-structure.ts';

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
}

export type InspectedType = 'image/jpeg' | 'image/png' | 'image/webp';

const READERS: Readonly<Record<InspectedType, (reader: ByteReader) => Promise<Structure>>> = {
  'image/jpeg': readJpeg,
  'image/png': readPng,
  'image/webp': readWebp,
};

export function canInspect(type: UploadType): type is InspectedType {
  return Object.hasOwn(READERS, type);
}

/**
 * Judges a file by its content, walking once through its structure without decoding: is it what
 * `announced` says, is it whole, can it be shown. `open` gives its bytes from the first one. `details`
 * go into every Problem. Throws `media_type_mismatch`, `media_unsupported`, `media_broken`,
 * `media_too_many_pixels`, `media_bad_dimensions`.
 */
export async function inspectPicture(
  open: () => Promise<Readable>,
  announced: InspectedType,
  details: ErrorDetails = {},
): Promise<Inspected> {
  await demandType(await open(), announced, details);
  const structure = await readStructure(await open(), announced, details);
  const { width, height } = isQuarterTurned(structure.orientation)
    ? { width: structure.height, height: structure.width }
    : structure;
  demandSize(width, height, details);
  return { width, height };
}

async function demandType(
  stream: Readable,
  announced: InspectedType,
  details: ErrorDetails,
): Promise<void> {
  const reader = new ByteReader(stream);
  try {
    const head = await takeUpTo(reader, 16);
    const found = detectType(head);
    if (found === announced) return;
    throw new Problem(
      'media_type_mismatch',
      `This file was announced as ${announced}, but its content is ${found}.`,
      details,
    );
  } finally {
    await reader.close();
  }
}

async function takeUpTo(reader: ByteReader, length: number): Promise<Buffer> {
  const bytes: number[] = [];
  try {
    while (bytes.length < length) bytes.push(await reader.takeByte());
  } catch (error) {
    if (!(error instanceof EndsTooEarly)) throw error;
  }
  return Buffer.from(bytes);
}

/**
 * The content type that the first 16 bytes tell. Kinds that we do not take have names too, because that
 * helps who sent them; what is unknown has a phrase.
 */
export function detectType(head: Uint8Array): string {
  const text = Buffer.from(head.subarray(0, 16)).toString('latin1');
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'image/webp';
  if (text.startsWith('GIF8')) return 'image/gif';
  if (text.startsWith('%PDF')) return 'application/pdf';
  if (text.slice(4, 8) === 'ftyp') {
    const brand = text.slice(8, 12);
    if (brand.startsWith('avi')) return 'image/avif';
    return /^(hei|hev|mif1|msf1)/.test(brand) ? 'image/heic' : 'a video';
  }
  return 'none of the pictures that we know';
}

async function readStructure(
  stream: Readable,
  type: InspectedType,
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
