import type { Orientation } from '../exif-orientation.ts';

/** What a file's structure says of the picture in it. Width and height as stored, not yet upright. */
export interface Structure {
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  /** Of a GIF that moves. */
  readonly animation?: Animation;
}

export interface Animation {
  readonly frames: number;
  readonly seconds: number;
}

/** The structure of a file contradicts its format: it was cut, or bytes in it have changed. */
export class BrokenStructure extends Error {}

/** Right by its format, but of a kind that we do not decode. */
export class UnusualStructure extends Error {}

/** Larger, in frames or in pixels of all of them, than we decode. */
export class TooMuch extends Error {}
