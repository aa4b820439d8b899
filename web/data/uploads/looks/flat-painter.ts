import { applyCube } from '../../../../api/looks-cube.ts';
import { isPlain } from '../../../../api/looks-edits.ts';
import { vignetteAt } from '../../../../api/looks-maths.ts';
import { cubeFor } from './cubes.ts';
import type { Painted, Painter, Painting } from './painter.ts';

/** Pixels that are worked out while a slider moves: more would not be done within a frame. */
const ROUGH_PIXELS = 200_000;

/** Draws without WebGL, with the arithmetic that the server uses. */
export function openFlatPainter(): Painter {
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  if (!pen) throw new Error('This browser gives no canvas');
  return {
    kind: 'flat',
    paint(painting: Painting, wantedWidth: number, wantedHeight: number): Painted {
      const { picture, part, edit } = painting;
      const most = painting.rough ? ROUGH_PIXELS : Number.POSITIVE_INFINITY;
      const scale = Math.min(1, Math.sqrt(most / (wantedWidth * wantedHeight)));
      const width = Math.max(1, Math.round(wantedWidth * scale));
      const height = Math.max(1, Math.round(wantedHeight * scale));
      canvas.width = width;
      canvas.height = height;
      pen.imageSmoothingQuality = 'high';
      const [left, top] = [part.x * picture.width, part.y * picture.height];
      const [across, down] = [part.width * picture.width, part.height * picture.height];
      pen.drawImage(picture, left, top, across, down, 0, 0, width, height);
      if (!isPlain(edit)) {
        const pixels = pen.getImageData(0, 0, width, height);
        // Always the whole cube: a coarse one would need arithmetic of its own.
        applyCube(pixels.data, 4, cubeFor(edit, false).cube);
        darken(pixels, painting);
        pen.putImageData(pixels, 0, 0);
      }
      return { canvas, left: 0, top: 0, width, height };
    },
  };
}

function darken({ data, width, height }: ImageData, { part, frame, edit }: Painting): void {
  const { vignette = 0 } = edit;
  if (vignette === 0) return;
  const across = (at: number) => ((part.x + at * part.width - frame.x) / frame.width) * 2 - 1;
  const down = (at: number) => ((part.y + at * part.height - frame.y) / frame.height) * 2 - 1;
  let at = 0;
  for (let row = 0; row < height; row += 1) {
    const y = down((row + 0.5) / height);
    for (let column = 0; column < width; column += 1) {
      const factor = vignetteAt(across((column + 0.5) / width), y, vignette);
      for (let c = 0; c < 3; c += 1) data[at + c] = (data[at + c] ?? 0) * factor;
      at += 4;
    }
  }
}
