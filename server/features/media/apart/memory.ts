import type { Metadata } from 'sharp';
import { PICTURE_PIXELS_MAX } from '../../../../api/media.ts';

const MB = 1024 * 1024;
/** Two tasks of so much each fit beside the server in half a gigabyte without asking. */
const SMALL = 64 * MB;
/** What one picture may have, so that it fits into half a gigabyte beside the server and the decoder itself. */
const MOST = 240 * MB;

/**
 * Bytes that decoding takes at most, judged by the head of the file; 0: not worth asking for. Baseline
 * JPEG and plain PNG go through line by line; others lie in memory as a whole.
 */
export function memoryOf(metadata: Metadata, fileBytes: number): number | 'too much' {
  const { format, width, height, channels = 4, isProgressive, orientation = 1 } = metadata;
  const pixels = width * height;
  const depth = metadata.depth === 'uchar' ? 1 : 2;
  let bytes = 0;
  // Two bytes a coefficient; chroma counted as it is sampled.
  if (format === 'jpeg' && isProgressive) {
    bytes = pixels * 2 * (metadata.chromaSubsampling === '4:2:0' ? 1.5 : channels);
  } else if (format === 'png' && isProgressive) bytes = pixels * channels * depth;
  else if (format === 'webp') bytes = pixels * 4;
  else if (format === 'gif') bytes = pixels * 8;
  else if (format === 'heif') bytes = pixels * 3 * (depth + 1);
  // To turn it, all of it is needed at once; a JPEG is half as large or smaller by then, if it is large.
  if (orientation > 1) bytes += pixels * channels * depth * (format === 'jpeg' ? 0.25 : 1);
  return claimOf(bytes + fileBytes);
}

/** For HEIC, of its coded size: some phones write 2 MP, others 48, at half a byte a pixel or less. */
export function heicMemory(file: Buffer): number | 'too much' {
  const pixels = Math.min(PICTURE_PIXELS_MAX, largestExtent(file));
  // YUV, RGB, and what the decoder keeps beside.
  return claimOf(pixels * 5 + file.length);
}

/** The largest size that any picture in it claims to have, in pixels. */
function largestExtent(file: Buffer): number {
  let largest = 0;
  // In the first megabyte, where the meta box ends.
  const head = file.subarray(0, MB);
  for (let at = head.indexOf('ispe'); at >= 0; at = head.indexOf('ispe', at + 4)) {
    if (at + 16 > head.length) break;
    largest = Math.max(largest, head.readUInt32BE(at + 8) * head.readUInt32BE(at + 12));
  }
  return largest;
}

function claimOf(bytes: number): number | 'too much' {
  if (bytes > MOST) return 'too much';
  return bytes > SMALL ? Math.round(bytes) : 0;
}
