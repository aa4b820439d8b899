import { boxesIn } from '../server/features/media/structures/boxes.ts';
import { gradient, picture, type Raw } from './pictures.ts';

/** What a HEIF file says of its picture beside the coded pixels. */
export interface HeifWish {
  /** `hvc1` for HEIC, `av01` for AVIF. */
  readonly coding: 'hvc1' | 'av01';
  readonly config: Buffer;
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  /** Quarters to turn it by, against the clock. */
  readonly turns?: number;
  /** How it is mirrored after that: 0 top with bottom, 1 left with right (ISO/IEC 23008-12, 6.5.12). */
  readonly mirror?: 0 | 1;
  /** An ICC profile, or primaries, transfer and matrix in the numbers of ITU-T H.273. */
  readonly colour?: Buffer | readonly [number, number, number];
  /** EXIF, from its TIFF header. */
  readonly exif?: Buffer;
  /** Bytes that its picture is said to have beyond those it has. */
  readonly promised?: number;
}

export function box(type: string, ...parts: readonly (Buffer | number[])[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

export const u16 = (value: number) => [value >> 8, value & 255];
export const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 0xffff)];
const chars = (text: string) => [...Buffer.from(text, 'latin1')];

/** A HEIF file of one picture, as phones lay it out: ftyp, meta, mdat. */
export function makeHeif(wish: HeifWish): Buffer {
  const { coding, data, exif } = wish;
  const brand = coding === 'hvc1' ? 'heic' : 'avif';
  const ftyp = box('ftyp', chars(brand), u32(0), chars('mif1'), chars(brand));
  const exifItem = exif ? Buffer.concat([Buffer.alloc(4), exif]) : undefined;
  const infe = (id: number, type: string) =>
    box('infe', u32(0x02000000), u16(id), u16(0), chars(type), [0]);
  const meta = (dataAt: number) => {
    const extent = (id: number, at: number, length: number) => [
      ...u16(id),
      ...u16(0),
      ...u16(1),
      ...u32(at),
      ...u32(length),
    ];
    return box(
      'meta',
      u32(0),
      box('hdlr', u32(0), u32(0), chars('pict'), Buffer.alloc(13)),
      box('pitm', u32(0), u16(1)),
      box('iinf', u32(0), u16(exifItem ? 2 : 1), infe(1, coding), exifItem ? infe(2, 'Exif') : []),
      exifItem ? box('iref', u32(0), box('cdsc', u16(2), u16(1), u16(1))) : [],
      properties(wish),
      box(
        'iloc',
        u32(0),
        [0x44, 0],
        u16(exifItem ? 2 : 1),
        extent(1, dataAt, data.length + (wish.promised ?? 0)),
        exifItem ? extent(2, dataAt + data.length, exifItem.length) : [],
      ),
    );
  };
  const dataAt = ftyp.length + meta(0).length + 8;
  return Buffer.concat([ftyp, meta(dataAt), box('mdat', data, exifItem ?? [])]);
}

const SRGB: readonly [number, number, number] = [1, 13, 1];

function properties(wish: HeifWish): Buffer {
  const { coding, config, width, height, turns, mirror, colour } = wish;
  const all = [
    box(coding === 'hvc1' ? 'hvcC' : 'av1C', config),
    box('ispe', u32(0), u32(width), u32(height)),
    ...(Buffer.isBuffer(colour) ? [box('colr', chars('prof'), colour)] : []),
    box(
      'colr',
      chars('nclx'),
      (Buffer.isBuffer(colour) ? SRGB : (colour ?? SRGB)).flatMap(u16),
      [0x80],
    ),
    ...(turns === undefined ? [] : [box('irot', [turns])]),
    ...(mirror === undefined ? [] : [box('imir', [mirror])]),
  ];
  // The highest bit: who does not know it must not show the picture.
  const indexes = all.map((_, index) => (index + 1) | 0x80);
  return box(
    'iprp',
    box('ipco', ...all),
    box('ipma', u32(0), u32(1), u16(1), [all.length], indexes),
  );
}

/** The parts of an AVIF of a picture, to be put together in other ways. */
export async function avifParts(raw: Raw): Promise<Pick<HeifWish, 'config' | 'data' | 'coding'>> {
  const file = await picture(raw)
    .avif({ quality: 90, effort: 0, chromaSubsampling: '4:4:4' })
    .toBuffer();
  const find = (bytes: Buffer, type: string): Buffer => {
    const found = boxesIn(bytes).find((one) => one.type === type)?.body;
    if (!found) throw new Error(`no ${type} box`);
    return found;
  };
  const meta = find(file, 'meta').subarray(4);
  const config = find(find(find(meta, 'iprp'), 'ipco'), 'av1C');
  return { coding: 'av01', config, data: find(file, 'mdat') };
}

/** The picture that `HEVC_GRADIENT` is of. */
export const GRADIENT = gradient(64, 48);
