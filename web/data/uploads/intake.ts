import { newIdempotencyKey } from '../client.ts';
import { hasTooManyPixels, type Refusal, refusalBeforeDecoding } from './check.ts';
import { CENTRED } from './crop.ts';
import type { PendingFile } from './pending.ts';
import { HEADER_BYTES, sniff, storedSize } from './picture-header.ts';

/** Pixels of the longer side of a preview: sharp in the feed's column on a phone. */
const PREVIEW_SIDE = 1080;

/** A chosen file that may come, with what is kept of it. */
export interface Taken {
  readonly file: PendingFile;
  readonly bytes: Blob;
  readonly preview: Blob;
}

/** Looks at a chosen file: what it is by its content, how large, and a small picture of it. */
export async function takeIn(chosen: File): Promise<Taken | Refusal> {
  const header = await readHeader(chosen);
  if (!header) return 'unreadable';
  const sniffed = sniff(header);
  const stored = sniffed.kind === 'picture' ? storedSize(header, sniffed.type) : null;
  const refusal = refusalBeforeDecoding(sniffed, chosen.size, stored);
  if (refusal || sniffed.kind !== 'picture') return refusal ?? 'unknown';
  // The type by content, so that the preview and the upload do not believe the name.
  const bytes = chosen.slice(0, chosen.size, sniffed.type);
  const decoded = await decode(bytes);
  if (!decoded) return 'unreadable';
  try {
    if (hasTooManyPixels(decoded)) return 'too_many_pixels';
    return {
      file: {
        id: newIdempotencyKey(),
        name: chosen.name,
        size: chosen.size,
        type: sniffed.type,
        // Upright: createImageBitmap has turned the picture as its metadata says.
        width: decoded.width,
        height: decoded.height,
        framing: CENTRED,
        alt: '',
        checksum: null,
        grant: null,
        sent: false,
      },
      bytes,
      preview: await drawSmall(decoded),
    };
  } finally {
    decoded.close();
  }
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

/** A copy that is quick to draw, so that many large pictures fit into memory together. */
async function drawSmall(picture: ImageBitmap): Promise<Blob> {
  const scale = Math.min(1, PREVIEW_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('This browser gives no canvas');
  pen.imageSmoothingQuality = 'high';
  // JPEG knows no transparency; the server flattens to white as well.
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.86));
  if (!blob) throw new Error('The preview could not be drawn');
  return blob;
}
