/** x and y of red, green and blue in CIE 1931, as ICC profiles hold them: adapted to D50. */
type Triangle = readonly [Point, Point, Point];
type Point = readonly [x: number, y: number];

/** sRGB's primaries, from its ICC profile (IEC 61966-2-1). */
const SRGB: Triangle = [
  [0.6485, 0.3309],
  [0.3212, 0.5979],
  [0.1559, 0.066],
];
/** Display P3, Adobe RGB and wider span 1.35 times sRGB and more; displays measured as sRGB up to 1.05. */
const WIDE = 1.15;

/**
 * True when an ICC profile holds clearly more colours than sRGB. False for profiles that work by tables
 * (printers, scanners) and for broken ones.
 */
export function isWideGamut(icc: Uint8Array): boolean {
  const profile = Buffer.from(icc.buffer, icc.byteOffset, icc.byteLength);
  const primaries = ['rXYZ', 'gXYZ', 'bXYZ'].map((tag) => readPoint(profile, tag));
  const [red, green, blue] = primaries;
  if (!red || !green || !blue) return false;
  return area([red, green, blue]) > WIDE * area(SRGB);
}

// Layout of ICC.1:2022, 7.2 to 7.3 (header of 128 bytes, then a table of tags) and 10.31 (XYZType).
function readPoint(profile: Buffer, tag: string): Point | undefined {
  if (profile.length < 132) return undefined;
  const tags = Math.min(profile.readUInt32BE(128), 100);
  for (let i = 0; i < tags; i += 1) {
    const entry = 132 + i * 12;
    if (entry + 12 > profile.length) return undefined;
    if (profile.toString('latin1', entry, entry + 4) !== tag) continue;
    const at = profile.readUInt32BE(entry + 4);
    if (at + 20 > profile.length) return undefined;
    const [x, y, z] = [8, 12, 16].map((offset) => profile.readInt32BE(at + offset) / 65_536);
    const sum = (x ?? 0) + (y ?? 0) + (z ?? 0);
    return sum > 0 ? [(x ?? 0) / sum, (y ?? 0) / sum] : undefined;
  }
  return undefined;
}

function area([a, b, c]: Triangle): number {
  return Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2;
}

/**
 * The colour that fills most of a picture, as `#rrggbb`: the mean of the fullest of 4,096 boxes. `rgba` is
 * sRGB; what shines through is taken for white, as on a light page.
 */
export function dominantColor(rgba: Uint8Array): string {
  const counts = new Uint32Array(4096);
  const sums = new Float64Array(4096 * 3);
  for (let i = 0; i + 3 < rgba.length; i += 4) {
    const alpha = (rgba[i + 3] ?? 0) / 255;
    const [r, g, b] = [0, 1, 2].map((c) => (rgba[i + c] ?? 0) * alpha + 255 * (1 - alpha)) as [
      number,
      number,
      number,
    ];
    const box = ((r >> 4) << 8) | ((g >> 4) << 4) | (b >> 4);
    counts[box] = (counts[box] ?? 0) + 1;
    [r, g, b].forEach((value, c) => {
      sums[box * 3 + c] = (sums[box * 3 + c] ?? 0) + value;
    });
  }
  const fullest = counts.indexOf(Math.max(...counts));
  const mean = (c: number) => Math.round((sums[fullest * 3 + c] ?? 0) / (counts[fullest] || 1));
  return `#${[0, 1, 2].map((c) => mean(c).toString(16).padStart(2, '0')).join('')}`;
}
