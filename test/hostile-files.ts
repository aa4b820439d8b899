import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { PictureType } from '../server/features/media/keys.ts';
import { animatedGif, stillGif } from './gifs.ts';
import { box, makeHeif, u16, u32 } from './heif.ts';
import { HEVC_GRADIENT } from './hevc-gradient.ts';
import { pngChunk } from './metadata.ts';
import { gradient, picture } from './pictures.ts';

/** A file that somebody sends to do harm, or that time has. */
export interface HostileFile {
  readonly what: string;
  readonly type: PictureType;
  readonly bytes: Buffer;
  /** Texts that no picture made of it may hold. */
  readonly smuggled?: readonly string[];
}

const SCRIPT = '<html><script>alert(document.domain)</script></html>';
const ZIP = Buffer.concat([
  Buffer.from('PK\x03\x04\x14\0\0\0\0\0', 'latin1'),
  Buffer.from('smuggled-in-a-zip.exe'),
  Buffer.from('PK\x05\x06', 'latin1'),
  Buffer.alloc(18),
]);

const heic = (width: number, height: number) =>
  makeHeif({ coding: 'hvc1', ...HEVC_GRADIENT.eightBits, width, height });

/** A PNG of one byte again and again; `kind`: depth, colours and interlacing as IHDR says them. */
export function pngOf(width: number, height: number, kind: readonly [number, number, number]) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([kind[0], kind[1], 0, 0, kind[2]], 8);
  const channels = { 0: 1, 2: 3, 4: 2, 6: 4 }[kind[1]] ?? 1;
  const row = 1 + Math.ceil((width * channels * kind[0]) / 8);
  // Interlaced, there are up to twice as many rows, each with a byte of its own.
  const data = deflateSync(Buffer.alloc((row + 2) * height + 64), { level: 1 });
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const chunks = [
    pngChunk('IHDR', header),
    pngChunk('IDAT', data),
    pngChunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([signature, ...chunks]);
}

/** Small files that are large, or claim to be, once they are decoded. */
export async function bombs(): Promise<HostileFile[]> {
  const grey = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#777' } });
  const claims = (bytes: Buffer, at: number, write: 'BE' | 'LE', value: number, length: number) => {
    const changed = Buffer.from(bytes);
    if (write === 'BE') changed.writeUIntBE(value, at, length);
    else changed.writeUIntLE(value, at, length);
    return changed;
  };
  const webp = await grey(64, 48).webp({ lossless: true }).toBuffer();
  const avif = await grey(64, 48).avif({ effort: 0 }).toBuffer();
  const size = avif.indexOf('ispe') + 8;
  const large = { width: 7000, height: 7000 };
  return [
    { what: 'a PNG of 49 MP', type: 'image/png', bytes: pngOf(7000, 7000, [1, 0, 0]) },
    { what: 'a PNG of 49 MP, interlaced', type: 'image/png', bytes: pngOf(7000, 7000, [8, 0, 1]) },
    { what: '16 bits, interlaced', type: 'image/png', bytes: await deepPng() },
    {
      what: 'a PNG of 4 Gigapixels',
      type: 'image/png',
      bytes: claims(pngOf(64, 64, [8, 2, 0]), 16, 'BE', 0xffff_0000ffff, 6),
    },
    {
      what: 'a JPEG of 49 MP',
      type: 'image/jpeg',
      bytes: await grey(large.width, large.height).jpeg().toBuffer(),
    },
    {
      what: 'a JPEG of 49 MP, progressive',
      type: 'image/jpeg',
      bytes: await grey(7000, 7000).jpeg({ progressive: true }).toBuffer(),
    },
    {
      what: 'a JPEG of 4 Gigapixels',
      type: 'image/jpeg',
      bytes: await hugeJpeg(),
    },
    { what: 'a still GIF of 49 MP', type: 'image/gif', bytes: stillGif(7000, 7000) },
    { what: 'a still GIF of 4 Gigapixels', type: 'image/gif', bytes: stillGif(65_535, 65_535) },
    {
      what: 'a GIF of 2,001 frames',
      type: 'image/gif',
      bytes: animatedGif({ width: 100, height: 100, frames: 2001, delay: 2 }),
    },
    {
      what: 'a GIF of 40 frames of 49 MP',
      type: 'image/gif',
      bytes: animatedGif({ ...large, frames: 40, delay: 2 }),
    },
    {
      what: 'a WebP of 49 MP',
      type: 'image/webp',
      bytes: await grey(7000, 7000).webp({ lossless: true, effort: 0 }).toBuffer(),
    },
    {
      what: 'a WebP whose head lies',
      type: 'image/webp',
      bytes: claims(webp, 21, 'LE', 0x0fffffff, 4),
    },
    {
      what: 'an AVIF whose head lies',
      type: 'image/avif',
      bytes: claims(claims(avif, size, 'BE', 7000, 4), size + 4, 'BE', 7000, 4),
    },
    {
      what: 'an AVIF of 4 Gigapixels',
      type: 'image/avif',
      bytes: claims(avif, size, 'BE', 0xffff_0000, 4),
    },
    { what: 'a HEIC whose head says 49 MP', type: 'image/heic', bytes: heic(7000, 7000) },
    { what: 'a HEIC whose head says 16 × 16', type: 'image/heic', bytes: heic(16, 16) },
    { what: 'a HEIC of 4 Gigapixels', type: 'image/heic', bytes: heic(65_000, 65_000) },
    { what: 'a HEIC of tiles of itself', type: 'image/heic', bytes: selfMadeGrid() },
  ];
}

/** Of all zeros, so that its 300 MB take a moment to make. */
async function deepPng(): Promise<Buffer> {
  return pngOf(6000, 6000, [16, 6, 1]);
}

async function hugeJpeg(): Promise<Buffer> {
  const bytes = await picture(gradient(64, 48)).jpeg().toBuffer();
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(65_500, frame + 5);
  bytes.writeUInt16BE(65_500, frame + 7);
  return bytes;
}

/** A grid whose tiles are the grid. */
function selfMadeGrid(): Buffer {
  const file = heic(64, 48);
  const type = file.indexOf('hvc1');
  file.write('grid', type, 'latin1');
  const at = file.indexOf('iprp') - 4;
  const iref = box('iref', u32(0), box('dimg', u16(1), u16(2), u16(1), u16(1)));
  const meta = file.indexOf('meta') - 4;
  const grown = Buffer.concat([file.subarray(0, at), iref, file.subarray(at)]);
  grown.writeUInt32BE(grown.readUInt32BE(meta) + iref.length, meta);
  return grown;
}

/** Files that are two things at once, and EXIF that goes in circles. */
export async function polyglots(): Promise<HostileFile[]> {
  const base = picture(gradient(120, 80));
  const jpeg = await base.clone().jpeg().toBuffer();
  const png = await base.clone().png().toBuffer();
  const comment = Buffer.concat([
    Buffer.from([0xff, 0xfe, 0, SCRIPT.length + 2]),
    Buffer.from(SCRIPT),
  ]);
  const gif = stillGif(0x2a2f, 600);
  const script = Buffer.from(`*/=1;alert(1)/*${SCRIPT}`);
  const gifComment = Buffer.concat([
    Buffer.from([0x21, 0xfe, script.length]),
    script,
    Buffer.of(0),
  ]);
  return [
    {
      what: 'a page in a JPEG',
      type: 'image/jpeg',
      bytes: Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2), Buffer.from(SCRIPT)]),
      smuggled: ['<script>'],
    },
    {
      what: 'an archive in a PNG',
      type: 'image/png',
      bytes: Buffer.concat([png.subarray(0, 33), pngChunk('zIPo', ZIP), png.subarray(33), ZIP]),
      smuggled: ['PK\x03\x04', 'smuggled'],
    },
    {
      what: 'a script in a GIF',
      type: 'image/gif',
      bytes: Buffer.concat([gif.subarray(0, 19), gifComment, gif.subarray(19)]),
      smuggled: ['alert(', '<script>'],
    },
    ...exifLoops(jpeg),
  ];
}

function exifLoops(jpeg: Buffer): HostileFile[] {
  // One field, and a next directory: the offset of either leads back to the first.
  const field = (tag: number, count: number) => {
    const tiff = Buffer.alloc(26);
    tiff.write('II*\0\x08\0\0\0\x01\0', 'latin1');
    tiff.writeUInt16LE(tag, 10);
    tiff.writeUInt16LE(4, 12);
    tiff.writeUInt32LE(count, 14);
    tiff.writeUInt32LE(8, 18);
    tiff.writeUInt32LE(8, 22);
    return tiff;
  };
  const many = Buffer.from('II*\0\x08\0\0\0\xff\xff', 'latin1');
  const exifs = {
    'its own': field(0x8769, 1),
    GPS: field(0x8825, 1),
    endless: field(0x14a, 0xffffffff),
    many,
  };
  return Object.entries(exifs).map(([name, exif]) => {
    const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif]);
    const head = Buffer.from([0xff, 0xe1, 0, body.length + 2]);
    const bytes = Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
    return { what: `EXIF in circles: ${name}`, type: 'image/jpeg' as const, bytes };
  });
}

/** Files that are not what they are said to be. */
export async function impostors(): Promise<HostileFile[]> {
  const base = picture(gradient(64, 48));
  const all: [PictureType, Buffer][] = [
    ['image/jpeg', await base.clone().jpeg().toBuffer()],
    ['image/png', await base.clone().png().toBuffer()],
    ['image/webp', await base.clone().webp().toBuffer()],
    ['image/avif', await base.clone().avif({ effort: 0 }).toBuffer()],
    ['image/heic', heic(64, 48)],
    ['image/gif', stillGif(64, 48)],
  ];
  const files = all.flatMap(([is]) =>
    all.flatMap(([type]) => {
      const bytes = all.find(([name]) => name === is)?.[1] ?? Buffer.alloc(0);
      return type === is ? [] : [{ what: `${is} as ${type}`, type, bytes }];
    }),
  );
  const texts: [string, string][] = [
    ['SVG', `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`],
    ['SVG with a head', `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "x">]><svg>&a;</svg>`],
    ['a page', SCRIPT],
    ['a program', '\x7fELF\x02\x01\x01'],
    ['PostScript', '%!PS-Adobe-3.0 (x) run'],
    ['nothing', ''],
  ];
  return [
    ...files,
    ...texts.map(([what, text]) => ({
      what,
      type: 'image/jpeg' as const,
      bytes: Buffer.from(text, 'latin1'),
    })),
  ];
}

/** Numbers from 0 to 1, the same for the same seed (Marsaglia, Xorshift RNGs, 2003). */
export function chance(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** `count` files of all formats with bytes changed, left out, doubled or put in. */
export async function mutants(count: number, seed: number): Promise<HostileFile[]> {
  const base = picture(gradient(64, 48));
  const moving = animatedGif({ width: 40, height: 30, frames: 3, delay: 4 });
  const kinds: [PictureType, Buffer][] = [
    [
      'image/jpeg',
      await base
        .clone()
        .withExif({ IFD0: { Artist: 'x' } })
        .jpeg()
        .toBuffer(),
    ],
    ['image/jpeg', await base.clone().withIccProfile('p3').jpeg({ progressive: true }).toBuffer()],
    ['image/jpeg', await base.clone().toColourspace('cmyk').jpeg().toBuffer()],
    ['image/png', await base.clone().withIccProfile('p3').png().toBuffer()],
    ['image/png', await base.clone().png({ palette: true, progressive: true }).toBuffer()],
    [
      'image/webp',
      await base
        .clone()
        .webp()
        .withExif({ IFD0: { Artist: 'x' } })
        .toBuffer(),
    ],
    ['image/webp', await base.clone().webp({ lossless: true }).toBuffer()],
    ['image/avif', await base.clone().avif({ effort: 0 }).toBuffer()],
    ['image/heic', heic(64, 48)],
    [
      'image/heic',
      makeHeif({ coding: 'hvc1', ...HEVC_GRADIENT.tenBits, width: 64, height: 48, turns: 1 }),
    ],
    ['image/gif', stillGif(64, 48)],
    ['image/gif', moving],
  ];
  const random = chance(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  return Array.from({ length: count }, (_, index) => {
    const [type, whole] = kinds[index % kinds.length] ?? ['image/gif', moving];
    let bytes = Buffer.from(whole);
    for (let change = 1 + below(6); change > 0; change -= 1) {
      const at = below(bytes.length);
      const end = Math.min(bytes.length, at + 1 + below(16));
      const part = bytes.subarray(at, end);
      const how = below(5);
      if (how <= 1) bytes[at] = below(256);
      else if (how === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
      else if (how === 3)
        bytes = Buffer.concat([bytes.subarray(0, end), part, bytes.subarray(end)]);
      else bytes.fill(below(2) * 255, at, end);
    }
    return { what: `mutant ${index} of seed ${seed}`, type, bytes };
  });
}
