import { disc } from './bokeh.ts';
import { clamp, Frame, type Light, light, mix, type Pixel, smooth } from './frame.ts';
import { bell, between, createRandom, Noise, type Random } from './noise.ts';
import type { Order } from './order.ts';

export interface Bloom {
  /** Of petals, from the heart to the outermost. */
  readonly petals: readonly [string, string, string];
  readonly ground: readonly [string, string];
  readonly count: number;
  /** 0 is pointed, 1 is round. */
  readonly round: number;
  /** Width of a petal to its length. */
  readonly wide: number;
}

const BLACK: Light = [0, 0, 0];
const GOLDEN = Math.PI * (3 - Math.sqrt(5));

/** A flower or a succulent from above: petal over petal at the golden angle. */
export async function blossom(order: Order & Bloom): Promise<Buffer> {
  const { seed } = order;
  // Petals are soft: two thirds of the size do.
  const width = Math.round(order.width / 1.7);
  const height = Math.round(order.height / 1.7);
  const frame = new Frame(width, height);
  const random = createRandom(seed);
  softGround(frame, order, random);
  const noise = new Noise(seed);
  const cx = width * between(random, 0.44, 0.56);
  const cy = height * between(random, 0.44, 0.54);
  const reach = Math.min(width, height) * 0.56;
  for (let i = order.count - 1; i >= 0; i -= 1) {
    const t = Math.sqrt((i + 0.5) / order.count);
    petal(frame, noise, {
      x: cx,
      y: cy,
      turn: i * GOLDEN + bell(random) * 0.05,
      from: reach * t * 0.16,
      length: reach * (0.1 + 0.9 * t ** 1.1) * between(random, 0.94, 1.04),
      t,
      look: order,
    });
  }
  return await frame
    .enlarge(order.width, order.height)
    .develop({ bloom: 0.15, grain: 3, vignette: 0.35, seed, contrast: 1.15 });
}

function softGround(frame: Frame, { ground }: Bloom, random: Random): void {
  const { width, height } = frame;
  const [a, b] = ground.map((hex) => light(hex)) as [Light, Light];
  frame.paint((x, y, out) => {
    const own = mix(a, b, clamp((x / width) * 0.4 + (y / height) * 0.6));
    for (let c = 0; c < 3; c += 1) out[c] = own[c] as number;
  });
  for (let i = 0; i < 40; i += 1) {
    const colour = mix(a, b, random() * 1.5);
    disc(frame, random() * width, random() * height, width * between(random, 0.03, 0.1), [
      colour[0] * 0.35,
      colour[1] * 0.35,
      colour[2] * 0.35,
    ]);
  }
  const small = frame.shrink(8).blur(6);
  frame.paint((x, y, out) => small.sample(x / 8, y / 8, out));
}

interface Petal {
  readonly x: number;
  readonly y: number;
  readonly turn: number;
  readonly from: number;
  readonly length: number;
  /** 0 at the heart, 1 outermost. */
  readonly t: number;
  readonly look: Bloom;
}

function petal(frame: Frame, noise: Noise, shape: Petal): void {
  const { x: cx, y: cy, turn, from, length, t, look } = shape;
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  const half = length * look.wide * (0.6 + 0.4 * t);
  const colour = petalColour(look, t);
  const end = from + length;
  const shadow = half * 0.3 + 3;
  const [x0, x1, y0, y1] = bounds(shape, end, half + shadow * 2);
  const own: Pixel = [0, 0, 0];
  const edges = Float32Array.from({ length: 257 }, (_, i) => half * outline(i / 256, look.round));
  for (let y = Math.max(0, y0); y <= Math.min(frame.height - 1, y1); y += 1) {
    for (let x = Math.max(0, x0); x <= Math.min(frame.width - 1, x1); x += 1) {
      const along = ((x - cx) * cos + (y - cy) * sin - from) / length;
      const across = (y - cy) * cos - (x - cx) * sin;
      if (along < -0.1 || along > 1.15) continue;
      const edge = edges[Math.round(clamp(along) * 256)] as number;
      const inside = edge - Math.abs(across);
      if (inside < -2.5 * shadow) continue;
      if (inside < 0.5 || along > 1 || along < 0) {
        const away = Math.hypot(Math.max(0, -inside), Math.max(0, along - 1) * length);
        frame.cover(x, y, BLACK, 0.5 * Math.exp(-away / shadow) * smooth(-0.1, 0.1, along));
      }
      if (inside < -0.5 || along > 1 || along < 0) continue;
      shadePetal(own, { along, side: clamp(across / (edge + 0.5), -1, 1), t, colour, noise, turn });
      frame.cover(x, y, own, clamp(inside + 0.5));
    }
  }
}

function bounds({ x, y, turn }: Petal, end: number, pad: number) {
  const tipX = x + Math.cos(turn) * end;
  const tipY = y + Math.sin(turn) * end;
  return [
    Math.floor(Math.min(x, tipX) - pad),
    Math.ceil(Math.max(x, tipX) + pad),
    Math.floor(Math.min(y, tipY) - pad),
    Math.ceil(Math.max(y, tipY) + pad),
  ] as const;
}

function outline(along: number, round: number): number {
  const pointed = Math.sin(along ** 0.75 * Math.PI) ** 0.8 * (1 - 0.25 * along);
  const full = Math.sqrt(clamp(1 - ((along - 0.62) / (along < 0.62 ? 0.66 : 0.38)) ** 2));
  return pointed * (1 - round) + full * round;
}

function petalColour({ petals }: Bloom, t: number): Light {
  const [heart, middle, outer] = petals.map((hex) => light(hex)) as [Light, Light, Light];
  return t < 0.5 ? mix(heart, middle, t * 2) : mix(middle, outer, t * 2 - 1);
}

function shadePetal(
  out: Pixel,
  at: { along: number; side: number; t: number; colour: Light; noise: Noise; turn: number },
): void {
  const { along, side, colour, noise, turn, t } = at;
  // Cupped: the sides rise, the light comes from the upper left.
  const facing = Math.sin(side * 1.25) * Math.sin(turn - 2.4) * 0.32;
  const lift = smooth(0, 1, along);
  const vein = 0.05 * noise.at(side * 9 + turn * 5, along * 2.2 + t * 40);
  const deep = 0.22 + 0.78 * smooth(-0.05, 0.62, along);
  const rim = Math.abs(side) ** 6 * 0.22 + smooth(0.86, 1, along) * 0.2;
  const crease = Math.exp(-side * side * 60) * 0.12 * (1 - along * 0.5);
  const bright = deep * (0.72 + facing + 0.22 * lift + vein + rim - crease);
  for (let c = 0; c < 3; c += 1) {
    const own =
      (colour[c] as number) * (1 - rim * 0.5) + rim * 0.5 * (0.35 + (colour[c] as number));
    out[c] = own * bright * 1.35;
  }
}

export interface LeafLook {
  readonly colours: readonly [string, string];
}

/** A leaf against the sun, so close that every vein shows. */
export async function leaf(order: Order & LeafLook): Promise<Buffer> {
  const { width, height, seed } = order;
  const frame = new Frame(width, height);
  const random = createRandom(seed);
  const noise = new Noise(seed);
  const turn = between(random, 0.25, 0.75) * (random() < 0.5 ? 1 : -1) + Math.PI / 2;
  const bright = light(order.colours[0]);
  const deep = light(order.colours[1]);
  const sun = [between(random, 0.25, 0.75), between(random, 0.15, 0.4)] as const;
  const cells = new Cells(seed);
  frame.paint((x, y, out) => {
    const u = x / width - 0.5;
    const v = (y - height / 2) / width;
    const vein = veinAt({ noise, cells, turn }, u, v);
    const glow = Math.exp(-((u + 0.5 - sun[0]) ** 2 + (y / width - sun[1]) ** 2) * 2.2);
    const patch = 0.82 + 0.3 * noise.fbm(u * 3 + 3, v * 3, 3);
    const through = (0.28 + 0.95 * glow) * patch;
    for (let c = 0; c < 3; c += 1) {
      const flesh = mix(deep, bright, clamp(through * 0.85))[c] as number;
      const line = (bright[c] as number) * 1.5 + 0.1;
      const own = flesh * through * (0.8 + 0.35 * vein.cell);
      out[c] = own * (1 - vein.line) + line * (0.25 + 0.9 * glow) * vein.line;
    }
  });
  return await frame.develop({ bloom: 0.2, grain: 4, vignette: 0.4, seed, contrast: 1.2 });
}

function veinAt(leaf: { noise: Noise; cells: Cells; turn: number }, u: number, v: number) {
  const { noise, cells, turn } = leaf;
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  const along = u * cos + v * sin;
  const across = v * cos - u * sin + 0.03 * noise.at(along * 2, 1.5);
  const far = Math.abs(across);
  const middle = smooth(0.011, 0.004, far * (1 - along * 0.4));
  // Side veins leave the middle in turns and bend towards the tip.
  const side = across > 0 ? 0.5 : 0;
  const phase =
    (along - far * 0.75 + far * far * 0.35) * 8 + side + noise.at(along * 3, far * 3) * 0.16;
  const ahead = Math.abs(phase - Math.round(phase)) / 8;
  const first = smooth(0.0055, 0.0016, ahead * (1 + far * 1.6));
  const ladder = (far * 21 + noise.at(phase * 1.7, far * 4) * 0.5) % 1;
  const second = smooth(0.09, 0.03, Math.abs(ladder - 0.5)) * 0.38;
  const cell = cells.at(u * 95, v * 95);
  const third = smooth(0.16, 0.05, cell.edge) * 0.3;
  return { line: clamp(Math.max(middle, first * 0.85, second, third)), cell: cell.tone };
}

/** Voronoi cells: how close to the border of its cell a place is, and the cell's own tone. */
class Cells {
  readonly #x = new Float32Array(4096);
  readonly #y = new Float32Array(4096);
  readonly #tone = new Float32Array(4096);

  constructor(seed: number) {
    const random = createRandom(seed + 77);
    for (let i = 0; i < 4096; i += 1) {
      this.#x[i] = random() * 0.8 + 0.1;
      this.#y[i] = random() * 0.8 + 0.1;
      this.#tone[i] = random();
    }
  }

  at(x: number, y: number): { edge: number; tone: number } {
    const left = Math.floor(x);
    const top = Math.floor(y);
    let first = 9;
    let second = 9;
    let tone = 0;
    for (let j = -1; j <= 1; j += 1) {
      for (let i = -1; i <= 1; i += 1) {
        const at = ((top + j) & 63) * 64 + ((left + i) & 63);
        const dx = left + i + (this.#x[at] as number) - x;
        const dy = top + j + (this.#y[at] as number) - y;
        const d = dx * dx + dy * dy;
        if (d < first) {
          second = first;
          first = d;
          tone = this.#tone[at] as number;
        } else if (d < second) second = d;
      }
    }
    found.edge = Math.sqrt(second) - Math.sqrt(first);
    found.tone = tone;
    return found;
  }
}

const found = { edge: 0, tone: 0 };
