import { clamp, Frame, type Light, light, type Pixel, smooth } from './frame.ts';
import { HOURS, type HourName } from './hours.ts';
import { between, createRandom, Noise } from './noise.ts';
import type { Order } from './order.ts';
import { makeSky, paintSky } from './sky.ts';

export interface FieldLook {
  readonly hour: HourName;
  readonly flowers: readonly string[];
}

/** Rows of flowers to the horizon. */
export async function field(order: Order & FieldLook): Promise<Buffer> {
  const { width, height, seed, hour } = order;
  const frame = new Frame(width, height);
  const noise = new Noise(seed);
  const random = createRandom(seed);
  const horizon = (height / width) * between(random, 0.36, 0.44);
  const given = HOURS[hour].sky;
  const sky = given.sun ? { ...given, sun: { ...given.sun, y: horizon * 0.93 } } : given;
  paintSky(frame, sky, horizon, seed);
  farHills(frame, noise, horizon, hour);
  const haze: Pixel = [0, 0, 0];
  makeSky(sky, horizon, seed)(0.5, horizon * 0.97, haze);
  const lean = between(random, -0.22, 0.22);
  const paint = rows({ order, noise, haze, lean, sunX: sky.sun?.x ?? 0.5 });
  frame.paint(
    (x, y, out) => {
      const down = (y + 0.5) / width - horizon;
      paint(x / width - 0.5, Math.max(down, 0.0004), out);
    },
    Math.floor(horizon * width),
  );
  return await frame.develop({ bloom: 0.2, grain: 4, vignette: 0.3, seed, contrast: 1.1 });
}

interface Rows {
  readonly order: Order & FieldLook;
  readonly noise: Noise;
  readonly haze: Light;
  readonly lean: number;
  readonly sunX: number;
}

function rows({ order, noise, haze, lean, sunX }: Rows) {
  const flowers = order.flowers.map((hex) => light(hex));
  const leaf = light('#41602a', 0.8);
  const earth = light('#3b2a20', 0.55);
  const warm = light(HOURS[order.hour].warm, 1.25);
  return (side: number, down: number, out: Pixel): void => {
    const far = 0.34 / down;
    const x = (side / 1.1) * far + lean * far + 40;
    const sway = noise.at(x * 0.3, far * 0.25) * 0.14;
    const place = x * 1.25 + sway;
    const row = Math.floor(place);
    const across = Math.abs(place - row - 0.5) * 2;
    const blur = clamp(far / 26);
    // Plants stand up: near the edge of a row one sees leaves, and between rows the ground in shadow.
    const bushy = noise.fbm(place * 7, far * 7, 4, 0.62) * (1 - blur * 0.7);
    const bank = smooth(0.92, 0.5, across + bushy * 0.4 - blur * 0.12);
    const heads = smooth(0.66, 0.3, across + bushy * 0.55 - blur * 0.1);
    const speck = noise.fbm(place * 26, far * 30, 3, 0.7) * (1 - blur);
    const colour = flowers[((row % flowers.length) + flowers.length) % flowers.length] ?? leaf;
    const bright = 0.72 + 0.55 * bushy + 0.5 * speck;
    const glow = 0.55 + 0.9 * Math.exp(-(((side + 0.5 - sunX) / 0.4) ** 2)) * smooth(0.7, 0, down);
    const fog = 1 - Math.exp(-far / 34);
    for (let c = 0; c < 3; c += 1) {
      let own =
        (earth[c] as number) * (1 - bank) + (leaf[c] as number) * (0.6 + bushy * 0.6) * bank;
      own = own * (1 - heads) + (colour[c] as number) * bright * heads;
      out[c] = own * (warm[c] as number) * glow * (1 - fog) + (haze[c] as number) * fog;
    }
  };
}

function farHills(frame: Frame, noise: Noise, horizon: number, hour: HourName): void {
  const { width } = frame;
  const haze = light(HOURS[hour].haze);
  const near = light(HOURS[hour].near);
  for (let layer = 0; layer < 2; layer += 1) {
    const t = 0.25 + layer * 0.3;
    const own: Light = [0, 1, 2].map(
      (c) => (haze[c] as number) * (1 - t) + (near[c] as number) * t,
    ) as unknown as Light;
    for (let x = 0; x < width; x += 1) {
      const u = x / width;
      const fur = layer === 1 ? noise.fbm(u * 90, 7, 3) * 0.006 : 0;
      const tall = 0.035 - layer * 0.018 + noise.fbm(u * 2.4, layer * 9 + 2, 4) * 0.05 + fur;
      const top = (horizon - Math.max(0.002, tall)) * width;
      for (let y = Math.floor(top); y <= horizon * width; y += 1)
        frame.cover(x, y, own, clamp(y + 1 - top));
    }
  }
}
