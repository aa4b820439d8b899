import { clamp, Frame, type Light, light, mix, smooth } from './frame.ts';
import { between, createRandom, Noise } from './noise.ts';
import type { Order } from './order.ts';

export interface TableLook {
  readonly wall: string;
  readonly table: string;
  readonly vase: string;
  readonly fruit: string;
}

type Point = readonly [number, number, number];

/** A vase and fruit on a table beside a window. Marched through a field of distances, at a third of the size. */
export async function stillLife(order: Order & TableLook): Promise<Buffer> {
  const { width, height, seed } = order;
  const small = new Frame(Math.ceil(width / 3.1), Math.ceil(height / 3.1));
  const scene = new Table(order);
  const ratio = height / width;
  small.paint((x, y, out) => {
    const own = scene.look((x + 0.5) / small.width - 0.5, (y + 0.5) / small.width - ratio / 2);
    for (let c = 0; c < 3; c += 1) out[c] = own[c] as number;
  });
  const frame = small.enlarge(width, height);
  return await frame.develop({ bloom: 0.12, grain: 6, vignette: 0.45, seed, contrast: 1.2 });
}

const WINDOW: Point = [-0.72, 0.5, 0.48];

class Table {
  readonly #order: Order & TableLook;
  readonly #noise: Noise;
  readonly #fruits: readonly { at: Point; r: number; tone: number }[];
  readonly #vase: { x: number; z: number; belly: number; neck: number; tall: number };

  constructor(order: Order & TableLook) {
    this.#order = order;
    this.#noise = new Noise(order.seed);
    const random = createRandom(order.seed);
    this.#vase = {
      x: between(random, -0.5, -0.2),
      z: 0.25,
      belly: between(random, 0.3, 0.42),
      neck: between(random, 0.09, 0.15),
      tall: between(random, 1.15, 1.5),
    };
    const places: [number, number][] = [
      [0.28, -0.1],
      [0.68, 0.12],
      [0.5, -0.48],
      [-0.12, -0.55],
    ];
    this.#fruits = places.map(([x, z]) => {
      const r = between(random, 0.17, 0.21);
      return { at: [x, r * 0.97, z] as const, r, tone: random() };
    });
  }

  /** What is seen through a place of the picture, 0 being its middle. */
  look(u: number, v: number): Light {
    const eye: Point = [0.12, 1.05, -3.7];
    const dir = unit([u * 0.62, -v * 0.62 - 0.13, 1]);
    const hit = this.#march(eye, dir);
    if (hit) return this.#shade(hit.at, this.#normal(hit.at), this.#colour(hit.at, hit.what));
    const down = dir[1] < 0 ? -eye[1] / dir[1] : 99;
    const back = (2.2 - eye[2]) / dir[2];
    if (down < back) {
      const at: Point = [eye[0] + dir[0] * down, 0, eye[2] + dir[2] * down];
      return this.#shade(at, [0, 1, 0], this.#cloth(at));
    }
    return this.#wall([eye[0] + dir[0] * back, eye[1] + dir[1] * back, 2.2]);
  }

  #distance(x: number, y: number, z: number): number {
    return Math.min(this.#toVase(x, y, z), this.#toFruit(x, y, z));
  }

  #toVase(x: number, y: number, z: number): number {
    const { x: cx, z: cz, belly, neck, tall } = this.#vase;
    const t = clamp(y / tall);
    const swell = Math.sin(Math.min(1, t * 1.25) * Math.PI) ** 0.9;
    const radius = neck + (belly - neck) * swell + 0.09 * smooth(0.86, 1, t) + 0.05 * (1 - t) ** 6;
    const side = Math.hypot(x - cx, z - cz) - radius;
    return Math.max(side * 0.72, y - tall, -y);
  }

  #toFruit(x: number, y: number, z: number): number {
    let least = 9;
    for (const { at, r } of this.#fruits) {
      const squash = (y - at[1]) * 1.07;
      const dent =
        0.03 * Math.exp(-((x - at[0]) ** 2 + (z - at[2]) ** 2) * 160) * (y > at[1] ? 1 : 0);
      const d = Math.hypot(x - at[0], squash, z - at[2]) - r + dent;
      if (d < least) least = d;
    }
    return least;
  }

  #march(from: Point, dir: Point): { at: Point; what: 'vase' | 'fruit' } | null {
    // Everything stands between these two planes.
    let way = (-1 - from[2]) / dir[2];
    for (let i = 0; i < 60 && way < 6.2; i += 1) {
      const at: Point = [from[0] + dir[0] * way, from[1] + dir[1] * way, from[2] + dir[2] * way];
      const vase = this.#toVase(...at);
      const fruit = this.#toFruit(...at);
      const near = Math.min(vase, fruit);
      if (near < 0.002) return at[1] < 0 ? null : { at, what: vase < fruit ? 'vase' : 'fruit' };
      way += near * 0.9;
    }
    return null;
  }

  #normal([x, y, z]: Point): Point {
    const e = 0.004;
    return unit([
      this.#distance(x + e, y, z) - this.#distance(x - e, y, z),
      this.#distance(x, y + e, z) - this.#distance(x, y - e, z),
      this.#distance(x, y, z + e) - this.#distance(x, y, z - e),
    ]);
  }

  /** The window is wide, so its shadows are soft. */
  #shadow(at: Point): number {
    let clear = 1;
    let way = 0.03;
    for (let i = 0; i < 22 && way < 2.6; i += 1) {
      const near = this.#distance(
        at[0] + WINDOW[0] * way,
        at[1] + WINDOW[1] * way,
        at[2] - WINDOW[2] * way,
      );
      clear = Math.min(clear, 0.5 + (0.5 * near) / (0.16 * way));
      if (clear < 0) return 0;
      way += clamp(near, 0.03, 0.25);
    }
    return smooth(0, 1, clear);
  }

  #shade(at: Point, normal: Point, colour: Light): Light {
    const facing = normal[0] * WINDOW[0] + normal[1] * WINDOW[1] - normal[2] * WINDOW[2];
    const wrap = clamp((facing + 0.18) / 1.18);
    const lifted: Point = [
      at[0] + normal[0] * 0.02,
      at[1] + normal[1] * 0.02,
      at[2] + normal[2] * 0.02,
    ];
    const sun = wrap * this.#shadow(lifted);
    const open = clamp(
      0.35 +
        this.#distance(
          at[0] + normal[0] * 0.14,
          at[1] + normal[1] * 0.14,
          at[2] + normal[2] * 0.14,
        ) *
          4.6,
    );
    const half = unit([WINDOW[0], WINDOW[1] + 0.1, -WINDOW[2] - 0.75]);
    const gleam =
      clamp(normal[0] * half[0] + normal[1] * half[1] + normal[2] * half[2]) ** 46 * 0.32 * sun;
    const room = (0.16 + 0.08 * normal[1]) * open;
    return [
      colour[0] * (sun * 1.7 + room) + gleam,
      colour[1] * (sun * 1.58 + room * 1.05) + gleam,
      colour[2] * (sun * 1.42 + room * 1.2) + gleam,
    ];
  }

  #colour(at: Point, what: 'vase' | 'fruit'): Light {
    if (what === 'vase') {
      const glaze = 0.9 + 0.16 * this.#noise.fbm(at[0] * 5, at[1] * 5 + at[2], 3);
      const own = light(this.#order.vase);
      return [own[0] * glaze, own[1] * glaze, own[2] * glaze];
    }
    const fruit = light(this.#order.fruit);
    const pores = 0.92 + 0.1 * this.#noise.fbm(at[0] * 26, at[1] * 26 + at[2] * 17, 2);
    return [fruit[0] * pores, fruit[1] * pores, fruit[2] * pores];
  }

  #cloth(at: Point): Light {
    const own = light(this.#order.table);
    const grain = 0.9 + 0.12 * this.#noise.fbm(at[0] * 1.3, at[2] * 11, 4);
    return [own[0] * grain, own[1] * grain, own[2] * grain];
  }

  #wall(at: Point): Light {
    const fall = Math.exp(-(((at[0] + 1.5) / 2.3) ** 2) - ((at[1] - 1.3) / 2.6) ** 2);
    const plaster = 1 + 0.06 * this.#noise.fbm(at[0] * 2.5, at[1] * 2.5, 4);
    const own = light(this.#order.wall);
    const seen = mix([own[0] * 0.16, own[1] * 0.17, own[2] * 0.2], own, fall);
    return [seen[0] * plaster, seen[1] * plaster, seen[2] * plaster];
  }
}

function unit([x, y, z]: Point): Point {
  const length = Math.hypot(x, y, z) || 1;
  return [x / length, y / length, z / length];
}
