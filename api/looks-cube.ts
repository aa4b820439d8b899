import type { Edit } from './looks.ts';
import { mappingOf, type Rgb, vignetteAt } from './looks-maths.ts';

/** Points along each side of a cube: 33 is what video tools use, too. */
export const CUBE_SIDE = 33;
const LAST = CUBE_SIDE - 1;
/** A node is kept as a whole number, 255 of these for white: fine enough that sums stay exact. */
export const CUBE_SCALE = 128;

/**
 * What an edit, without its vignette, does to colours: the mapping at 33³ points, red the fastest, three
 * numbers each, from 0 to 255 × `CUBE_SCALE`.
 */
export type Cube = Uint16Array;

/** Some 10 ms of work; a coarser one, for while a slider moves, costs as much less as it has fewer points. */
export function compileCube(edit: Edit, side = CUBE_SIDE): Cube {
  const map = mappingOf(edit);
  const cube = new Uint16Array(side ** 3 * 3);
  const last = side - 1;
  const rgb: Rgb = [0, 0, 0];
  let at = 0;
  for (let blue = 0; blue < side; blue += 1) {
    for (let green = 0; green < side; green += 1) {
      for (let red = 0; red < side; red += 1) {
        rgb[0] = red / last;
        rgb[1] = green / last;
        rgb[2] = blue / last;
        map(rgb);
        for (const value of rgb) {
          cube[at] = Math.round(Math.min(1, Math.max(0, value)) * 255 * CUBE_SCALE);
          at += 1;
        }
      }
    }
  }
  return cube;
}

const STEP_RED = 3;
const STEP_GREEN = CUBE_SIDE * STEP_RED;
const STEP_BLUE = CUBE_SIDE * STEP_GREEN;

/** For each of the 256 numbers: the node below it, and how far beyond that it is, in parts of 255. */
const NODES = Uint8Array.from({ length: 256 }, (_, value) =>
  Math.min(LAST - 1, (value * LAST) / 255),
);
const PARTS = Uint16Array.from(NODES, (node, value) => value * LAST - node * 255);
const TO_BYTE = 1 / (255 * CUBE_SCALE);

/**
 * A tetrahedron goes from the low corner of its cell to the high one along the channels, the greatest part
 * first: its other two corners by which of x ≥ y, y ≥ z, x ≥ z hold (two of the eight cannot be).
 */
const FIRST = Uint16Array.of(
  STEP_BLUE,
  0,
  STEP_GREEN,
  STEP_GREEN,
  STEP_BLUE,
  STEP_RED,
  0,
  STEP_RED,
);
const SECOND = Uint16Array.of(
  STEP_GREEN + STEP_BLUE,
  0,
  STEP_GREEN + STEP_BLUE,
  STEP_RED + STEP_GREEN,
  STEP_RED + STEP_BLUE,
  STEP_RED + STEP_BLUE,
  0,
  STEP_RED + STEP_GREEN,
);

/**
 * Maps pixels through a cube, in place; what is transparent stays so. Between the nodes by tetrahedra
 * (Kasson, Nin, Plouffe, Hafner: J. Electronic Imaging 4, 1995), which keep greys grey where the nodes are.
 */
export function applyCube(
  pixels: Uint8Array | Uint8ClampedArray,
  channels: 3 | 4,
  cube: Cube,
): void {
  for (let at = 0; at + channels <= pixels.length; at += channels) {
    const r = pixels[at] as number;
    const g = pixels[at + 1] as number;
    const b = pixels[at + 2] as number;
    const x = PARTS[r] as number;
    const y = PARTS[g] as number;
    const z = PARTS[b] as number;
    const low =
      (NODES[r] as number) * STEP_RED +
      (NODES[g] as number) * STEP_GREEN +
      (NODES[b] as number) * STEP_BLUE;
    const order = (x >= y ? 4 : 0) | (y >= z ? 2 : 0) | (x >= z ? 1 : 0);
    const most = Math.max(x, y, z);
    const least = Math.min(x, y, z);
    const middle = x + y + z - most - least;
    const one = low + (FIRST[order] as number);
    const two = low + (SECOND[order] as number);
    const high = low + STEP_RED + STEP_GREEN + STEP_BLUE;
    const ofLow = 255 - most;
    const ofOne = most - middle;
    const ofTwo = middle - least;
    // Written out: a loop over the three costs a third more.
    const red =
      ofLow * (cube[low] as number) +
      ofOne * (cube[one] as number) +
      ofTwo * (cube[two] as number) +
      least * (cube[high] as number);
    const green =
      ofLow * (cube[low + 1] as number) +
      ofOne * (cube[one + 1] as number) +
      ofTwo * (cube[two + 1] as number) +
      least * (cube[high + 1] as number);
    const blue =
      ofLow * (cube[low + 2] as number) +
      ofOne * (cube[one + 2] as number) +
      ofTwo * (cube[two + 2] as number) +
      least * (cube[high + 2] as number);
    pixels[at] = (red * TO_BYTE + 0.5) | 0;
    pixels[at + 1] = (green * TO_BYTE + 0.5) | 0;
    pixels[at + 2] = (blue * TO_BYTE + 0.5) | 0;
  }
}

/** Darkens towards the corners, in place. */
export function applyVignette(
  pixels: Uint8Array | Uint8ClampedArray,
  size: { readonly width: number; readonly height: number },
  channels: 3 | 4,
  vignette: number,
): void {
  if (vignette <= 0) return;
  const { width, height } = size;
  // The four quarters are mirror images: a quarter of the factors is enough.
  const factors = new Float32Array(Math.ceil(width / 2));
  for (let row = 0; row < height; row += 1) {
    const y = ((row + 0.5) / height) * 2 - 1;
    for (let i = 0; i < factors.length; i += 1) {
      factors[i] = vignetteAt(((i + 0.5) / width) * 2 - 1, y, vignette);
    }
    let at = row * width * channels;
    for (let column = 0; column < width; column += 1) {
      const factor = factors[column < factors.length ? column : width - 1 - column] as number;
      for (let c = 0; c < 3; c += 1) {
        pixels[at + c] = ((pixels[at + c] as number) * factor + 0.5) | 0;
      }
      at += channels;
    }
  }
}
