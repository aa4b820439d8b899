import {
  MEDIA_PER_POST_MAX,
  PICTURE_PIXELS_MAX,
  UPLOAD_BYTES_MAX,
  VIDEO_SECONDS_MAX,
} from '../../../api/limits.ts';
import type { Dimensions } from './crop.ts';
import type { Sniffed } from './picture-header.ts';

/** Why a file cannot be taken; the words for each are in the strings table. */
export type Refusal =
  | 'svg'
  | 'empty'
  | 'unknown'
  | 'too_large'
  | 'too_long'
  | 'too_many_pixels'
  | 'too_many'
  | 'unreadable';

/** Judges what is known before the picture is decoded; null means that it may come. */
export function refusalBeforeDecoding(
  sniffed: Sniffed,
  bytes: number,
  stored: Dimensions | null,
): Refusal | null {
  if (sniffed.kind !== 'picture' && sniffed.kind !== 'video') return sniffed.kind;
  if (bytes > UPLOAD_BYTES_MAX) return 'too_large';
  return stored && hasTooManyPixels(stored) ? 'too_many_pixels' : null;
}

export function hasTooManyPixels(size: Dimensions): boolean {
  return size.width * size.height > PICTURE_PIXELS_MAX;
}

/** Of a video, in seconds. Half a second more is no reason to refuse: clocks of cameras differ. */
export function isTooLong(duration: number): boolean {
  return duration >= VIDEO_SECONDS_MAX + 0.5;
}

/** How many more pictures a post with so many has room for. */
export function roomLeft(count: number): number {
  return Math.max(0, MEDIA_PER_POST_MAX - count);
}
