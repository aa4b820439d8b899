import type { Orientation } from './exif-orientation.ts';

/** What a file's structure says of the picture in it. Width and height as stored, not yet upright. */
export interface Structure {
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
}

/** The structure of a file contradicts its format: it was cut, or bytes in it have changed. */
export class BrokenStructure extends Error {}

/** Right by its format, but of a kind that we do not decode. */
export class UnusualStructure extends Error {}
