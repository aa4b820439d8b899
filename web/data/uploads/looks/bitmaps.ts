import { previewKey, readBytes } from '../store.ts';

/** Decoded previews, each some 4 MB; a carousel is looked at one by one. */
const KEPT = 3;
const bitmaps = new Map<string, Promise<ImageBitmap | null>>();

/** The small copy of a chosen picture, decoded; null when its bytes are gone. */
export function bitmapOf(fileId: string): Promise<ImageBitmap | null> {
  const known = bitmaps.get(fileId);
  const bitmap = known ?? decode(fileId);
  // Behind the others again, so that the one unused for longest goes first.
  bitmaps.delete(fileId);
  bitmaps.set(fileId, bitmap);
  const [oldest] = bitmaps.keys();
  // Not closed: somebody may still be drawing it.
  if (bitmaps.size > KEPT && oldest !== undefined) bitmaps.delete(oldest);
  return bitmap;
}

async function decode(fileId: string): Promise<ImageBitmap | null> {
  const bytes = await readBytes(previewKey(fileId));
  if (bytes) return await createImageBitmap(bytes);
  bitmaps.delete(fileId);
  return null;
}
