/** Numbers from 0 to 1 that are the same every time for the same seed (mulberry32, T. Ettinger). */
export type Random = () => number;

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

export function pick<T>(random: Random, list: readonly T[]): T {
  const found = list[Math.floor(random() * list.length)];
  if (found === undefined) throw new RangeError('nothing to pick from');
  return found;
}

/** Close to normally distributed, mean 0, deviation 1. */
export function bell(random: Random): number {
  return (random() + random() + random() + random() - 2) * 1.732;
}

const MASK = 255;

/** Gradient noise of two dimensions after Perlin (2002), from about -1 to 1, unit cells. */
export class Noise {
  readonly #order = new Uint8Array(512);
  readonly #gradientX = new Float32Array(256);
  readonly #gradientY = new Float32Array(256);

  constructor(seed: number) {
    const random = createRandom(seed ^ 0x9e3779b9);
    for (let i = 0; i < 256; i += 1) {
      this.#order[i] = i;
      const turn = random() * Math.PI * 2;
      this.#gradientX[i] = Math.cos(turn) * 1.5;
      this.#gradientY[i] = Math.sin(turn) * 1.5;
    }
    for (let i = 255; i > 0; i -= 1) {
      const j = Math.floor(random() * (i + 1));
      const held = this.#order[i] as number;
      this.#order[i] = this.#order[j] as number;
      this.#order[j] = held;
    }
    this.#order.copyWithin(256, 0, 256);
  }

  at(x: number, y: number): number {
    const left = Math.floor(x);
    const top = Math.floor(y);
    const fx = x - left;
    const fy = y - top;
    const row = this.#order[top & MASK] as number;
    const below = this.#order[(top + 1) & MASK] as number;
    const u = fx * fx * fx * (fx * (fx * 6 - 15) + 10);
    const v = fy * fy * fy * (fy * (fy * 6 - 15) + 10);
    const a = this.#dot(row + (left & MASK), fx, fy);
    const b = this.#dot(row + ((left + 1) & MASK), fx - 1, fy);
    const c = this.#dot(below + (left & MASK), fx, fy - 1);
    const d = this.#dot(below + ((left + 1) & MASK), fx - 1, fy - 1);
    const upper = a + (b - a) * u;
    return upper + (c + (d - c) * u - upper) * v;
  }

  #dot(at: number, x: number, y: number): number {
    const i = this.#order[at] as number;
    return (this.#gradientX[i] as number) * x + (this.#gradientY[i] as number) * y;
  }

  /** Octaves of noise, each twice as fine and half as strong: clouds, earth. About -1 to 1. */
  fbm(x: number, y: number, octaves: number, gain = 0.5): number {
    let sum = 0;
    let weight = 1;
    let total = 0;
    let px = x;
    let py = y;
    for (let i = 0; i < octaves; i += 1) {
      sum += this.at(px, py) * weight;
      total += weight;
      weight *= gain;
      // Turned a little each time, so that the lattice never shows.
      const turned = px * 1.62 - py * 1.18 + 17.3;
      py = px * 1.18 + py * 1.62 + 5.9;
      px = turned;
    }
    return sum / total;
  }

  /** The same with sharp crests: rock. 0 to 1. */
  ridged(x: number, y: number, octaves: number, gain = 0.5): number {
    let sum = 0;
    let weight = 1;
    let total = 0;
    let px = x;
    let py = y;
    let carry = 1;
    for (let i = 0; i < octaves; i += 1) {
      const fold = 1 - Math.abs(this.at(px, py));
      const crest = fold * fold * carry;
      carry = Math.min(1, crest * 1.6);
      sum += crest * weight;
      total += weight;
      weight *= gain;
      const turned = px * 1.62 - py * 1.18 + 11.7;
      py = px * 1.18 + py * 1.62 + 3.1;
      px = turned;
    }
    return sum / total;
  }
}
