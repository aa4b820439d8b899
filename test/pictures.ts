import sharp, { type Sharp } from 'sharp';

/** Pixels for pictures that tests make: RGB, three bytes each. */
export interface Raw {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** No two corners alike, and each picture the same every time: two gradients and a bright corner. */
export function gradient(width: number, height: number): Raw {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 3;
      const corner = x < width / 4 && y < height / 4;
      data[at] = Math.round((x / width) * 200);
      data[at + 1] = Math.round((y / height) * 200);
      data[at + 2] = corner ? 220 : 60;
    }
  }
  return { data, width, height };
}

/** A picture for sharp to encode. */
export function picture({ data, width, height }: Raw): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** The mean of |a − b| over all bytes: 0 is the same, a JPEG is within 2 or so. */
export function meanDifference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} bytes against ${b.length}`);
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length;
}
