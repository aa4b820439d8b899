import sharp, { type ResizeOptions, type Sharp } from 'sharp';
import type { Size } from '../crop.ts';

// Every picture is seen once, so that keeping decoded parts of it only holds memory.
sharp.cache(false);
// Other pictures use the other cores; within one, threads would mostly wait for each other.
sharp.concurrency(1);

/** Decoded pixels: upright, 8 bits a channel, rows without gaps. */
export interface Pixels extends Size {
  readonly data: Buffer;
  readonly channels: 3 | 4;
  /** What the numbers mean (ICC); null: sRGB. */
  readonly profile: Buffer | null;
}

export const SMALLER: ResizeOptions = { withoutEnlargement: true };

/** For further work on pixels, their colours kept as they are. */
export function openPixels(pixels: Pixels): Sharp {
  const { data, width, height, channels, profile } = pixels;
  if (profile) return sharp(asTiff(pixels, profile)).keepIccProfile();
  return sharp(data, { raw: { width, height, channels } });
}

/** What sharp makes of a picture, as pixels of the same profile. */
export async function takePixels(picture: Sharp, profile: Buffer | null): Promise<Pixels> {
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels !== 3 && channels !== 4) throw new Error(`${channels} channels are no picture`);
  return { data, width, height, channels, profile };
}

/** Smaller pixels of pixels, never larger ones. */
export async function resizePixels(pixels: Pixels, options: ResizeOptions): Promise<Pixels> {
  const resized = openPixels(pixels).resize({ ...options, ...SMALLER });
  return await takePixels(resized, pixels.profile);
}

/** A square around what draws the eye, of at most `side` pixels, never enlarged. */
export async function cutSquare(pixels: Pixels, side: number): Promise<Pixels> {
  const fitting = Math.min(side, pixels.width, pixels.height);
  const fit = { fit: 'cover', position: 'attention' } as const;
  return await resizePixels(pixels, { ...fit, width: fitting, height: fitting });
}

// Fields of TIFF 6.0, and 34675 of ICC.1 annex B. Types: 3 numbers of two bytes, 4 of four, 7 bytes.
const SHORT = 3;
const LONG = 4;
const BYTES = 7;

/**
 * The same as an uncompressed TIFF, because sharp takes no profile with raw pixels. Writing and reading one
 * costs a copy.
 */
export function asTiff({ data, width, height, channels }: Pixels, profile: Buffer): Buffer {
  const fields: [tag: number, type: number, count: number, value: number][] = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    [258, SHORT, channels, 0],
    [259, SHORT, 1, 1],
    [262, SHORT, 1, 2],
    [273, LONG, 1, 0],
    [277, SHORT, 1, channels],
    [278, LONG, 1, height],
    [279, LONG, 1, data.length],
    ...(channels === 4 ? [[338, SHORT, 1, 2] as [number, number, number, number]] : []),
    [34675, BYTES, profile.length, 0],
  ];
  const bitsAt = 8 + 2 + fields.length * 12 + 4;
  const profileAt = bitsAt + channels * 2;
  const dataAt = profileAt + profile.length + (profile.length % 2);
  const head = Buffer.alloc(dataAt);
  head.write('II*\0', 'latin1');
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(fields.length, 8);
  const places: Readonly<Record<number, number>> = { 258: bitsAt, 273: dataAt, 34675: profileAt };
  fields.forEach(([tag, type, count, value], index) => {
    const at = 10 + index * 12;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(count, at + 4);
    head.writeUInt32LE(places[tag] ?? value, at + 8);
  });
  for (let i = 0; i < channels; i += 1) head.writeUInt16LE(8, bitsAt + i * 2);
  profile.copy(head, profileAt);
  return Buffer.concat([head, data]);
}
