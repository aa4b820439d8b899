import { exifOrientation, type Orientation } from '../exif-orientation.ts';
import type { ByteReader } from './byte-reader.ts';
import { BrokenStructure, type Structure } from './faults.ts';

const EXIF_MAX = 65_536;

/**
 * Walks through a WebP (RFC 9649) to the end that its header announces. Of an animation, the size is that
 * of its canvas. Throws `EndsTooEarly`, `BrokenStructure`.
 */
export async function readWebp(reader: ByteReader): Promise<Structure> {
  const header = await reader.take(12);
  let left = header.readUInt32LE(4) - 4;
  let size: { width: number; height: number } | undefined;
  let orientation: Orientation = 1;
  let hasPixels = false;
  while (left >= 8) {
    const head = await reader.take(8);
    const type = head.toString('latin1', 0, 4);
    const length = head.readUInt32LE(4);
    const padded = length + (length % 2);
    left -= 8 + padded;
    const wanted = !size ? Math.min(10, length) : type === 'EXIF' ? Math.min(EXIF_MAX, length) : 0;
    const data = await reader.take(wanted);
    if (!size) size = sizeOf(type, data);
    else if (type === 'EXIF') orientation = exifOrientation(withoutPrefix(data));
    hasPixels ||= type === 'VP8 ' || type === 'VP8L' || type === 'ANMF';
    // Some encoders leave out the padding of the last chunk.
    await reader.skip((left < 0 ? length : padded) - wanted);
  }
  if (!size || !hasPixels) throw new BrokenStructure('it holds no picture');
  return { ...size, orientation };
}

function sizeOf(type: string, data: Buffer): { width: number; height: number } {
  if (type === 'VP8X' && data.length >= 10) {
    return { width: data.readUIntLE(4, 3) + 1, height: data.readUIntLE(7, 3) + 1 };
  }
  if (type === 'VP8L' && data.length >= 5 && data.readUInt8(0) === 0x2f) {
    const bits = data.readUInt32LE(1);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (type === 'VP8 ' && data.length >= 10 && data.readUIntBE(3, 3) === 0x9d012a) {
    return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
  }
  throw new BrokenStructure('its first chunk holds no size');
}

/** Some writers put the JPEG's prefix before the data. */
function withoutPrefix(exif: Buffer): Buffer {
  return exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif;
}
