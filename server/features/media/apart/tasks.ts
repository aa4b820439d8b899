/** What runs in a child process, on bytes that nobody has judged yet. */
import type { Edit } from '../../../../api/looks.ts';
import { isPlain } from '../../../../api/looks-edits.ts';
import { RENDITION_SIZES } from '../../../../api/media.ts';
import type { Crop } from '../../../../api/new-media.ts';
import type { TaskSource } from '../../../ports/sandbox/sandbox.ts';
import type { Size } from '../crop.ts';
import { applyEdit } from '../looks/apply-edit.ts';
import { type Bounds, decodePicture } from './decode.ts';
import { encodeAvif, encodeBoth, sizeOf } from './encode.ts';
import { cutSquare, type Pixels, resizePixels } from './pixels.ts';
import { type Summary, summarise } from './summary.ts';

/** A portrait of 4:5 gets the full width, as a feed shows it; a higher one gets less. */
const PORTRAIT = 5 / 4;

export interface Wish {
  readonly crop: Crop | null;
  readonly edit: Edit | null;
}

export interface Made extends Summary {
  /** Of the upright, cropped picture. */
  readonly shown: Size;
  /** Large, medium, thumbnail: of each two files, JPEG and WebP. */
  readonly sizes: readonly Size[];
}

/** All renditions of a picture. */
export async function renderPicture(
  wish: Wish,
  source: TaskSource,
): Promise<{ value: Made; files: Buffer[] }> {
  const { sizes, shown } = await makeSizes(wish, source);
  const [, medium] = sizes;
  const [summary, ...files] = await Promise.all([summarise(medium), ...sizes.map(encodeBoth)]);
  return { value: { ...summary, shown, sizes: sizes.map(sizeOf) }, files: files.flat() };
}

/** The same renditions as AVIF. */
export async function renderAvif(
  wish: Wish,
  source: TaskSource,
): Promise<{ value: readonly Size[]; files: Buffer[] }> {
  const { sizes } = await makeSizes(wish, source);
  const files: Buffer[] = [];
  // One after the other: there is no hurry, and each takes its memory.
  for (const size of sizes) files.push(await encodeAvif(size));
  return { value: sizes.map(sizeOf), files };
}

/** The squares of a profile picture, large and small. */
export async function renderAvatar(
  _wish: null,
  source: TaskSource,
): Promise<{ value: null; files: Buffer[] }> {
  const side = RENDITION_SIZES.medium;
  const { pixels } = await decodePicture(source, null, {
    width: side,
    height: side,
    fit: 'outside',
  });
  const large = await cutSquare(pixels, side);
  const small = await cutSquare(large, RENDITION_SIZES.thumbnail);
  const files = await Promise.all([large, small].map(encodeBoth));
  return { value: null, files: files.flat() };
}

async function makeSizes({ crop, edit }: Wish, source: TaskSource) {
  const { pixels, shown } = await decodePicture(source, crop, bound(RENDITION_SIZES.large));
  const large = edit ? edited(pixels, edit) : pixels;
  // Each from the next larger one, so that only the first decodes and goes over all pixels.
  const medium = await resizePixels(large, bound(RENDITION_SIZES.medium));
  const thumbnail = await cutSquare(medium, RENDITION_SIZES.thumbnail);
  return { sizes: [large, medium, thumbnail] as const, shown };
}

function bound(width: number): Bounds {
  return { width, height: width * PORTRAIT, fit: 'inside' };
}

/** On a copy, so that nobody finds their pixels changed. */
function edited(pixels: Pixels, edit: Edit): Pixels {
  if (isPlain(edit)) return pixels;
  const data = Buffer.from(pixels.data);
  applyEdit(data, pixels, pixels.channels, edit);
  return { ...pixels, data };
}
