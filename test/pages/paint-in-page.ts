import type { Edit } from '../../api/looks.ts';
import { openFlatPainter } from '../../web/data/uploads/looks/flat-painter.ts';
import { openGlPainter } from '../../web/data/uploads/looks/gl-painter.ts';
import type { Painter } from '../../web/data/uploads/looks/painter.ts';

/** What runs inside a page for the test of looks: it is bundled and handed over as text. */
const WHOLE = { x: 0, y: 0, width: 1, height: 1 };

export type Kind = Painter['kind'];

export interface PaintInPage {
  /** Whether this browser can. */
  can(kind: Kind): boolean;
  /** The pixels (RGBA, base64) of a file drawn in this size under each edit. */
  paint(
    kind: Kind,
    file: string,
    size: { readonly width: number; readonly height: number },
    edits: readonly Edit[],
  ): Promise<string[]>;
  /** Milliseconds of every single painting while a slider moves, the picture's pixels read each time. */
  time(kind: Kind, side: number, edits: readonly Edit[]): Promise<number[]>;
}

const painters: Record<Kind, Painter | null> = { gl: openGlPainter(), flat: openFlatPainter() };

function painterOf(kind: Kind): Painter {
  const painter = painters[kind];
  if (!painter) throw new Error(`no ${kind} here`);
  return painter;
}

function canvasOf(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (!pen) throw new Error('no canvas');
  pen.imageSmoothingQuality = 'high';
  return pen;
}

const page: PaintInPage = {
  can: (kind) => painters[kind] !== null,

  async paint(kind, file, { width, height }, edits) {
    const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
    const decoded = await createImageBitmap(new Blob([bytes]));
    // Made smaller as the composer makes its previews.
    const small = canvasOf(width, height);
    small.drawImage(decoded, 0, 0, width, height);
    const picture = await createImageBitmap(small.canvas);
    return edits.map((edit) => {
      const painting = { picture, part: WHOLE, frame: WHOLE, edit };
      const painted = painterOf(kind).paint(painting, width, height);
      if (!painted) throw new Error('not painted');
      const pen = canvasOf(width, height);
      const { canvas, left, top } = painted;
      pen.drawImage(canvas, left, top, width, height, 0, 0, width, height);
      const { data } = pen.getImageData(0, 0, width, height);
      let text = '';
      for (let at = 0; at < data.length; at += 8192) {
        text += String.fromCharCode(...data.subarray(at, at + 8192));
      }
      return btoa(text);
    });
  },

  async time(kind, side, edits) {
    const pen = canvasOf(side, side);
    pen.fillStyle = '#a86';
    pen.fillRect(0, 0, side, side / 2);
    const picture = await createImageBitmap(pen.canvas);
    return edits.map((edit) => {
      const began = performance.now();
      const painting = { picture, part: WHOLE, frame: WHOLE, edit, rough: true };
      const painted = painterOf(kind).paint(painting, side, side);
      if (painted) {
        const { canvas, left, top, width, height } = painted;
        pen.drawImage(canvas, left, top, width, height, 0, 0, side, side);
        // Waits until it is drawn.
        pen.getImageData(0, 0, 1, 1);
      }
      return performance.now() - began;
    });
  },
};

Object.assign(globalThis, { paintInPage: page });
