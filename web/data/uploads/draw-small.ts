import type { Dimensions } from './crop.ts';

/** Pixels of the longer side of a preview: sharp in the feed's column on a phone. */
const PREVIEW_SIDE = 1080;

/** A copy that is quick to draw, so that many large pictures fit into memory together. */
export async function drawSmall(picture: CanvasImageSource, size: Dimensions): Promise<Blob> {
  const scale = Math.min(1, PREVIEW_SIDE / Math.max(size.width, size.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(size.width * scale));
  canvas.height = Math.max(1, Math.round(size.height * scale));
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
