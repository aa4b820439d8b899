import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { POSTERS_MAX, posterFile } from './plan.ts';

/** What all three are made from, so it keeps more than they do. */
const JPEG = { quality: 95, chromaSubsampling: '4:4:4' } as const;
/** Every place in which it is judged is small. */
const JUDGED_SIDE = 320;
/** Of 255. A film that fades in begins below. */
const DARK = 24;
/** Of 8 bits: a frame of one colour has 0, a lively one 7. */
const EMPTY = 2;

/** The best of the frames that were taken out, as a JPEG; null when there is none. */
export async function choosePoster(folder: string): Promise<Buffer | null> {
  let best: { readonly frame: Buffer; readonly score: number } | null = null;
  for (let number = 1; number <= POSTERS_MAX; number += 1) {
    const frame = await readFile(join(folder, posterFile(number))).catch(() => null);
    if (!frame) break;
    const score = await judge(frame);
    // By a good deal, because early frames are what the film is known by.
    if (!best || score > best.score * 1.15) best = { frame, score };
  }
  return best && (await sharp(best.frame).jpeg(JPEG).toBuffer());
}

/** Dark and empty frames come last; of the others, the sharp and lively first. */
async function judge(frame: Buffer): Promise<number> {
  const small = await sharp(frame)
    .resize({ width: JUDGED_SIDE, height: JUDGED_SIDE, fit: 'inside' })
    .greyscale()
    .toBuffer();
  const { channels, entropy, sharpness } = await sharp(small).stats();
  const mean = channels[0]?.mean ?? 0;
  const score = entropy * (1 + Math.log1p(sharpness));
  return mean < DARK || mean > 255 - DARK / 2 || entropy < EMPTY ? score / 100 : score;
}
