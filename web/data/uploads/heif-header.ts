/** "ispe" and "irot", the properties of an image in ISO/IEC 23008-12 that tell its size and its turn. */
const ISPE = 0x69737065;
const IROT = 0x69726f74;

/**
 * The upright size in pixels of a HEIC or AVIF, read from its first bytes; null when they do not say.
 * Phones put a photo together of tiles that have a size each: the largest one is of the whole.
 */
export function heifSize(bytes: Uint8Array): { width: number; height: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let width = 0;
  let height = 0;
  let turned = false;
  for (let at = 4; at + 16 <= bytes.length; at += 1) {
    if (bytes[at] !== 0x69) continue; // "i"
    const name = view.getUint32(at);
    if (name === IROT && view.getUint32(at - 4) === 9) turned ||= ((bytes[at + 4] ?? 0) & 1) === 1;
    if (name !== ISPE || view.getUint32(at - 4) !== 20) continue;
    const size = [view.getUint32(at + 8), view.getUint32(at + 12)] as const;
    if (size[0] * size[1] > width * height) [width, height] = size;
  }
  if (width === 0 || height === 0) return null;
  return turned ? { width: height, height: width } : { width, height };
}
