import { createRequire } from 'node:module';
import { PICTURE_PIXELS_MAX } from '../../../../api/media.ts';
import { displayP3 } from './convert.ts';
import type { Pixels } from './pixels.ts';

/** What we call of libheif's C interface, whose structs come back through a first pointer. */
interface Libheif {
  /** Made anew whenever the memory grows. */
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(at: number): void;
  _heif_context_alloc(): number;
  _heif_context_free(context: number): void;
  _heif_context_get_security_limits(context: number): number;
  _heif_context_read_from_memory_without_copy(
    error: number,
    context: number,
    at: number,
    size: number,
    options: number,
  ): void;
  _heif_context_get_primary_image_handle(error: number, context: number, handle: number): void;
  _heif_image_handle_release(handle: number): void;
  _heif_image_handle_get_width(handle: number): number;
  _heif_image_handle_get_height(handle: number): number;
  _heif_image_handle_has_alpha_channel(handle: number): number;
  _heif_image_handle_get_raw_color_profile_size(handle: number): number;
  _heif_image_handle_get_raw_color_profile(error: number, handle: number, at: number): void;
  _heif_image_handle_get_nclx_color_profile(error: number, handle: number, out: number): void;
  _heif_nclx_color_profile_free(profile: number): void;
  _heif_decode_image(
    error: number,
    handle: number,
    image: number,
    colorspace: number,
    chroma: number,
    options: number,
  ): void;
  _heif_image_release(image: number): void;
  _heif_image_get_width(image: number, channel: number): number;
  _heif_image_get_height(image: number, channel: number): number;
  _heif_image_get_plane_readonly2(image: number, channel: number, stride: number): number;
}

// Of libheif/heif_image.h and heif_color.h.
const COLORSPACE_RGB = 1;
const INTERLEAVED_RGB = 10;
const INTERLEAVED_RGBA = 11;
const CHANNEL_INTERLEAVED = 10;
/** Display P3's primaries (ITU-T H.273, table 2: SMPTE EG 432-1), and those of BT.2020, wider still. */
const PRIMARIES_P3 = 12;
const PRIMARIES_2020 = 9;

/** Phones write tiles of 512 × 512: 48 MP have 192 of them. */
const TILES_MAX = 4096;
const ITEMS_MAX = 2000;
const PROFILE_BYTES_MAX = 4 * 1024 * 1024;
/** 50 MP as YUV of 16 bits and RGB. */
const MEMORY_MAX = 420 * 1024 * 1024;

/** What libheif says of a file that it cannot decode. */
export class HeicFault extends Error {}

let library: Libheif | undefined;

function load(): Libheif {
  const make = createRequire(import.meta.url)('libheif-js/libheif-wasm/libheif-bundle.js');
  library ??= make() as Libheif;
  return library;
}

/**
 * The primary picture of a HEIC file, upright by its own properties (its EXIF says the same once more, and
 * counts for nothing), in 8 bits, of a profile. The pixels lie in the decoder's memory: they are good until
 * `release`. Throws `HeicFault`.
 */
export async function decodeHeic(file: Buffer): Promise<{ pixels: Pixels; release: () => void }> {
  const p3 = await displayP3();
  const heif = load();
  const closers: (() => void)[] = [];
  const release = () => {
    for (const close of closers.splice(0).reverse()) close();
  };
  try {
    const out = heif._malloc(32);
    closers.push(() => heif._free(out));
    const context = heif._heif_context_alloc();
    closers.push(() => heif._heif_context_free(context));
    setLimits(heif, context);
    const at = heif._malloc(file.length);
    closers.push(() => heif._free(at));
    heif.HEAPU8.set(file, at);
    heif._heif_context_read_from_memory_without_copy(out, context, at, file.length, 0);
    demandDone(heif, out);
    heif._heif_context_get_primary_image_handle(out, context, out + 16);
    demandDone(heif, out);
    const handle = long(heif, out + 16);
    closers.push(() => heif._heif_image_handle_release(handle));
    const profile = profileOf(heif, handle, out, p3);
    return { pixels: { ...decodeHandle(heif, handle, out, closers), profile }, release };
  } catch (error) {
    // What WebAssembly throws when it has no more memory, or traps: what state it is in, nobody knows.
    if (error instanceof Error && error.name === 'RuntimeError') {
      library = undefined;
      throw new HeicFault(error.message);
    }
    release();
    throw error;
  }
}

function decodeHandle(heif: Libheif, handle: number, out: number, closers: (() => void)[]) {
  const pixelsMax =
    heif._heif_image_handle_get_width(handle) * heif._heif_image_handle_get_height(handle);
  if (pixelsMax > PICTURE_PIXELS_MAX) throw new HeicFault('too many pixels');
  const hasAlpha = heif._heif_image_handle_has_alpha_channel(handle) !== 0;
  const chroma = hasAlpha ? INTERLEAVED_RGBA : INTERLEAVED_RGB;
  heif._heif_decode_image(out, handle, out + 16, COLORSPACE_RGB, chroma, 0);
  demandDone(heif, out);
  const image = long(heif, out + 16);
  closers.push(() => heif._heif_image_release(image));
  const width = heif._heif_image_get_width(image, CHANNEL_INTERLEAVED);
  const height = heif._heif_image_get_height(image, CHANNEL_INTERLEAVED);
  const plane = heif._heif_image_get_plane_readonly2(image, CHANNEL_INTERLEAVED, out + 16);
  const stride = long(heif, out + 16);
  if (plane === 0 || width <= 0 || height <= 0) throw new HeicFault('no pixels came out');
  const channels = hasAlpha ? (4 as const) : (3 as const);
  const row = width * channels;
  // In place: a copy of a large picture would be 150 MB more.
  for (let y = 1; y < height && stride !== row; y += 1) {
    heif.HEAPU8.copyWithin(plane + y * row, plane + y * stride, plane + y * stride + row);
  }
  const data = Buffer.from(heif.HEAPU8.buffer, plane, row * height);
  return { data, width, height, channels };
}

/** The fields of heif_security_limits as 32-bit code lays them out; 8 bytes each, or 4. */
function setLimits(heif: Libheif, context: number): void {
  const at = heif._heif_context_get_security_limits(context);
  const view = new DataView(heif.HEAPU8.buffer, at, 80);
  if (view.getUint8(0) < 2) throw new Error('this libheif has other limits than we know');
  view.setBigUint64(8, BigInt(PICTURE_PIXELS_MAX), true);
  view.setBigUint64(16, BigInt(TILES_MAX), true);
  view.setUint32(28, ITEMS_MAX, true);
  view.setUint32(32, PROFILE_BYTES_MAX, true);
  view.setBigUint64(40, BigInt(MEMORY_MAX), true);
  view.setBigUint64(64, BigInt(MEMORY_MAX), true);
}

/** The embedded profile; or ours, where only numbers say that it is wide; null: as good as sRGB. */
function profileOf(heif: Libheif, handle: number, out: number, p3: Buffer): Buffer | null {
  const size = heif._heif_image_handle_get_raw_color_profile_size(handle);
  if (size > 0 && size <= PROFILE_BYTES_MAX) {
    const at = heif._malloc(size);
    try {
      heif._heif_image_handle_get_raw_color_profile(out, handle, at);
      demandDone(heif, out);
      return Buffer.from(heif.HEAPU8.slice(at, at + size));
    } finally {
      heif._free(at);
    }
  }
  heif._heif_image_handle_get_nclx_color_profile(out, handle, out + 16);
  if (long(heif, out) !== 0) return null;
  const nclx = long(heif, out + 16);
  const primaries = long(heif, nclx + 4);
  heif._heif_nclx_color_profile_free(nclx);
  if (primaries === PRIMARIES_2020) throw new HeicFault('colours of BT.2020');
  return primaries === PRIMARIES_P3 ? p3 : null;
}

function demandDone(heif: Libheif, error: number): void {
  if (long(heif, error) === 0) return;
  const at = long(heif, error + 8);
  const end = heif.HEAPU8.indexOf(0, at);
  throw new HeicFault(Buffer.from(heif.HEAPU8.slice(at, Math.min(end, at + 200))).toString());
}

function long(heif: Libheif, at: number): number {
  return new DataView(heif.HEAPU8.buffer).getUint32(at, true);
}
