import type { Edit } from '../../../../api/looks.ts';
import type { Crop } from '../../../../api/new-media.ts';
import { bitmapOf } from './bitmaps.ts';
import { paint } from './paint.ts';

/** Good enough beside what the feed will show. */
const QUALITY = 0.9;
const WHOLE: Crop = { x: 0, y: 0, width: 1, height: 1 };

/** The whole small copy of a picture as an edit makes it; null when its bytes are gone. */
export async function drawEdited(
  fileId: string,
  edit: Edit,
  frame: Crop | null,
): Promise<Blob | null> {
  const picture = await bitmapOf(fileId);
  if (!picture) return null;
  const canvas = document.createElement('canvas');
  canvas.width = picture.width;
  canvas.height = picture.height;
  paint(canvas, { picture, part: WHOLE, frame: frame ?? WHOLE, edit });
  return await new Promise((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
}
