import { clamp, type Frame, type Pixel } from './frame.ts';

/** A landscape of heights, seen from `eye` towards +z. Lengths are in the land's own unit. */
export interface Land {
  readonly heightAt: (x: number, z: number) => number;
  /** Fewer details, for shadows. */
  readonly roughAt: (x: number, z: number) => number;
  readonly eye: number;
  readonly near: number;
  readonly far: number;
  /** Row of the horizon in fractions of the width. */
  readonly horizon: number;
  /** Focal length in widths of the picture. */
  readonly lens: number;
  /** Direction to the sun. */
  readonly sun: readonly [number, number, number];
}

/** A piece of land that a pixel sees. */
export interface Ground {
  x: number;
  z: number;
  height: number;
  distance: number;
  /** Slopes of the land: how much it rises to the right, and away. */
  dx: number;
  dz: number;
  /** 1 in the sun, 0 in shadow. */
  lit: number;
}

const COLUMN_STEP = 2;
const ROWS = 760;

/** Heights, slopes and shadows over the field of view: columns of the picture by distances, wider and wider apart. */
class Fan {
  readonly columns: number;
  readonly distances = new Float32Array(ROWS);
  readonly heights: Float32Array;
  readonly dx: Float32Array;
  readonly dz: Float32Array;
  readonly lit: Float32Array;
  readonly #land: Land;
  readonly #width: number;

  constructor(land: Land, width: number) {
    this.#land = land;
    this.#width = width;
    this.columns = Math.ceil(width / COLUMN_STEP) + 2;
    const size = this.columns * ROWS;
    this.heights = new Float32Array(size);
    this.dx = new Float32Array(size);
    this.dz = new Float32Array(size);
    this.lit = new Float32Array(size).fill(1);
    const growth = (land.far / land.near) ** (1 / (ROWS - 1));
    for (let row = 0; row < ROWS; row += 1) this.distances[row] = land.near * growth ** row;
    this.#fill();
    this.#slopes();
    this.#shadows();
  }

  sideOf(column: number): number {
    return (column * COLUMN_STEP - this.#width / 2) / this.#width / this.#land.lens;
  }

  #fill(): void {
    for (let column = 0; column < this.columns; column += 1) {
      const side = this.sideOf(column);
      for (let row = 0; row < ROWS; row += 1) {
        const z = this.distances[row] as number;
        this.heights[column * ROWS + row] = this.#land.heightAt(side * z, z);
      }
    }
  }

  #slopes(): void {
    const { heights, columns, distances } = this;
    for (let column = 0; column < columns; column += 1) {
      const left = Math.max(0, column - 1);
      const right = Math.min(columns - 1, column + 1);
      const span = this.sideOf(right) - this.sideOf(left);
      const side = this.sideOf(column);
      for (let row = 0; row < ROWS; row += 1) {
        const at = column * ROWS + row;
        const before = Math.max(0, row - 1);
        const after = Math.min(ROWS - 1, row + 1);
        const z = distances[row] as number;
        const deep = (distances[after] as number) - (distances[before] as number);
        const base = column * ROWS;
        const across =
          ((heights[right * ROWS + row] as number) - (heights[left * ROWS + row] as number)) /
          (span * z);
        // Along a ray x changes as well.
        const along =
          ((heights[base + after] as number) - (heights[base + before] as number)) / deep;
        this.dx[at] = across;
        this.dz[at] = along - across * side;
      }
    }
  }

  #shadows(): void {
    const { roughAt, sun } = this.#land;
    const [sx, sy, sz] = sun;
    const flat = Math.hypot(sx, sz) || 1;
    const rise = sy / flat;
    const coarse = 3;
    for (let column = 0; column < this.columns; column += coarse) {
      const side = this.sideOf(column);
      for (let row = 0; row < ROWS; row += coarse) {
        const z = this.distances[row] as number;
        const own = roughAt(side * z, z);
        let clear = 1;
        let step = 0.35 + z * 0.012;
        let reach = step;
        for (let i = 0; i < 14 && clear > 0; i += 1) {
          const there = roughAt(side * z + (sx / flat) * reach, z + (sz / flat) * reach);
          const over = there - (own + rise * reach + 0.02 * reach);
          clear = Math.min(clear, 1 - over / (0.05 * reach + 0.06));
          step *= 1.28;
          reach += step;
        }
        this.#spread(column, row, coarse, clamp(clear));
      }
    }
  }

  #spread(column: number, row: number, coarse: number, value: number): void {
    for (let c = column; c < Math.min(column + coarse, this.columns); c += 1) {
      for (let r = row; r < Math.min(row + coarse, ROWS); r += 1) this.lit[c * ROWS + r] = value;
    }
  }

  /** Everything about a place between rows of a column. */
  read(column: number, row: number, part: number, out: Ground): void {
    const at = column * ROWS + row;
    const next = at + (row < ROWS - 1 ? 1 : 0);
    const between = (list: Float32Array) =>
      (list[at] as number) * (1 - part) + (list[next] as number) * part;
    out.distance =
      (this.distances[row] as number) * (1 - part) +
      (this.distances[Math.min(ROWS - 1, row + 1)] as number) * part;
    out.x = this.sideOf(column) * out.distance;
    out.z = out.distance;
    out.height = between(this.heights);
    out.dx = between(this.dx);
    out.dz = between(this.dz);
    out.lit = this.#litAt(column, row);
  }

  #litAt(column: number, row: number): number {
    let sum = 0;
    let count = 0;
    for (let c = -3; c <= 3; c += 3) {
      for (let r = -3; r <= 3; r += 3) {
        const at = clamp(column + c, 0, this.columns - 1) * ROWS + clamp(row + r, 0, ROWS - 1);
        sum += this.lit[at] as number;
        count += 1;
      }
    }
    return sum / count;
  }
}

/**
 * Draws the land over what is there, from the bottom of the picture up: the first piece of land that a
 * pixel's ray meets is what it sees, and the next pixel's ray meets none nearer.
 */
export function paintLand(
  frame: Frame,
  land: Land,
  colour: (ground: Ground, pixel: Pixel) => void,
): void {
  const { width, height } = frame;
  const fan = new Fan(land, width);
  const ground: Ground = { x: 0, z: 0, height: 0, distance: 0, dx: 0, dz: 0, lit: 1 };
  const pixel: Pixel = [0, 0, 0];
  for (let x = 0; x < width; x += 1) {
    const column = Math.floor(x / COLUMN_STEP);
    let row = 0;
    for (let y = height - 1; y >= 0 && row < ROWS - 1; y -= 1) {
      const slope = (land.horizon - y / width) / land.lens;
      let over = 0;
      while (row < ROWS - 1) {
        const z = fan.distances[row + 1] as number;
        over = (fan.heights[column * ROWS + row + 1] as number) - (land.eye + slope * z);
        if (over >= 0) break;
        row += 1;
      }
      if (row >= ROWS - 1) break;
      const z = fan.distances[row] as number;
      const under = land.eye + slope * z - (fan.heights[column * ROWS + row] as number);
      fan.read(column, row, clamp(under / (under + over + 1e-6)), ground);
      colour(ground, pixel);
      frame.cover(x, y, pixel, 1);
    }
  }
}
