import sharp from 'sharp';
import { isWideGamut } from './colour.ts';
import { asTiff, type Pixels, takePixels } from './pixels.ts';

let p3: Promise<Buffer> | undefined;

/** The short profile of Display P3 that sharp brings. */
export function displayP3(): Promise<Buffer> {
  p3 ??= makeDisplayP3();
  return p3;
}

async function makeDisplayP3(): Promise<Buffer> {
  const create = { width: 1, height: 1, channels: 3, background: '#000' } as const;
  const { icc } = await sharp(
    await sharp({ create }).withIccProfile('p3').png().toBuffer(),
  ).metadata();
  if (!icc) throw new Error('sharp has no profile of Display P3');
  return icc;
}

/**
 * Applies a profile. Wide pictures become Display P3 unless told, with a profile of ours, because a
 * camera's own may hold its serial number; all others sRGB, which needs none.
 */
export async function applyProfile(pixels: Pixels, wide: 'p3' | 'srgb' = 'p3'): Promise<Pixels> {
  const { profile } = pixels;
  if (!profile) return pixels;
  if (wide === 'p3' && profile.equals(await displayP3())) return pixels;
  const tiff = asTiff(pixels, profile);
  if (wide === 'srgb' || !isWideGamut(profile)) return await takePixels(sharp(tiff), null);
  // Without ignoreIcc, sharp would go by way of sRGB and cut off what P3 has beyond it.
  const picture = sharp(tiff, { ignoreIcc: true }).withIccProfile('p3');
  return await takePixels(picture, await displayP3());
}
