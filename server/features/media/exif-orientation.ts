const ORIENTATION_TAG = 0x0112;
const SHORT = 3;

/** How a camera was held, 1 to 8 (EXIF 2.32, 4.6.4 A): 1 upright, 5 to 8 turned by a quarter. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** Reads the orientation from EXIF data (a TIFF header and what follows); 1 when it says nothing. */
export function exifOrientation(exif: Buffer): Orientation {
  const order = exif.toString('latin1', 0, 4);
  if (order !== 'II*\0' && order !== 'MM\0*') return 1;
  const little = order.startsWith('I');
  const short = (at: number) => (little ? exif.readUInt16LE(at) : exif.readUInt16BE(at));
  const long = (at: number) => (little ? exif.readUInt32LE(at) : exif.readUInt32BE(at));
  if (exif.length < 8) return 1;
  const directory = long(4);
  if (directory + 2 > exif.length) return 1;
  const entries = short(directory);
  for (let i = 0; i < entries; i += 1) {
    const entry = directory + 2 + i * 12;
    if (entry + 12 > exif.length) return 1;
    if (short(entry) !== ORIENTATION_TAG || short(entry + 2) !== SHORT) continue;
    const value = short(entry + 8);
    return value >= 1 && value <= 8 ? (value as Orientation) : 1;
  }
  return 1;
}

/** True when the upright picture is as wide as the stored one is high. */
export function isQuarterTurned(orientation: Orientation): boolean {
  return orientation >= 5;
}
