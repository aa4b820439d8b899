import { clamp, Frame, light, mix, type Pixel, smooth } from './frame.ts';
import { HOURS, type HourName } from './hours.ts';
import { between, createRandom, Noise } from './noise.ts';
import type { Order } from './order.ts';
import { paintSky } from './sky.ts';

/** Ridge behind ridge in haze. */
export async function mountains(
  order: Order & { hour: HourName; lake?: boolean },
): Promise<Buffer> {
  const { width, height, seed, hour } = order;
  const frame = new Frame(width, height);
  const random = createRandom(seed);
  const { sky, haze } = HOURS[hour];
  const ratio = height / width;
  const shore = order.lake ? ratio * 0.64 : ratio * 1.02;
  const horizon = shore * (order.lake ? 0.62 : 0.5);
  paintSky(frame, placeSun(sky, horizon), horizon, seed);
  const layers = order.lake ? 5 : 7;
  for (let layer = 0; layer < layers; layer += 1) {
    const t = layer / (layers - 1);
    paintRidge(frame, {
      t,
      base: horizon + (shore - horizon) * t ** 1.35 * 0.86 + 0.03,
      tall: between(random, 0.09, 0.15) * (1 - t * 0.35) * (layer === 1 ? 1.5 : 1),
      seed: seed + layer * 31,
      hour,
      trees: t > 0.7,
      bottom: shore,
    });
  }
  if (order.lake) mirror(frame, shore * width, seed, haze);
  const bright = hour === 'blue' ? 1.15 : 1;
  return await frame.develop({ bloom: 0.22, grain: 4, vignette: 0.25, seed, exposure: bright });
}

function placeSun(sky: (typeof HOURS)[HourName]['sky'], horizon: number) {
  return sky.sun ? { ...sky, sun: { ...sky.sun, y: horizon * (sky.sun.y / 0.5) * 0.92 } } : sky;
}

interface Ridge {
  /** 0 far, 1 near. */
  readonly t: number;
  /** Height of its foot in fractions of the width. */
  readonly base: number;
  readonly tall: number;
  readonly seed: number;
  readonly hour: HourName;
  readonly trees: boolean;
  readonly bottom: number;
}

function paintRidge(frame: Frame, ridge: Ridge): void {
  const { width, height } = frame;
  const { t } = ridge;
  const hour = HOURS[ridge.hour];
  const noise = new Noise(ridge.seed);
  const line = ridgeLine(width, ridge, noise);
  const haze = light(hour.haze);
  const body = mix(haze, light(hour.near), 0.12 + 0.9 * t ** 1.05);
  const lit = mix(body, light(hour.warm), 0.32 * (1 - t * 0.6));
  const sunX = hour.sky.sun?.x ?? 0.5;
  const bottom = Math.min(height, Math.ceil(ridge.bottom * width));
  const mist = 0.05 + 0.1 * t;
  const unit = 1 / width;
  const shade = shading(noise, ridge, line, unit);
  for (let x = 0; x < width; x += 1) {
    const top = line[x] as number;
    const near = Math.exp(-Math.abs(x * unit - sunX) * 2.2);
    for (let y = Math.max(0, Math.floor(top)); y < bottom; y += 1) {
      const depth = (y - top) * unit;
      const relief = shade(x, y) * Math.exp(-depth * 4);
      const fog = smooth(0, mist + 0.09, depth - 0.02) * (0.92 - 0.7 * t * t);
      const own = mix(mix(body, lit, clamp(0.25 + relief + near * 0.25)), haze, fog);
      frame.cover(x, y, own, clamp(y + 1 - top));
    }
  }
}

function ridgeLine(width: number, { base, tall, t, trees, seed }: Ridge, noise: Noise) {
  const line = new Float32Array(width);
  const wide = 1.5 + 1.4 * t;
  for (let x = 0; x < width; x += 1) {
    const u = (x / width) * wide + 7.7;
    const broad = noise.fbm(u * 0.8, 1.5, 2) * 0.9;
    const rock = noise.ridged(u, 9.5, 7, 0.5 - t * 0.06) - 0.45;
    line[x] = (base - tall * (broad + rock * (1.15 - t * 0.5))) * width;
  }
  if (trees) growTrees(line, seed, t);
  return line;
}

/** Spires on the line, thick as fur. */
function growTrees(line: Float32Array, seed: number, t: number): void {
  const random = createRandom(seed);
  const width = line.length;
  const ground = line.slice();
  const count = Math.round(900 - 430 * t);
  for (let i = 0; i < count; i += 1) {
    const at = Math.floor(random() * width);
    const tall = width * between(random, 0.006, 0.016) * (0.25 + 1.6 * t ** 3);
    const wide = tall * between(random, 0.2, 0.28);
    for (let dx = -Math.ceil(wide); dx <= wide; dx += 1) {
      const x = at + dx;
      if (x < 0 || x >= width) continue;
      const jag = 0.82 + 0.36 * random();
      const top = tall * (1 - (Math.abs(dx) / wide) ** 0.75 * jag);
      line[x] = Math.min(line[x] as number, (ground[x] as number) - top);
    }
  }
}

/** Gullies and spurs, on a coarse grid because they are soft. */
function shading(noise: Noise, ridge: Ridge, line: Float32Array, unit: number) {
  const step = 4;
  const columns = Math.ceil(line.length / step) + 2;
  const rows = Math.ceil(0.5 / unit / step);
  const grid = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const u = column * step * unit * (7 + 4 * ridge.t);
      const v = row * step * unit * (3 + 3 * ridge.t);
      const lean = u + v * 0.9;
      grid[row * columns + column] = (noise.ridged(lean, v * 0.8, 4) - 0.4) * 0.9;
    }
  }
  return (x: number, y: number): number => {
    const top = line[x] as number;
    const row = clamp((y - top) / step, 0, rows - 1.01);
    const r = Math.floor(row);
    const c = Math.floor(x / step);
    const f = x / step - c;
    const g = row - r;
    const at = r * columns + c;
    const upper = (grid[at] as number) * (1 - f) + (grid[at + 1] as number) * f;
    const lower = (grid[at + columns] as number) * (1 - f) + (grid[at + columns + 1] as number) * f;
    return upper * (1 - g) + lower * g;
  };
}

/** Still water: what is above it, upside down, a little darker, a little moved. */
export function mirror(frame: Frame, shore: number, seed: number, tint: string): void {
  const { width, height } = frame;
  const noise = new Noise(seed + 5);
  const copy = new Frame(width, Math.ceil(shore));
  copy.data.set(frame.data.subarray(0, copy.data.length));
  const colour = light(tint);
  const pixel: Pixel = [0, 0, 0];
  const top = Math.floor(shore);
  frame.paint(
    (x, y, out) => {
      const depth = (y - shore) / width;
      const far = 1 / (depth + 0.04);
      const wave = noise.fbm((x / width) * 9 * Math.min(3, far * 0.12 + 0.4), far * 3.4, 3);
      const calm = smooth(0.02, 0.35, depth);
      const shift = wave * (0.004 + 0.02 * calm) * width;
      copy.sample(x + shift * 0.35, shore - (y - shore) * 1.02 + shift, pixel);
      const dark = 0.8 - 0.35 * calm;
      const edge = smooth(0.012, 0, depth) * 0.35;
      for (let c = 0; c < 3; c += 1) {
        out[c] = (pixel[c] as number) * dark * (1 - edge) + (colour[c] as number) * (0.03 + edge);
      }
    },
    top,
    height,
  );
}
