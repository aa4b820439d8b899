import type { UploadId } from '../../../api/ids.ts';
import { cropOf, type Framing } from '../../data/uploads/crop.ts';
import { checksumOf } from '../../data/uploads/hash.ts';
import type { Taken } from '../../data/uploads/intake.ts';
import { askGrant, putBytes } from '../../data/uploads/requests.ts';

/** Pixels of a side: more than the largest size that the server makes. */
const SIDE_MAX = 1080;

/** A new profile picture, on its way to the server while the rest is written. */
export interface ChosenPicture {
  /** Its address on this device. */
  readonly url: string;
  /** The upload, once all bytes are there. */
  readonly sent: Promise<UploadId>;
}

/** Cuts the square out and begins to send it. Throws when the picture cannot be decoded. */
export async function sendPicture(taken: Taken, framing: Framing): Promise<ChosenPicture> {
  const blob = await cutSquare(taken, framing);
  const sent = send(blob);
  // Whoever saves the form hears of a failure; until then nobody asks.
  sent.catch(() => undefined);
  return { url: URL.createObjectURL(blob), sent };
}

async function send(blob: Blob): Promise<UploadId> {
  const { signal } = new AbortController();
  const checksum = await checksumOf(blob, signal);
  const grant = await askGrant('image/jpeg', blob.size, checksum, signal);
  await putBytes(grant, blob, signal, () => undefined);
  return grant.upload_id;
}

async function cutSquare({ bytes, file }: Taken, framing: Framing): Promise<Blob> {
  const crop = cropOf(framing, '1:1', file) ?? { x: 0, y: 0, width: 1, height: 1 };
  const side = Math.round(crop.width * file.width);
  const out = Math.max(1, Math.min(SIDE_MAX, side));
  const picture = await createImageBitmap(bytes);
  const canvas = document.createElement('canvas');
  canvas.width = out;
  canvas.height = out;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('This browser gives no canvas');
  pen.imageSmoothingQuality = 'high';
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, out, out);
  pen.drawImage(picture, crop.x * file.width, crop.y * file.height, side, side, 0, 0, out, out);
  picture.close();
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.92));
  if (!blob) throw new Error('The picture could not be drawn');
  return blob;
}
