import { openFlatPainter } from './flat-painter.ts';
import { openGlPainter } from './gl-painter.ts';
import type { Painter, Painting } from './painter.ts';

let painter: Painter | null = null;

/**
 * Draws on a canvas, in its size. By WebGL 2, one context for all canvases because browsers give few;
 * without it by the same arithmetic as the server's, at a third of the speed or less.
 */
export function paint(target: HTMLCanvasElement, painting: Painting): void {
  const { width, height } = target;
  const pen = target.getContext('2d', { alpha: false });
  if (!pen) throw new Error('This browser gives no canvas');
  painter ??= openGlPainter() ?? openFlatPainter();
  let painted = painter.paint(painting, width, height);
  if (!painted) {
    // The context was lost, as when a phone wakes: a new one, or the other way.
    painter = openGlPainter() ?? openFlatPainter();
    painted = painter.paint(painting, width, height) ?? null;
  }
  if (!painted) {
    painter = openFlatPainter();
    painted = painter.paint(painting, width, height);
  }
  if (!painted) return;
  const { canvas, left, top } = painted;
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(canvas, left, top, painted.width, painted.height, 0, 0, width, height);
}
