import { thumbHashToRGBA } from 'thumbhash';

const KEPT_MAX = 300;
const kept = new Map<string, string | null>();

/**
 * The blurred likeness that a thumbhash (base64) stands for, as an address for an image of at most
 * 32 × 32 px; null when it cannot be read.
 */
export function likeness(hash: string): string | null {
  const known = kept.get(hash);
  if (known !== undefined) return known;
  const drawn = draw(hash);
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(hash, drawn);
  return drawn;
}

function draw(hash: string): string | null {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(atob(hash), (char) => char.charCodeAt(0));
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
  if (bytes.length < 5) return null;
  const { w, h, rgba } = thumbHashToRGBA(bytes);
  const canvas = document.createElement('canvas');
  canvas.width = w;
  canvas.height = h;
  const pen = canvas.getContext('2d');
  if (!pen) return null;
  pen.putImageData(new ImageData(new Uint8ClampedArray(rgba), w, h), 0, 0);
  return canvas.toDataURL();
}
