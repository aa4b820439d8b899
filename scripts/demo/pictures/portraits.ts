import { disc } from './bokeh.ts';
import { clamp, Frame, type Light, light, mix, type Pixel, smooth } from './frame.ts';
import { between, createRandom, Noise, pick } from './noise.ts';
import type { Order } from './order.ts';

export type Hair = 'short' | 'long' | 'bun' | 'curls' | 'scarf' | 'none';

export interface Portrait {
  readonly hair: Hair;
  /** Behind the person, from left to right. */
  readonly ground: readonly [string, string];
  readonly rim: string;
  readonly shadow: string;
  /** The way they look: below 0 is left. */
  readonly look: number;
}

/** Someone against the light, so that one sees an outline and no face. */
export async function portrait(order: Order & Portrait): Promise<Buffer> {
  const { width, height, seed } = order;
  const frame = new Frame(width, height);
  const random = createRandom(seed);
  const [a, b] = order.ground.map((hex) => light(hex)) as [Light, Light];
  frame.paint((x, y, out) => {
    const own = mix(a, b, clamp((x / width) * 0.7 + (y / height) * 0.3));
    for (let c = 0; c < 3; c += 1) out[c] = (own[c] as number) * 0.7;
  });
  for (let i = 0; i < 26; i += 1) {
    const tint = light(pick(random, [...order.ground, order.rim]), between(random, 0.03, 0.16));
    const r = width * between(random, 0.03, 0.09);
    disc(frame, random() * width, random() * height, r, tint);
  }
  const soft = frame.shrink(4).blur(3).enlarge(width, height);
  silhouette(soft, order);
  return await soft.develop({ bloom: 0.15, grain: 5, vignette: 0.35, seed, contrast: 1.1 });
}

function silhouette(frame: Frame, order: Order & Portrait): void {
  const { width } = frame;
  const noise = new Noise(order.seed);
  const rim = light(order.rim, 1.5);
  const body = light(order.shadow, 0.4);
  const side = order.look < 0 ? 1 : -1;
  const own: Pixel = [0, 0, 0];
  frame.paint((x, y, out) => {
    const u = x / width - 0.5;
    const v = y / width;
    const d = figure(order, noise, u, v);
    const inside = clamp(0.5 - d * width * 0.35);
    if (inside <= 0) {
      const halo = Math.exp(d * -40) * 0.1;
      for (let c = 0; c < 3; c += 1) out[c] = (out[c] as number) + (rim[c] as number) * halo;
      return;
    }
    // Light from behind wraps around the edges, most on the one side.
    const e = 0.012;
    const dx = figure(order, noise, u + e, v) - d;
    const dy = figure(order, noise, u, v + e) - d;
    const facing = clamp(0.35 + (dx * side * -0.75 - dy * 0.6) / e);
    const edge = Math.exp(d * 150) * facing * 1.6 + Math.exp(d * 300) * 0.25;
    const cheek = smooth(-0.09, 0, d) * facing * 0.06;
    for (let c = 0; c < 3; c += 1) {
      own[c] = (body[c] as number) * (0.6 + v * 0.5) + (rim[c] as number) * (edge * 0.8 + cheek);
      out[c] = (out[c] as number) * (1 - inside) + (own[c] as number) * inside;
    }
  });
}

/** How far outside the person a place is; inside is below 0. The head is some 0.4 high. */
function figure({ hair, look }: Portrait, noise: Noise, u: number, v: number): number {
  const turned = u - look * 0.04 * smooth(0.75, 0.35, v);
  const skull = egg(turned, v - 0.36, 0.135, 0.165);
  const jaw = egg(turned - look * 0.03, v - 0.455, 0.098, 0.125);
  const neck = box(u - look * 0.004, v - 0.62, 0.07, 0.14);
  const shoulders = egg(u, v - 1.0, 0.43, 0.36);
  const head = blend(blend(skull, jaw, 0.05), neck, 0.05);
  return blend(Math.min(head, wearing(hair, look, noise, turned, v)), shoulders, 0.09);
}

function wearing(hair: Hair, look: number, noise: Noise, u: number, v: number): number {
  const curl = noise.fbm(u * 15, v * 15, 2) * 0.012;
  const strand = noise.fbm(u * 40, v * 7, 3) * 0.0025;
  const crown = egg(u + look * 0.02, v - 0.325, 0.152, 0.155);
  switch (hair) {
    case 'short':
      return crown + strand;
    case 'long':
      return (
        blend(crown, Math.max(egg(u + look * 0.03, v - 0.52, 0.2, 0.34), v - 0.76), 0.06) + strand
      );
    case 'bun':
      return blend(crown, egg(u + look * 0.1, v - 0.165, 0.075, 0.068), 0.025) + strand * 0.7;
    case 'curls':
      return egg(u + look * 0.03, v - 0.33, 0.225, 0.21) + curl * 1.6;
    case 'scarf':
      return blend(
        egg(u + look * 0.015, v - 0.37, 0.168, 0.21),
        egg(u, v - 0.68, 0.17, 0.16),
        0.09,
      );
    default:
      return 1;
  }
}

function egg(x: number, y: number, rx: number, ry: number): number {
  const k = Math.hypot(x / rx, y / ry);
  const g = Math.hypot(x / (rx * rx), y / (ry * ry));
  return g === 0 ? -Math.min(rx, ry) : (k * (k - 1)) / g;
}

function box(x: number, y: number, rx: number, ry: number): number {
  const dx = Math.abs(x) - rx;
  const dy = Math.abs(y) - ry;
  return Math.min(Math.max(dx, dy), 0) + Math.hypot(Math.max(dx, 0), Math.max(dy, 0));
}

/** The nearer of two shapes, with a fillet where they meet. */
function blend(a: number, b: number, round: number): number {
  const h = clamp(0.5 + (0.5 * (b - a)) / round);
  return b + (a - b) * h - round * h * (1 - h);
}
