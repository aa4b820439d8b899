import { exifOrientation, type Orientation } from '../exif-orientation.ts';
import type { ByteReader } from './byte-reader.ts';
import { BrokenStructure, type Structure } from './faults.ts';

const CHUNK_MAX = 2 ** 31 - 1;
/** As in a JPEG, where EXIF has to fit one segment. */
const EXIF_MAX = 65_536;

/**
 * Walks through the chunks of a PNG (ISO/IEC 15948, 5) to the last. Throws `EndsTooEarly`,
 * `BrokenStructure`.
 */
export async function readPng(reader: ByteReader): Promise<Structure> {
  await reader.skip(8);
  let size: { width: number; height: number } | undefined;
  let orientation: Orientation = 1;
  let hasPixels = false;
  for (;;) {
    const head = await reader.take(8);
    const length = head.readUInt32BE(0);
    const type = head.toString('latin1', 4, 8);
    if (length > CHUNK_MAX) throw new BrokenStructure('a chunk is longer than PNG allows');
    if (!size) {
      if (type !== 'IHDR' || length !== 13)
        throw new BrokenStructure('it does not begin with IHDR');
      const header = await reader.take(length);
      size = { width: header.readUInt32BE(0), height: header.readUInt32BE(4) };
      if (size.width === 0 || size.height === 0) throw new BrokenStructure('one side is 0');
    } else if (type === 'eXIf' && length <= EXIF_MAX) {
      orientation = exifOrientation(await reader.take(length));
    } else {
      await reader.skip(length);
    }
    await reader.skip(4);
    hasPixels ||= type === 'IDAT';
    if (type !== 'IEND') continue;
    if (!hasPixels) throw new BrokenStructure('it holds no picture');
    return { ...size, orientation };
  }
}
