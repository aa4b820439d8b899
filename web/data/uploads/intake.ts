import { newIdempotencyKey } from '../client.ts';
import { hasTooManyPixels, isTooLong, type Refusal, refusalBeforeDecoding } from './check.ts';
import { CENTRED, type Dimensions } from './crop.ts';
import { drawSmall } from './draw-small.ts';
import type { PendingFile } from './pending.ts';
import {
  type FileType,
  HEADER_BYTES,
  sniff,
  storedSize,
  type VideoType,
} from './picture-header.ts';

/** A chosen file that may come, with what is kept of it. */
export interface Taken {
  readonly file: PendingFile;
  readonly bytes: Blob;
  /** null when this browser cannot show it. */
  readonly preview: Blob | null;
}

/**
 * Looks at a chosen file: what it is by its content, how large, and a small picture of it; of a video
 * the one at `coverAt`, if that is known.
 */
export async function takeIn(chosen: File, coverAt?: number): Promise<Taken | Refusal> {
  const header = await readHeader(chosen);
  if (!header) return 'unreadable';
  const sniffed = sniff(header);
  const stored = sniffed.kind === 'picture' ? storedSize(header, sniffed.type) : null;
  const refusal = refusalBeforeDecoding(sniffed, chosen.size, stored);
  if (refusal) return refusal;
  // The type by content, so that the preview and the upload do not believe the name.
  if (sniffed.kind === 'video') return takeInVideo(chosen, sniffed.type, coverAt);
  if (sniffed.kind !== 'picture') return 'unknown';
  const bytes = chosen.slice(0, chosen.size, sniffed.type);
  const decoded = await decode(bytes);
  if (!decoded) {
    // Of photos of iPhones only Safari can show anything; the server can.
    const unseen = sniffed.type === 'image/heic' && stored !== null;
    return unseen ? withoutPreview(taken(chosen, sniffed.type, stored).file, bytes) : 'unreadable';
  }
  try {
    if (hasTooManyPixels(decoded)) return 'too_many_pixels';
    // Upright: createImageBitmap has turned the picture as its metadata says.
    const { width, height } = decoded;
    const whole = sniffed.type === 'image/gif' ? { whole: true } : {};
    const { file } = taken(chosen, sniffed.type, { width, height, ...whole });
    return { file, bytes, preview: await drawSmall(decoded, decoded) };
  } finally {
    decoded.close();
  }
}

function taken(chosen: File, type: FileType, size: Dimensions): { readonly file: PendingFile } {
  return {
    file: {
      id: newIdempotencyKey(),
      name: chosen.name,
      size: chosen.size,
      type,
      ...size,
      framing: CENTRED,
      alt: '',
      checksum: null,
      grant: null,
      sent: false,
    },
  };
}

function withoutPreview(file: PendingFile, bytes: Blob): Taken {
  return { file: { ...file, unseen: true, whole: true }, bytes, preview: null };
}

async function takeInVideo(
  chosen: File,
  type: VideoType,
  coverAt: number | undefined,
): Promise<Taken | Refusal> {
  const bytes = chosen.slice(0, chosen.size, type);
  const { lookAtVideo } = await import('./look-at-video.ts');
  const seen = await lookAtVideo(bytes, coverAt);
  if (!seen) return 'unreadable';
  const { width, height, duration, cover } = seen;
  if (isTooLong(duration)) return 'too_long';
  const { file } = taken(chosen, type, { width, height, whole: true });
  if (!cover) return withoutPreview({ ...file, duration }, bytes);
  return { file: { ...file, duration, posterAt: cover.at }, bytes, preview: cover.picture };
}

async function readHeader(file: File): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await file.slice(0, HEADER_BYTES).arrayBuffer());
  } catch (error) {
    if (error instanceof DOMException) return null; // moved, or a folder
    throw error;
  }
}

async function decode(blob: Blob): Promise<ImageBitmap | null> {
  try {
    // Upright by itself; naming the option would stop older browsers.
    return await createImageBitmap(blob);
  } catch (error) {
    if (error instanceof DOMException) return null; // damaged
    throw error;
  }
}
