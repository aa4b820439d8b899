import { clamp, Frame, type Light, light, type Pixel, smooth } from './frame.ts';
import { bell, between, createRandom, Noise, pick, type Random } from './noise.ts';
import type { Order } from './order.ts';

export interface Lights {
  /** From top to bottom of the background. */
  readonly ground: readonly [string, string];
  readonly lamps: readonly string[];
}

/** City lights out of focus, through a window with rain on it. */
export async function rain(order: Order & Lights): Promise<Buffer> {
  const { width, height, seed } = order;
  const frame = new Frame(width, height);
  const random = createRandom(seed);
  night(frame, order, random);
  lamps(frame, order, random, 210);
  const scene = new Frame(width, height);
  scene.data.set(frame.data);
  wetGlass(frame, scene, random);
  return await frame.develop({ bloom: 0.3, grain: 6, vignette: 0.3, seed, contrast: 1.1 });
}

function night(frame: Frame, { ground, seed }: Order & Lights, random: Random): void {
  const noise = new Noise(seed);
  const [top, low] = ground.map((hex) => light(hex)) as [Light, Light];
  const tilt = between(random, -0.3, 0.3);
  frame.paint((x, y, out) => {
    const t = clamp(y / frame.height + tilt * (x / frame.width - 0.5));
    const cloud = 0.8 + 0.5 * noise.at((x / frame.width) * 2.2, (y / frame.width) * 2.2);
    for (let c = 0; c < 3; c += 1) {
      out[c] = ((top[c] as number) * (1 - t) + (low[c] as number) * t) * cloud;
    }
  });
}

function lamps(frame: Frame, { lamps: colours }: Lights, random: Random, count: number): void {
  const { width, height } = frame;
  const horizon = between(random, 0.46, 0.56);
  const size = width * 0.034;
  for (let i = 0; i < count; i += 1) {
    const y = (horizon + bell(random) * 0.11) * height;
    const radius = size * between(random, 0.75, 1.25);
    const strength = 0.05 + 0.5 * random() ** 3.2;
    disc(frame, random() * width, y, radius, light(pick(random, colours), strength));
  }
  // The wet street below gives them back, blurred beyond any shape.
  const street = new Frame(Math.ceil(width / 8), Math.ceil(height / 8));
  for (let i = 0; i < count / 2; i += 1) {
    const x = random() * street.width;
    const y = street.height * between(random, horizon + 0.12, 1);
    disc(street, x, y, street.width * 0.03, light(pick(random, colours), 0.2), 3.2);
  }
  street.blur(street.width * 0.02);
  const pixel: Pixel = [0, 0, 0];
  frame.paint((x, y, out) => {
    street.sample(x / 8, y / 8, pixel);
    for (let c = 0; c < 3; c += 1) out[c] = (out[c] as number) + (pixel[c] as number);
  });
}

/** A point out of focus: the shape of the aperture, a little brighter at its rim. */
export function disc(
  frame: Frame,
  cx: number,
  cy: number,
  radius: number,
  colour: Light,
  tall = 1,
): void {
  const soft = Math.max(1.5, radius * 0.06);
  for (let y = Math.floor(cy - radius * tall - 2); y <= cy + radius * tall + 2; y += 1) {
    for (let x = Math.floor(cx - radius - 2); x <= cx + radius + 2; x += 1) {
      const d = Math.hypot(x - cx, (y - cy) / tall);
      const inside = clamp((radius - d) / soft + 0.5);
      if (inside <= 0) continue;
      const rim = 0.72 + 0.4 * smooth(0.7, 0.97, d / radius);
      frame.add(x, y, colour, inside * rim);
    }
  }
}

function wetGlass(frame: Frame, scene: Frame, random: Random): void {
  const { width, height } = frame;
  const small = scene.shrink(8).blur(2);
  for (let i = 0; i < 1500; i += 1) {
    const r = width * (0.0009 + 0.0022 * random() ** 3);
    drop(frame, small, random, { x: random() * width, y: random() * height, r, tall: 1 });
  }
  for (let i = 0; i < 330; i += 1) {
    const r = width * (0.0035 + 0.021 * random() ** 3.2);
    const tall = between(random, 1, 1.25);
    drop(frame, small, random, { x: random() * width, y: random() * height, r, tall });
  }
  for (let i = 0; i < 7; i += 1) runnel(frame, small, random);
}

interface Drop {
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly tall: number;
}

/** A drop is a small lens: it shows the scene upside down, dark at the top, bright at the bottom. */
function drop(frame: Frame, scene: Frame, random: Random, { x: cx, y: cy, r, tall }: Drop): void {
  const squash = between(random, 0.85, 1.1);
  const wobble = between(random, 0, 6);
  const seen: Pixel = [0, 0, 0];
  const reach = r * 1.5 * tall + 2;
  for (let y = Math.floor(cy - reach); y <= cy + reach; y += 1) {
    for (let x = Math.floor(cx - reach); x <= cx + reach; x += 1) {
      const dx = (x - cx) / (r * squash);
      const dy = (y - cy) / (r * tall);
      const edge = 1 + 0.07 * Math.sin(Math.atan2(dy, dx) * 3 + wobble);
      const d = Math.sqrt(dx * dx + dy * dy) / edge;
      const inside = clamp((1 - d) * r * 0.8 + 0.5);
      if (inside <= 0) continue;
      const bend = 0.1 + 0.5 * d * d;
      scene.sample(
        (cx - dx * bend * frame.width * 0.35) / 8,
        (cy - dy * bend * frame.width * 0.45) / 8,
        seen,
      );
      const rim = 1 - 0.75 * smooth(0.72, 1, d) * (dy < 0.2 ? 1 : 0.4);
      const gleam = Math.exp(-((dx + 0.35) ** 2 + (dy + 0.4) ** 2) * 22) * 0.55;
      const low = smooth(0.2, 0.95, dy) * 0.12;
      const own = seen.map((c) => c * rim * 1.15 + gleam + low * (0.3 + c)) as Pixel;
      frame.cover(x, y, own, inside);
    }
  }
}

/** The way that a drop has run: a clear line of small ones, the drop at its end. */
function runnel(frame: Frame, scene: Frame, random: Random): void {
  const { width, height } = frame;
  let x = random() * width;
  let y = between(random, -0.1, 0.4) * height;
  const end = y + between(random, 0.25, 0.6) * height;
  while (y < end) {
    const r = width * between(random, 0.0018, 0.0042);
    drop(frame, scene, random, { x, y, r, tall: between(random, 1, 2) });
    y += r * between(random, 2.2, 5);
    x += bell(random) * r * 0.35;
  }
  drop(frame, scene, random, { x, y: end, r: width * 0.014, tall: 1.35 });
}

/** Grass in the morning, one sharp, with dew, everything else far out of focus. */
export async function dew(order: Order & Lights): Promise<Buffer> {
  const { width, height, seed } = order;
  const frame = new Frame(width, height);
  const random = createRandom(seed);
  night(frame, order, random);
  for (let i = 0; i < 75; i += 1) {
    const radius = width * between(random, 0.02, 0.085);
    const strength = between(random, 0.03, 0.2);
    disc(
      frame,
      random() * width,
      random() * height * 0.85,
      radius,
      light(pick(random, order.lamps), strength),
    );
  }
  const scene = frame.shrink(8).blur(3);
  const back = new Frame(width, height);
  back.data.set(frame.data);
  for (let i = 0; i < 16; i += 1)
    blade(back, random, { soft: width * 0.012, wide: 0.02, dark: 0.5 });
  const small = back.shrink(4).blur(7);
  frame.paint((x, y, out) => small.sample(x / 4, y / 4, out));
  for (let i = 0; i < 3; i += 1) {
    const line = blade(frame, random, { soft: 1.4, wide: 0.011 + 0.006 * i, dark: 1 });
    for (const [x, y] of line) {
      const r = width * (0.004 + 0.014 * random() ** 2.5);
      drop(frame, scene, random, { x, y: y - r * 0.4, r, tall: 1.02 });
    }
  }
  return await frame.develop({ bloom: 0.3, grain: 4, vignette: 0.3, seed, contrast: 1.1 });
}

/** A blade of grass that bends over; gives places on it. */
function blade(
  frame: Frame,
  random: Random,
  look: { soft: number; wide: number; dark: number },
): [number, number][] {
  const { width, height } = frame;
  const start = between(random, 0.05, 0.95) * width;
  const bend = between(random, -0.5, 0.5) * width;
  const tall = between(random, 0.55, 0.95) * height;
  const green = light('#6f9a3a', between(random, 0.5, 1));
  const line: [number, number][] = [];
  const steps = Math.ceil(tall);
  for (let i = 0; i < steps; i += 1) {
    const t = i / steps;
    const y = height - Math.sin(t * 1.35) * tall;
    const x = start + bend * t * t;
    const half = look.wide * width * (1 - t) ** 0.7 + 0.6;
    for (let d = -Math.ceil(half + look.soft); d <= half + look.soft; d += 1) {
      const side = d / half;
      const edge = clamp((half - Math.abs(d)) / look.soft + 0.5);
      const rib = 1 - 0.35 * Math.exp(-side * side * 30) + 0.3 * side;
      const own = [green[0] * rib, green[1] * rib, green[2] * rib * 0.8] as const;
      frame.cover(Math.round(x + d), Math.round(y), own, edge * 0.5 * (1 + look.dark * 0.8));
    }
    if (t > 0.25 && random() < 0.008) line.push([x + between(random, -0.6, 0.6) * half, y]);
  }
  return line;
}
