import type { Edit } from '../../../../api/looks.ts';
import type { Crop } from '../../../../api/new-media.ts';

/** A picture to be drawn as an edit makes it. Parts are fractions of the whole picture. */
export interface Painting {
  readonly picture: ImageBitmap;
  /** What is drawn. */
  readonly part: Crop;
  /** Around which the vignette lies: what the post will show. */
  readonly frame: Crop;
  readonly edit: Edit;
  /** Nearly right, in less time: while a slider moves. */
  readonly rough?: boolean | undefined;
}

/** Draws one after the other, each at once, on a canvas of its own that the next one draws over. */
export interface Painter {
  readonly kind: 'gl' | 'flat';
  /** Where it was drawn, in pixels of `canvas`; null when it cannot any more. */
  paint(painting: Painting, width: number, height: number): Painted | null;
}

export interface Painted {
  readonly canvas: CanvasImageSource;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}
