import { clamp, Frame, type Light, light, type Pixel, smooth } from './frame.ts';
import { HOURS, type HourName } from './hours.ts';
import { between, createRandom, Noise } from './noise.ts';
import type { Order } from './order.ts';
import { makeSky, paintSky, type Sky } from './sky.ts';

const MOONLIGHT: Sky = {
  stops: [
    [0, '#070d1c'],
    [0.5, '#142540'],
    [0.9, '#36506f'],
    [1, '#5f7890'],
  ],
  sun: { x: 0.52, y: 0.26, colour: '#dfe8f2', strength: 0.55, disc: 0.026, reach: 0.16 },
  clouds: { amount: 0.2, lit: '#8598ad', shade: '#1a2a40', scale: 2.4, flat: 4.5 },
};

export type SeaHour = HourName | 'moon';

/** The sea to the horizon, every wave lit by the sky that it mirrors. */
export async function sea(
  order: Order & { hour: SeaHour; wind?: number; headland?: boolean },
): Promise<Buffer> {
  const { width, height, seed, hour } = order;
  const frame = new Frame(width, height);
  const random = createRandom(seed);
  const ratio = height / width;
  const horizon = ratio * between(random, 0.46, 0.56);
  const sky = overSea(hour === 'moon' ? MOONLIGHT : HOURS[hour].sky, horizon);
  paintSky(frame, sky, horizon, seed);
  if (order.headland) paintHeadland(frame, horizon, seed, sky);
  paintWater(frame, { sky, horizon, seed, wind: order.wind ?? 0.5, hour });
  const night = hour === 'moon';
  return await frame.develop({
    bloom: night ? 0.35 : 0.25,
    grain: night ? 6 : 4,
    vignette: 0.25,
    seed,
    exposure: night ? 1.3 : 1,
  });
}

function overSea(sky: Sky, horizon: number): Sky {
  if (!sky.sun) return sky;
  return { ...sky, sun: { ...sky.sun, y: Math.min(sky.sun.y, horizon * 0.86) } };
}

interface Water {
  readonly sky: Sky;
  readonly horizon: number;
  readonly seed: number;
  /** 0 calm, 1 rough. */
  readonly wind: number;
  readonly hour: SeaHour;
}

interface Wave {
  readonly kx: number;
  readonly kz: number;
  readonly length: number;
  readonly slope: number;
  readonly phase: number;
}

function makeWaves(seed: number, wind: number): Wave[] {
  const random = createRandom(seed + 3);
  return Array.from({ length: 13 }, (_, i) => {
    const length = 9 * 0.68 ** i;
    const turn = Math.PI / 2 + between(random, -0.9, 0.9) * (0.5 + i * 0.06);
    const k = (Math.PI * 2) / length;
    return {
      kx: Math.cos(turn) * k,
      kz: Math.sin(turn) * k,
      length,
      slope: (0.035 + 0.075 * wind) * between(random, 0.7, 1.2),
      phase: random() * 9,
    };
  });
}

const LENS = 1.1;
const EYE = 2.2;

function paintWater(frame: Frame, water: Water): void {
  const { width } = frame;
  const waves = makeWaves(water.seed, water.wind);
  const noise = new Noise(water.seed + 9);
  const sky = makeSky({ ...water.sky, clouds: undefined as never }, water.horizon, water.seed);
  const sun = water.sky.sun;
  const sunLight: Light = sun ? light(sun.colour, sun.strength) : [0, 0, 0];
  const night = water.hour === 'moon';
  const deep = light(night ? '#050c16' : water.hour === 'day' ? '#0f4a5c' : '#1b3140', 0.6);
  const start = Math.floor(water.horizon * width);
  const seen: Pixel = [0, 0, 0];
  const slope = { x: 0, z: 0, lost: 0 };
  frame.paint((x, y, out) => {
    const down = Math.max((y + 0.5) / width - water.horizon, 0.00035);
    const far = (EYE * LENS) / down;
    const side = (x / width - 0.5) / LENS;
    waveSlope(waves, noise, side * far, far, slope);
    // The mirrored ray: it meets the sky where the tilted water sends it.
    const grazing = down / LENS;
    const lift = grazing + 2 * slope.z;
    const up = Math.abs(lift) + 0.35 * Math.sqrt(slope.lost);
    const u = x / width + slope.x * 0.9;
    sky(u, water.horizon - Math.min(up * 0.8, water.horizon), seen);
    const cos = clamp(grazing + slope.z * 0.9, 0.001, 1);
    const mirror = 0.03 + 0.97 * (1 - cos) ** 5;
    const fresnel = clamp(mirror * (lift < 0 ? 0.55 : 1));
    const spark = sun ? glitter(sun, water.horizon, u, up, slope.lost) : 0;
    for (let c = 0; c < 3; c += 1) {
      const own = (deep[c] as number) * (1 - fresnel) + (seen[c] as number) * fresnel * 0.92;
      out[c] = own + (sunLight[c] as number) * spark * fresnel;
    }
    fadeIntoHorizon(out, down, seen);
  }, start);
}

function fadeIntoHorizon(out: Pixel, down: number, seen: Pixel): void {
  const haze = smooth(0.012, 0, down) * 0.55;
  for (let c = 0; c < 3; c += 1) {
    out[c] = (out[c] as number) * (1 - haze) + (seen[c] as number) * haze;
  }
}

/** Waves that are smaller than what a pixel sees there count as roughness instead. */
function waveSlope(
  waves: readonly Wave[],
  noise: Noise,
  x: number,
  z: number,
  out: { x: number; z: number; lost: number },
): void {
  const seen = (z * z) / (EYE * LENS * 1600);
  const gust = 0.75 + 0.5 * noise.at(x * 0.04, z * 0.018);
  const bend = noise.at(x * 0.16, z * 0.16) * 1.8;
  out.x = 0;
  out.z = 0;
  out.lost = 0.00002;
  for (let i = 0; i < waves.length; i += 1) {
    const wave = waves[i] as Wave;
    const clear = clamp(wave.length / (seen * 2.5) - 0.4);
    const own = wave.slope * gust;
    out.lost += own * own * (1 - clear) * 0.5;
    if (clear <= 0) continue;
    const crest = Math.cos(x * wave.kx + z * wave.kz + wave.phase + bend * (1 + i * 0.35));
    const sharp = crest * clear * own;
    out.x += sharp * wave.kx * wave.length * 0.159;
    out.z += sharp * wave.kz * wave.length * 0.159;
  }
}

/** How much of the sun's mirror image this piece of water shows. */
function glitter(
  sun: NonNullable<Sky['sun']>,
  horizon: number,
  u: number,
  up: number,
  lost: number,
): number {
  const height = horizon - sun.y;
  const dx = (u - sun.x) * 1.0;
  const dy = (up * 0.8 - height) * 0.55;
  const width = 0.0009 + lost * 0.5;
  return Math.exp(-(dx * dx + dy * dy) / (2 * width)) * clamp(0.016 / Math.sqrt(width), 0, 1) * 14;
}

function paintHeadland(frame: Frame, horizon: number, seed: number, sky: Sky): void {
  const { width } = frame;
  const noise = new Noise(seed + 21);
  const right = (sky.sun?.x ?? 0.4) < 0.5;
  const haze: Pixel = [0, 0, 0];
  makeSky(sky, horizon, seed)(right ? 0.9 : 0.1, horizon * 0.97, haze);
  for (let layer = 0; layer < 2; layer += 1) {
    const body = haze.map((c) => c * (layer === 0 ? 0.5 : 0.16)) as Pixel;
    const reach = layer === 0 ? 0.62 : 0.36;
    for (let x = 0; x < width; x += 1) {
      const from = right ? 1 - x / width : x / width;
      const fall = smooth(reach, reach * 0.55, from + noise.fbm(from * 9, layer + 2.2, 4) * 0.09);
      const tall = fall * (0.04 + layer * 0.03) * (1 + 0.5 * noise.fbm(from * 7, layer + 5.5, 6));
      const top = (horizon - tall) * width;
      for (let y = Math.floor(top); y <= horizon * width; y += 1) {
        frame.cover(x, y, body, clamp(y + 1 - top));
      }
    }
  }
}
