import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { samplePhotos } from './sample-data.ts';

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

/** A file as somebody uploads it. */
export interface TestPicture {
  readonly name: string;
  readonly type: 'image/jpeg' | 'image/png' | 'image/webp';
  readonly bytes: Buffer;
}

let hue = 0;

/** A small JPEG, one after the other of another colour; the same ones at every run. */
export function colourPicture(): TestPicture {
  hue += 1;
  const bytes = made[hue % made.length];
  if (!bytes) throw new RangeError('no picture was made');
  return { name: `colour-${hue}.jpg`, type: 'image/jpeg', bytes };
}

const made = await Promise.all(
  Array.from({ length: 12 }, (_, index) =>
    sharp({
      create: {
        width: 40,
        height: 50,
        channels: 3,
        background: { r: index * 20, g: 255 - index * 15, b: (index * 90) % 256 },
      },
    })
      .jpeg()
      .toBuffer(),
  ),
);

/** Where the phone was, and which phone: what no served copy may hold. */
export const SECRETS = ['Otterphone', 'SN-4711-0815', 'Alice Example'] as const;

/** A picture as a phone writes it: EXIF orientation, position, maker, owner; XMP with its creator. */
export async function phonePicture(
  raw: Raw,
  type: TestPicture['type'] = 'image/jpeg',
  orientation = 6,
): Promise<TestPicture> {
  const [maker, serial, owner] = SECRETS;
  const written = picture(raw)
    .withMetadata({ orientation })
    .withExifMerge({
      IFD0: { Make: maker, Artist: owner },
      IFD2: { BodySerialNumber: serial },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '43/1 15/1 0/1',
        GPSLongitudeRef: 'W',
        GPSLongitude: '2/1 55/1 0/1',
      },
    })
    .withXmp(
      `<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><creator>${owner}</creator></x:xmpmeta><?xpacket end="w"?>`,
    );
  const extension = type.slice('image/'.length);
  const bytes = await written.toFormat(extension as 'jpeg' | 'png' | 'webp').toBuffer();
  return { name: `phone.${extension}`, type, bytes };
}

/** The sample photos where there are some; where not, pictures of ours of the same kinds. */
export async function photos(): Promise<TestPicture[]> {
  const found = samplePhotos();
  if (found.length > 0) {
    return Promise.all(
      found.map(async (path) => ({
        name: basename(path),
        type: TYPES[extname(path)] ?? 'image/jpeg',
        bytes: await readFile(path),
      })),
    );
  }
  const sizes: [number, number, TestPicture['type'], number][] = [
    [1600, 1200, 'image/jpeg', 1],
    [1200, 1800, 'image/jpeg', 6],
    [900, 900, 'image/png', 1],
    [1500, 1000, 'image/webp', 1],
  ];
  return Promise.all(
    sizes.map(([width, height, type, orientation]) =>
      phonePicture(gradient(width, height), type, orientation),
    ),
  );
}

const TYPES: Readonly<Record<string, TestPicture['type']>> = {
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
};
