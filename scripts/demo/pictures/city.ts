import { clamp, Frame, type Light, light, mix, smooth } from './frame.ts';
import { HOURS, type HourName } from './hours.ts';
import { mirror } from './mountains.ts';
import { between, createRandom, Noise, pick, type Random } from './noise.ts';
import type { Order } from './order.ts';
import { paintSky } from './sky.ts';

const LAMPS = ['#ffd9a0', '#ffc178', '#ffe9c9', '#fff4e2', '#d9e8ff'].map((hex) => light(hex));

/** What the streets throw up the walls. */
const STREET = light('#ffab5e', 0.55);

/** Towers in fog at the blue hour, windows lit; over water they stand on their heads as well. */
export async function city(order: Order & { hour: HourName; water?: boolean }): Promise<Buffer> {
  const { width, height, seed, hour } = order;
  const frame = new Frame(width, height);
  const random = createRandom(seed);
  const ratio = height / width;
  const ground = order.water ? ratio * 0.7 : ratio * 1.01;
  paintSky(frame, HOURS[hour].sky, ground * 0.9, seed);
  const rows = 5;
  for (let row = 0; row < rows; row += 1) {
    const t = row / (rows - 1);
    const fog = mix(light(HOURS[hour].haze), light(HOURS[hour].near), 0.12 + 0.1 * t);
    towers(frame, random, { t, hour, ground, fog });
    fogOver(frame, { fog, seed: seed + row, ground, amount: 0.75 * (1 - t) ** 0.8 });
  }
  if (order.water) mirror(frame, ground * width, seed, HOURS[hour].haze);
  return await frame.develop({ bloom: 0.45, grain: 5, vignette: 0.3, seed, exposure: 1.1 });
}

interface Block {
  readonly t: number;
  readonly hour: HourName;
  /** Row of the ground in fractions of the width. */
  readonly ground: number;
  readonly fog: Light;
}

function towers(frame: Frame, random: Random, block: Block): void {
  const { t, ground } = block;
  const wall = mix(block.fog, light(HOURS[block.hour].near), 0.2 + 0.7 * t ** 1.2);
  const middle = between(random, 0.3, 0.7);
  let x = -0.06;
  while (x < 1.03) {
    const wide = between(random, 0.035, 0.085) * (0.7 + 0.8 * t);
    const central = Math.exp(-(((x - middle) / 0.28) ** 2));
    const tall =
      ground * (0.22 + 0.34 * central * random() + 0.16 * random()) * (1.25 - 0.55 * t) +
      (random() < 0.1 ? 0.12 : 0);
    tower(frame, random, { x, wide, top: ground - tall, block, wall });
    x += wide * between(random, 0.75, 1.35);
  }
}

interface Tower {
  readonly x: number;
  readonly wide: number;
  readonly top: number;
  readonly block: Block;
  readonly wall: Light;
}

function tower(frame: Frame, random: Random, shape: Tower): void {
  const { width } = frame;
  const { wall, block } = shape;
  const left = shape.x * width;
  const right = (shape.x + shape.wide) * width;
  const bottom = block.ground * width;
  const setback = random() < 0.45 ? between(random, 0.12, 0.25) : 0;
  const step = (shape.top + (block.ground - shape.top) * between(random, 0.08, 0.25)) * width;
  const roof = shape.top * width;
  const side = 0.8 + 0.25 * random();
  const split = left + (right - left) * between(random, 0.55, 0.8);
  for (let y = Math.max(0, Math.floor(roof)); y < bottom; y += 1) {
    const inset = y < step ? setback * (right - left) : 0;
    for (let x = Math.floor(left + inset); x <= right - inset; x += 1) {
      const edge = clamp(x + 1 - (left + inset)) * clamp(right - inset - x) * clamp(y + 1 - roof);
      const tone = x > split ? side * 0.8 : side;
      const low = smooth(0.2, 1, (y - roof) / (bottom - roof)) ** 2 * 0.16;
      frame.cover(
        x,
        y,
        [
          wall[0] * tone + STREET[0] * low,
          wall[1] * tone + STREET[1] * low,
          wall[2] * tone + STREET[2] * low,
        ],
        edge,
      );
    }
  }
  if (random() < 0.25)
    mast(frame, (left + right) / 2, roof, width * between(random, 0.02, 0.06), wall);
  lightWindows(frame, random, {
    left,
    right,
    roof,
    step,
    inset: setback * (right - left),
    bottom,
    t: block.t,
  });
}

function mast(frame: Frame, x: number, roof: number, tall: number, wall: Light): void {
  for (let y = Math.floor(roof - tall); y < roof; y += 1) {
    frame.cover(Math.round(x), y, wall, 0.9);
    frame.cover(Math.round(x) + 1, y, wall, 0.5);
  }
  frame.glow(x, roof - tall, frame.width * 0.0016, light('#ff4433', 2.5));
}

interface Facade {
  readonly left: number;
  readonly right: number;
  readonly roof: number;
  readonly step: number;
  readonly inset: number;
  readonly bottom: number;
  readonly t: number;
}

function lightWindows(frame: Frame, random: Random, face: Facade): void {
  const unit = frame.width / 1600;
  const pitchX = unit * between(random, 5, 9) * (0.6 + 0.7 * face.t);
  const pitchY = unit * between(random, 7, 12) * (0.6 + 0.7 * face.t);
  const share = between(random, 0.08, 0.5);
  const offices = random() < 0.4;
  const tint = pick(random, LAMPS);
  const strength = between(random, 0.6, 1.7) * (0.3 + 0.7 * face.t);
  for (let y = face.roof + pitchY; y < face.bottom; y += pitchY) {
    const floor = random() < 0.14 ? 0.95 : share;
    const inset = y < face.step + pitchY ? face.inset : 0;
    for (let x = face.left + inset + pitchX * 0.6; x < face.right - inset - pitchX; x += pitchX) {
      const chance = offices ? floor : share;
      if (random() > chance) continue;
      const own = strength * between(random, 0.15, 1.1) * (random() < 0.06 ? 2 : 1);
      pane(
        frame,
        x,
        y,
        pitchX * 0.58,
        pitchY * 0.5,
        random() < 0.7 ? tint : pick(random, LAMPS),
        own,
      );
    }
  }
}

function pane(
  frame: Frame,
  left: number,
  top: number,
  wide: number,
  tall: number,
  tint: Light,
  strength: number,
): void {
  for (let y = Math.floor(top); y < top + tall; y += 1) {
    for (let x = Math.floor(left); x < left + wide; x += 1) {
      const part =
        clamp(x + 1 - left) * clamp(left + wide - x) * clamp(y + 1 - top) * clamp(top + tall - y);
      frame.cover(x, y, [tint[0] * strength, tint[1] * strength, tint[2] * strength], part * 0.9);
    }
  }
}

function fogOver(
  frame: Frame,
  bank: { fog: Light; seed: number; ground: number; amount: number },
): void {
  const noise = new Noise(bank.seed);
  const unit = 1 / frame.width;
  const bottom = Math.min(frame.height, Math.ceil(bank.ground * frame.width));
  for (let y = 0; y < bottom; y += 1) {
    const low = smooth(bank.ground * 0.3, bank.ground, y * unit);
    for (let x = 0; x < frame.width; x += 1) {
      const drift = 0.75 + 0.5 * noise.at(x * unit * 1.8, y * unit * 4.5);
      frame.cover(x, y, bank.fog, bank.amount * (0.22 + 0.78 * low) * drift);
    }
  }
}

/** A road at night, the shutter open for half a minute: lines of light around the bends. */
export async function trails(order: Order & { hour: HourName }): Promise<Buffer> {
  const { width, height, seed } = order;
  const frame = new Frame(width, height);
  const random = createRandom(seed);
  const noise = new Noise(seed);
  const horizon = (height / width) * 0.4;
  paintSky(frame, HOURS[order.hour].sky, horizon, seed);
  hills(frame, noise, horizon, light(HOURS[order.hour].near), light(HOURS[order.hour].haze));
  const bend = (far: number) =>
    0.5 +
    Math.sin(far * 5.2 + seed) * 0.34 * (1 - far) ** 0.4 * Math.max(0, far) ** 0.25 +
    (far - 0.5) * 0.08;
  for (let i = 0; i < 130; i += 1) {
    const away = i % 2 === 0;
    const tint = light(
      away
        ? pick(random, ['#ff2a18', '#ff4a22', '#ff1c1c'])
        : pick(random, ['#fff1cf', '#ffe2a8', '#ffffff']),
    );
    const lane = (away ? 1 : -1) * between(random, 0.14, 0.46);
    const raise = between(random, 0.02, 0.1);
    const strength = between(random, 0.3, 2.2) * (random() < 0.1 ? 2 : 1);
    for (let far = -0.25; far < 0.985; far += 0.0004) {
      const near = (1 - far) ** 2.1;
      const x = (bend(far) + lane * near * 0.8) * width;
      const y =
        (horizon + near * 0.62 * (height / width - horizon) * 1.6 - raise * near * 0.6) * width;
      const thick = 0.5 + near * 2.2;
      for (let d = -Math.ceil(thick); d <= thick; d += 1) {
        frame.add(
          Math.round(x + d),
          Math.round(y),
          tint,
          strength * 0.11 * Math.exp(-((d / thick) ** 2) * 2),
        );
      }
    }
  }
  return await frame.develop({ bloom: 0.6, grain: 6, vignette: 0.35, seed, exposure: 1.1 });
}

function hills(frame: Frame, noise: Noise, horizon: number, near: Light, haze: Light): void {
  const { width, height } = frame;
  for (let layer = 0; layer < 3; layer += 1) {
    const colour = mix(haze, near, 0.45 + 0.27 * layer);
    for (let x = 0; x < width; x += 1) {
      const u = x / width;
      const line =
        horizon +
        0.01 +
        layer * 0.02 -
        noise.ridged(u * (1.2 + layer), layer * 4.4, 6) * (0.17 - layer * 0.05) +
        0.02;
      for (let y = Math.max(0, Math.floor(line * width)); y < height; y += 1) {
        const deep = smooth(0, 0.5, y / width - line);
        frame.cover(x, y, mix(colour, near, deep * 0.8), clamp(y + 1 - line * width));
      }
    }
  }
}
