import { clamp, Frame, type Light, light, mix, smooth } from './frame.ts';
import { mirror } from './mountains.ts';
import { between, createRandom, Noise, type Random } from './noise.ts';
import type { Order } from './order.ts';
import { conifers } from './trees.ts';

/** The Milky Way over a dark ridge. */
export async function stars(order: Order): Promise<Buffer> {
  const { width, height, seed } = order;
  const frame = new Frame(width, height);
  const random = createRandom(seed);
  const noise = new Noise(seed);
  const band = {
    angle: between(random, 0.9, 1.25) * (random() < 0.5 ? 1 : -1),
    x: between(random, 0.42, 0.58),
    y: (height / width) * 0.42,
  };
  paintNightSky(frame, noise, band);
  sowStars(frame, random, noise, band);
  const ground = (height / width) * 0.9;
  groundLine(frame, noise, ground, light('#04060a'));
  conifers(frame, {
    random,
    count: 46,
    base: (x) => (ground + 0.02 - groundRise(noise, x)) * width,
    tall: [0.03, 0.13],
    colour: light('#030508'),
  });
  return await frame.develop({ bloom: 0.35, grain: 7, vignette: 0.35, seed, exposure: 1.25 });
}

interface Band {
  readonly angle: number;
  readonly x: number;
  readonly y: number;
}

function bandAt(band: Band, noise: Noise, u: number, v: number) {
  const cos = Math.cos(band.angle);
  const sin = Math.sin(band.angle);
  const along = (u - band.x) * cos + (v - band.y) * sin;
  const bend = noise.at(along * 1.6, 4.4) * 0.05;
  const across = (v - band.y) * cos - (u - band.x) * sin + bend;
  const core = Math.exp(-along * along * 3.2);
  const width = 0.055 + 0.06 * core;
  const body = Math.exp(-((across / width) ** 2)) * (0.35 + 0.65 * core);
  const warp = noise.fbm(along * 4, across * 5 + 9, 3) * 0.5;
  const dust = noise.fbm(along * 4.5 + 3 + warp, across * 11 + warp, 6, 0.6);
  const rift = Math.exp(-(((across - 0.012 + dust * 0.03) / 0.03) ** 2));
  const lane = smooth(-0.3, 0.42, dust - 0.42 * rift + 0.22);
  return { body, lane, core };
}

function paintNightSky(frame: Frame, noise: Noise, band: Band): void {
  const { width, height } = frame;
  const top = light('#070c1c');
  const low = light('#28364f');
  const glow = light('#7d6a55', 0.55);
  const cloud = light('#b7a9b4', 0.34);
  const warm = light('#f2c9a0', 0.36);
  const unit = 1 / width;
  const step = 3;
  const columns = Math.ceil(width / step) + 2;
  const rows = Math.ceil(height / step) + 2;
  const coarse = new Frame(columns, rows);
  coarse.paint((x, y, out) => {
    const u = x * step * unit;
    const v = y * step * unit;
    const down = clamp(v / (height * unit));
    const { body, lane, core } = bandAt(band, noise, u, v);
    const airy = 0.8 + 0.25 * noise.fbm(u * 2.2, v * 2.2 + 7, 3);
    const base = mix(top, low, down ** 1.6);
    const shine = mix(cloud, warm, core * 0.8);
    const rise = smooth(0.55, 0.95, down) * 0.55;
    for (let c = 0; c < 3; c += 1) {
      const milky = (shine[c] as number) * body * (0.1 + 1.15 * lane);
      out[c] = (base[c] as number) * airy + milky + (glow[c] as number) * rise * 0.5;
    }
  });
  frame.paint((x, y, out) => coarse.sample(x / step, y / step, out));
}

function sowStars(frame: Frame, random: Random, noise: Noise, band: Band): void {
  const { width, height } = frame;
  const tints = ['#ffffff', '#dfe8ff', '#fff0dc', '#ffd9b8', '#cfdcff'].map((hex) => light(hex));
  for (let i = 0; i < 60_000; i += 1) {
    const u = random();
    const v = (random() * height) / width;
    const { body, lane } = bandAt(band, noise, u, v);
    if (random() > 0.1 + 0.9 * body * lane) continue;
    const bright = 0.035 / (random() + 0.005);
    const tint = tints[Math.floor(random() * tints.length)] ?? [1, 1, 1];
    star(frame, u * width, v * width, Math.min(bright, 5), tint);
  }
}

function star(frame: Frame, cx: number, cy: number, bright: number, tint: Light): void {
  const size = (0.55 + 0.22 * Math.sqrt(bright)) * (frame.width / 1600) + 0.12;
  const reach = Math.ceil(size * 3);
  for (let y = Math.floor(cy) - reach; y <= cy + reach; y += 1) {
    for (let x = Math.floor(cx) - reach; x <= cx + reach; x += 1) {
      const d = ((x - cx) ** 2 + (y - cy) ** 2) / (size * size);
      if (d < 9) frame.add(x, y, tint, bright * Math.exp(-d));
    }
  }
}

function groundRise(noise: Noise, x: number): number {
  return noise.fbm(x * 2.1, 31.7, 5) * 0.05 + noise.at(x * 0.8, 3.3) * 0.04;
}

function groundLine(frame: Frame, noise: Noise, base: number, colour: Light): void {
  const { width, height } = frame;
  for (let x = 0; x < width; x += 1) {
    const top = (base - groundRise(noise, x / width)) * width;
    for (let y = Math.floor(top); y < height; y += 1) frame.cover(x, y, colour, clamp(y + 1 - top));
  }
}

/** Curtains of northern light over a lake that holds still. */
export async function aurora(order: Order & { violet?: boolean }): Promise<Buffer> {
  const { width, height, seed } = order;
  const frame = new Frame(width, height);
  const random = createRandom(seed);
  const noise = new Noise(seed);
  const shore = (height / width) * 0.68;
  const sky: Band = { angle: 0.3, x: 0.2, y: 0.1 };
  frame.paint((_x, y, out) => {
    const down = y / width / shore;
    out[0] = 0.004 + 0.012 * down ** 2;
    out[1] = 0.009 + 0.075 * down ** 3;
    out[2] = 0.026 + 0.045 * down ** 2;
  });
  sowStars(frame, random, noise, sky);
  for (let i = 0; i < 3; i += 1) {
    curtain(frame, noise, {
      i,
      seed,
      foot: shore * (0.62 + 0.14 * i),
      violet: order.violet ?? false,
    });
  }
  groundLine(frame, noise, shore - 0.045, light('#06101a'));
  conifers(frame, {
    random,
    count: 90,
    base: (x) => (shore - 0.008 + 0.012 * noise.at(x * 5, 1)) * width,
    tall: [0.025, 0.085],
    colour: light('#02060a'),
  });
  mirror(frame, shore * width, seed, '#0b2a33');
  return await frame.develop({ bloom: 0.4, grain: 6, vignette: 0.3, seed, exposure: 1.2 });
}

function curtain(
  frame: Frame,
  noise: Noise,
  from: { i: number; seed: number; foot: number; violet: boolean },
): void {
  const { width } = frame;
  const green = light('#4dffa6', 0.62);
  const tip = light(from.violet ? '#c04dff' : '#5f7dff', 0.4);
  const shift = from.i * 13.7;
  const unit = 1 / width;
  for (let x = 0; x < width; x += 1) {
    const u = x * unit;
    // A curtain that winds towards us is seen several times in the same column.
    for (let fold = 0; fold < 3; fold += 1) {
      const way = u * 1.5 + fold * 0.37 + shift;
      const foot =
        from.foot - 0.1 * fold + noise.fbm(way, shift + 2.5, 2) * 0.3 + noise.at(way * 4, 8) * 0.02;
      const ray = 0.45 + 0.55 * noise.fbm(u * 34 + noise.at(way * 2, 3) * 3, shift + fold * 5, 3);
      const strength = smooth(-0.35, 0.5, noise.at(way * 1.3, shift + 6.1)) * (1 - fold * 0.27);
      if (strength <= 0.01) continue;
      const tall = 0.24 + 0.26 * ray + 0.08 * fold;
      const top = Math.max(0, Math.floor((foot - tall * 2.2) * width));
      for (let y = top; y < (foot + 0.036) * width; y += 1) {
        const lift = foot - y * unit;
        const edge = smooth(-0.035, 0.02, lift);
        const body = edge * Math.exp(-Math.max(0, lift) / (tall * 0.55)) * (0.35 + 0.65 * ray);
        const high = smooth(0.05, tall * 1.3, lift);
        frame.add(x, y, mix(green, tip, high), body * strength * 0.6);
      }
    }
  }
}
