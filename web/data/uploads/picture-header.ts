import type { PICTURE_TYPES, UPLOAD_TYPES, VIDEO_TYPES } from '../../../api/limits.ts';
import { heifSize } from './heif-header.ts';

export type PictureType = (typeof PICTURE_TYPES)[number];
export type VideoType = (typeof VIDEO_TYPES)[number];
/** Of everything that can be chosen. */
export type FileType = (typeof UPLOAD_TYPES)[number];

/** What the first bytes of a file say about it. */
export type Sniffed =
  | { readonly kind: 'picture'; readonly type: PictureType }
  | { readonly kind: 'video'; readonly type: VideoType }
  | { readonly kind: 'svg' | 'empty' | 'unknown' };

/** How many bytes of a file are enough to know its kind and, nearly always, its size. */
export const HEADER_BYTES = 512 * 1024;

/** What a file is, judged by its content: names and announced types lie. */
export function sniff(bytes: Uint8Array): Sniffed {
  if (bytes.length === 0) return { kind: 'empty' };
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return picture('image/jpeg');
  if (ascii(bytes, 1, 3) === 'PNG' && bytes[0] === 0x89) return picture('image/png');
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP') return picture('image/webp');
  if (ascii(bytes, 0, 4) === 'GIF8') return picture('image/gif');
  if (ascii(bytes, 4, 4) === 'ftyp') return ofBrands(bytes);
  if (bytes[0] === 0x1a && bytes[1] === 0x45 && bytes[2] === 0xdf) return ofMatroska(bytes);
  if (/^\s*<(\?xml|svg|!doctype svg)/i.test(ascii(bytes, 0, 200))) return { kind: 'svg' };
  return { kind: 'unknown' };
}

function picture(type: PictureType): Sniffed {
  return { kind: 'picture', type };
}

function video(type: VideoType): Sniffed {
  return { kind: 'video', type };
}

/** ISO base media: the brands in the first box tell photos (HEIC, AVIF) from films. */
function ofBrands(bytes: Uint8Array): Sniffed {
  const end = Math.min(uint32(bytes, 0), bytes.length, 128);
  const brands = [ascii(bytes, 8, 4)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(ascii(bytes, at, 4));
  if (brands.some((brand) => /^(avif|avis)$/.test(brand))) return picture('image/avif');
  if (brands.some((brand) => /^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand)))
    return picture('image/heic');
  return video(brands[0] === 'qt  ' ? 'video/quicktime' : 'video/mp4');
}

/** WebM is a Matroska that says so (RFC 8794, the DocType); others are not taken. */
function ofMatroska(bytes: Uint8Array): Sniffed {
  return ascii(bytes, 0, 80).includes('webm') ? video('video/webm') : { kind: 'unknown' };
}

/** Size in pixels as stored (before any turning); null when the header does not say. */
export function storedSize(
  bytes: Uint8Array,
  type: PictureType,
): { width: number; height: number } | null {
  if (type === 'image/png') return pngSize(bytes);
  if (type === 'image/webp') return webpSize(bytes);
  if (type === 'image/jpeg') return jpegSize(bytes);
  if (type === 'image/gif') return gifSize(bytes);
  return heifSize(bytes);
}

function pngSize(bytes: Uint8Array) {
  if (ascii(bytes, 12, 4) !== 'IHDR') return null;
  return sized(uint32(bytes, 16), uint32(bytes, 20));
}

function gifSize(bytes: Uint8Array) {
  const at = (i: number) => bytes[i] ?? 0;
  return sized(at(6) | (at(7) << 8), at(8) | (at(9) << 8));
}

/** The three kinds of WebP (RFC 9649): lossy, lossless, extended. */
function webpSize(bytes: Uint8Array) {
  if (bytes.length < 30) return null;
  const at = (i: number) => bytes[i] ?? 0;
  switch (ascii(bytes, 12, 4)) {
    case 'VP8 ':
      return sized((at(26) | (at(27) << 8)) & 0x3fff, (at(28) | (at(29) << 8)) & 0x3fff);
    case 'VP8L': {
      const bits = at(21) | (at(22) << 8) | (at(23) << 16) | (at(24) << 24);
      return sized((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
    }
    case 'VP8X':
      return sized(
        1 + (at(24) | (at(25) << 8) | (at(26) << 16)),
        1 + (at(27) | (at(28) << 8) | (at(29) << 16)),
      );
    default:
      return null;
  }
}

/** Walks the segments of a JPEG (ITU T.81, annex B) until the frame header. */
function jpegSize(bytes: Uint8Array) {
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1; // a fill byte
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return sized(uint16(bytes, at + 7), uint16(bytes, at + 5));
    if (marker === 0xda || marker === 0xd9) return null;
    at += 2 + uint16(bytes, at + 2);
  }
  return null;
}

function sized(width: number, height: number) {
  return width > 0 && height > 0 ? { width, height } : null;
}

function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function uint32(bytes: Uint8Array, at: number): number {
  return uint16(bytes, at) * 65_536 + uint16(bytes, at + 2);
}
