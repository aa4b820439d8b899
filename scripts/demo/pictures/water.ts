import { clamp, Frame, type Light, light, type Pixel } from './frame.ts';
import { between, createRandom, Noise } from './noise.ts';
import type { Order } from './order.ts';

/** A pool from above: the light that ripples throw on its tiles. */
export async function pool(order: Order & { tiles?: boolean }): Promise<Buffer> {
  const { width, height, seed } = order;
  const frame = new Frame(width, height);
  const waves = ripples(seed);
  const caustics = throwLight(width, height, waves);
  const noise = new Noise(seed);
  const turn = between(createRandom(seed + 1), -0.35, 0.35);
  const water = light('#7fd0d8');
  const deep = light('#1d7f9c');
  const slope = { x: 0, y: 0 };
  frame.paint((x, y, out) => {
    const u = x / width;
    const v = y / width;
    slopeAt(waves, u, v, slope);
    // The floor is seen through the same ripples.
    const fu = u + slope.x * 0.016;
    const fv = v + slope.y * 0.016;
    const floor = order.tiles === false ? sandFloor(noise, fu, fv) : tiles(noise, fu, fv, turn);
    const bright = 0.38 + caustics(fu, fv) * 0.62;
    const far = clamp(0.3 + v * 0.45);
    for (let c = 0; c < 3; c += 1) {
      const tint = (deep[c] as number) * (1 - far) + (water[c] as number) * far;
      out[c] = tint * floor * bright * 1.05;
    }
    const gleam = clamp((slope.x * 0.7 - slope.y - 0.95) * 2) ** 2;
    for (let c = 0; c < 3; c += 1) out[c] = (out[c] as number) + gleam * 0.9;
  });
  return await frame.develop({ bloom: 0.25, grain: 3, vignette: 0.25, seed, contrast: 1.15 });
}

interface Ripple {
  readonly kx: number;
  readonly ky: number;
  readonly height: number;
  readonly phase: number;
}

function ripples(seed: number): Ripple[] {
  const random = createRandom(seed);
  return Array.from({ length: 22 }, (_, i) => {
    const k = 13 * 1.1 ** i;
    const turn = random() * Math.PI * 2;
    return {
      kx: Math.cos(turn) * k,
      ky: Math.sin(turn) * k,
      height: between(random, 0.5, 1) * 0.62 * k ** -1.25,
      phase: random() * 9,
    };
  });
}

function slopeAt(waves: readonly Ripple[], u: number, v: number, out: { x: number; y: number }) {
  out.x = 0;
  out.y = 0;
  for (let i = 0; i < waves.length; i += 2) {
    const wave = waves[i] as Ripple;
    const own = Math.cos(u * wave.kx + v * wave.ky + wave.phase) * wave.height;
    out.x += own * wave.kx;
    out.y += own * wave.ky;
  }
}

/** Sends rays through the surface and counts where they land; gives the light at a place of the floor. */
function throwLight(width: number, height: number, waves: readonly Ripple[]) {
  const columns = 700;
  const rows = Math.ceil((columns * height) / width);
  const margin = 40;
  const stride = columns + margin * 2;
  const land = new Float32Array(stride * (rows + margin * 2));
  const rays = 1.6;
  const depth = 0.034;
  const slope = { x: 0, y: 0 };
  for (let j = -margin * rays; j < (rows + margin) * rays; j += 1) {
    for (let i = -margin * rays; i < (columns + margin) * rays; i += 1) {
      const u = i / rays / columns;
      const v = j / rays / columns;
      slopeAt(waves, u, v, slope);
      const x = (u + slope.x * depth) * columns + margin;
      const y = (v + slope.y * depth) * columns + margin;
      splat(land, stride, x, y, 1 / (rays * rays));
    }
  }
  return (u: number, v: number): number => {
    const x = clamp(u * columns + margin, 0, stride - 2);
    const y = clamp(v * columns + margin, 0, land.length / stride - 2);
    const i = Math.floor(y) * stride + Math.floor(x);
    const fx = x - Math.floor(x);
    const fy = y - Math.floor(y);
    const upper = (land[i] as number) * (1 - fx) + (land[i + 1] as number) * fx;
    const lower = (land[i + stride] as number) * (1 - fx) + (land[i + stride + 1] as number) * fx;
    return Math.min(4.5, upper * (1 - fy) + lower * fy) ** 0.9;
  };
}

function splat(land: Float32Array, stride: number, x: number, y: number, amount: number): void {
  const left = Math.floor(x);
  const top = Math.floor(y);
  if (left < 0 || top < 0 || left >= stride - 1) return;
  const i = top * stride + left;
  if (i + stride + 1 >= land.length) return;
  const fx = x - left;
  const fy = y - top;
  land[i] = (land[i] as number) + (1 - fx) * (1 - fy) * amount;
  land[i + 1] = (land[i + 1] as number) + fx * (1 - fy) * amount;
  land[i + stride] = (land[i + stride] as number) + (1 - fx) * fy * amount;
  land[i + stride + 1] = (land[i + stride + 1] as number) + fx * fy * amount;
}

function tiles(noise: Noise, u: number, v: number, turn: number): number {
  const x = (u * Math.cos(turn) + v * Math.sin(turn)) * 13;
  const y = (v * Math.cos(turn) - u * Math.sin(turn)) * 13;
  const edge = Math.min(...[x, y].map((n) => Math.abs(n - Math.round(n))));
  const joint = clamp((edge - 0.018) * 30);
  const own = 0.92 + 0.1 * noise.at(Math.floor(x + 0.5) * 7.3, Math.floor(y + 0.5) * 5.1);
  return own * (0.72 + 0.28 * joint);
}

function sandFloor(noise: Noise, u: number, v: number): number {
  const wave = noise.at(u * 3, v * 3) * 2;
  return 0.9 + 0.1 * Math.sin(v * 90 + wave * 3 + u * 14) + 0.05 * noise.at(u * 60, v * 60);
}

export interface InkLook {
  readonly paper: string;
  readonly inks: readonly [string, string, string];
}

/** Inks that drift into each other. */
export async function ink(order: Order & InkLook): Promise<Buffer> {
  const { width, height, seed } = order;
  const frame = new Frame(width, height);
  const noise = new Noise(seed);
  const paper = light(order.paper);
  const [first, second, third] = order.inks.map((hex) => light(hex)) as [Light, Light, Light];
  const step = 2;
  const half = new Frame(Math.ceil(width / step) + 1, Math.ceil(height / step) + 1);
  const unit = (step / width) * 1.05;
  half.paint((x, y, out) => {
    const u = x * unit;
    const v = y * unit;
    const a = noise.fbm(u, v, 4);
    const b = noise.fbm(u + 5.2, v + 1.3, 4);
    const c = noise.fbm(u + 2.6 * a + 1.7, v + 2.6 * b + 9.2, 4);
    const d = noise.fbm(u + 2.6 * a + 8.3, v + 2.6 * b + 2.8, 3);
    const f = noise.fbm(u + 3.1 * c, v + 3.1 * d, 5);
    pour(out, { paper, first, second, third }, { a, c, d, f });
  });
  frame.paint((x, y, out) => half.sample(x / step, y / step, out));
  return await frame.develop({ bloom: 0.1, grain: 4, vignette: 0.2, seed, contrast: 1.2 });
}

function pour(
  out: Pixel,
  inks: { paper: Light; first: Light; second: Light; third: Light },
  at: { a: number; c: number; d: number; f: number },
): void {
  const one = clamp(0.5 + at.f * 1.25);
  const two = clamp(Math.hypot(at.c, at.d) * 1.5);
  const three = clamp(Math.abs(at.a + at.f) * 1.4) ** 2;
  const vein = Math.exp(-((at.f / 0.035) ** 2)) * 0.5;
  for (let i = 0; i < 3; i += 1) {
    let own = (inks.paper[i] as number) * (1 - one) + (inks.first[i] as number) * one;
    own = own * (1 - two) + (inks.second[i] as number) * two;
    own = own * (1 - three) + (inks.third[i] as number) * three;
    out[i] = own * (0.75 + 0.6 * clamp(0.5 + at.f)) + vein * 0.25;
  }
}
