import { execFileSync } from 'node:child_process';
import { crc32, deflateSync } from 'node:zlib';
import ExifReader from 'exifreader';
import { gradient, phonePicture, SECRETS } from './pictures.ts';

/** What a picture full of metadata says, beside `SECRETS`: no served byte may. */
export const WORDS = [
  ...SECRETS,
  'Words in IPTC',
  'Words in a comment',
  'Words in a maker note',
  'Words in tEXt',
  'Words in zTXt',
  'Words in iTXt',
] as const;

function segment(marker: number, ...parts: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1')));
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/** EXIF with nothing but a maker note. */
function makerNote(words: string): Buffer {
  const note = Buffer.from(words.padEnd(32, '\0'), 'latin1');
  const tiff = Buffer.alloc(44);
  tiff.write('II*\0\x08\0\0\0', 'latin1');
  const field = (at: number, tag: number, type: number, count: number, value: number) => {
    tiff.writeUInt16LE(1, at);
    tiff.writeUInt16LE(tag, at + 2);
    tiff.writeUInt16LE(type, at + 4);
    tiff.writeUInt32LE(count, at + 6);
    tiff.writeUInt32LE(value, at + 10);
  };
  field(8, 0x8769, 4, 1, 26);
  field(26, 0x927c, 7, note.length, 44);
  return Buffer.concat([tiff, note]);
}

/** A JPEG with EXIF, a position, XMP, IPTC, a comment, a maker note and what phones put behind a picture. */
export async function loadedJpeg(): Promise<Buffer> {
  const { bytes } = await phonePicture(gradient(320, 240));
  const caption = Buffer.from('Words in IPTC', 'latin1');
  const iptc = Buffer.concat([Buffer.from([0x1c, 2, 120, 0, caption.length]), caption]);
  const resource = Buffer.concat([
    Buffer.from('8BIM\x04\x04\0\0\0\0\0', 'latin1'),
    Buffer.from([iptc.length]),
    iptc,
  ]);
  // Before the picture's own: a reader that takes the first EXIF finds the note.
  const more = [segment(0xed, 'Photoshop 3.0\0', resource), segment(0xfe, 'Words in a comment')];
  const behind = segment(0xe1, 'Exif\0\0', makerNote('Words in a maker note'));
  const scan = bytes.indexOf(Buffer.from([0xff, 0xdb]));
  return Buffer.concat([
    bytes.subarray(0, scan),
    ...more,
    behind,
    bytes.subarray(scan),
    Buffer.from('Words in a comment'),
  ]);
}

export function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A PNG with EXIF, XMP and texts of every kind. */
export async function loadedPng(): Promise<Buffer> {
  const { bytes } = await phonePicture(gradient(320, 240), 'image/png', 1);
  const texts = [
    pngChunk('tEXt', Buffer.from('Comment\0Words in tEXt', 'latin1')),
    pngChunk(
      'zTXt',
      Buffer.concat([Buffer.from('Author\0\0', 'latin1'), deflateSync('Words in zTXt')]),
    ),
    pngChunk('iTXt', Buffer.from('Title\0\0\0en\0\0Words in iTXt', 'latin1')),
  ];
  return Buffer.concat([bytes.subarray(0, 33), ...texts, bytes.subarray(33)]);
}

/** What a picture is made of, and what every file of its format has. */
const NEEDED = new Set(['file', 'jfif', 'riff', 'icc', 'png', 'pngFile', 'composite']);
/** Groups of exiftool: the file, its container, its profile. */
const NEEDED_GROUPS =
  /^(SourceFile|ExifTool|System|File|JFIF|RIFF|QuickTime|Meta|PNG|ICC.*|Composite)$/;

/** Groups of metadata that a reader which is not ours finds in a file, beyond what makes it a picture. */
export function foundMetadata(bytes: Buffer): string[] {
  const groups = Object.keys(ExifReader.load(bytes, { expanded: true }));
  return groups.filter((group) => !NEEDED.has(group));
}

let hasExiftool: boolean | undefined;

/** The same of many files by exiftool, where there is one: null without. */
export function foundByExiftool(paths: readonly string[]): string[] | null {
  hasExiftool ??= isThere();
  if (!hasExiftool) return null;
  const options = { maxBuffer: 64 * 1024 * 1024 };
  const all = JSON.parse(
    execFileSync('exiftool', ['-G1', '-a', '-j', ...paths], options).toString(),
  ) as Record<string, unknown>[];
  const groups = new Set(all.flatMap(Object.keys).map((name) => name.split(':')[0] ?? ''));
  return [...groups].filter((group) => !NEEDED_GROUPS.test(group));
}

function isThere(): boolean {
  try {
    execFileSync('exiftool', ['-ver'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Texts that stand in the profile of a file: of ours, two words and no serial number. */
export function profileTexts(bytes: Buffer): string[] {
  const { icc } = ExifReader.load(bytes, { expanded: true });
  return Object.values(icc ?? {}).map((tag) =>
    String((tag as { description: unknown }).description),
  );
}
