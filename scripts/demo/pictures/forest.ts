import { Frame, type Light, light, mix, smooth } from './frame.ts';
import { HOURS, type HourName } from './hours.ts';
import { between, createRandom, Noise } from './noise.ts';
import type { Order } from './order.ts';
import { paintSky } from './sky.ts';
import { conifers } from './trees.ts';

/** Spruces on a slope in fog, each row paler than the one before it. */
export async function forest(order: Order & { hour: HourName }): Promise<Buffer> {
  const { width, height, seed } = order;
  const frame = new Frame(width, height);
  const random = createRandom(seed);
  const noise = new Noise(seed);
  const hour = HOURS[order.hour];
  const ratio = height / width;
  paintSky(frame, { ...hour.sky, clouds: undefined as never }, ratio * 0.9, seed);
  const haze = light(hour.haze);
  frame.paint((_x, y, out) => {
    const fog = smooth(-0.3, 0.42, y / height) * 0.96;
    for (let c = 0; c < 3; c += 1)
      out[c] = (out[c] as number) * (1 - fog) + (haze[c] as number) * fog;
  });
  const rows = 7;
  const tilt = between(random, -0.25, 0.25);
  for (let row = 0; row < rows; row += 1) {
    const t = row / (rows - 1);
    const base = ratio * (0.34 + 0.74 * t ** 1.15);
    const slope = (x: number) =>
      base + tilt * (x - 0.5) * (1 - t * 0.5) + noise.fbm(x * 1.6, row * 7, 3) * 0.08;
    const dark = mix(haze, light(hour.near), 0.08 + 0.85 * t ** 1.5);
    plantRow(frame, { random, t, slope, dark, haze });
    fogBank(frame, noise, { haze, t, row, slope });
  }
  return await frame.develop({ bloom: 0.2, grain: 5, vignette: 0.3, seed });
}

interface Row {
  readonly random: () => number;
  readonly t: number;
  readonly slope: (x: number) => number;
  readonly dark: Light;
  readonly haze: Light;
}

function plantRow(frame: Frame, { random, t, slope, dark, haze }: Row): void {
  const { width } = frame;
  const tall = 0.07 + 0.42 * t ** 1.6;
  conifers(frame, {
    random,
    count: Math.round(105 - 86 * t),
    base: (x) => slope(x) * width,
    tall: [tall * 0.5, tall * 1.15],
    colour: (x, y) => {
      const low = smooth(-tall * 0.9, 0.02, y / width - slope(x / width));
      return mix(dark, haze, low * (0.75 - 0.45 * t));
    },
  });
}

/** Mist that lies between this row and the next. */
function fogBank(
  frame: Frame,
  noise: Noise,
  bank: { haze: Light; t: number; row: number; slope: (x: number) => number },
): void {
  const { width, height } = frame;
  const { haze, t, row, slope } = bank;
  if (t > 0.99) return;
  for (let x = 0; x < width; x += 1) {
    const u = x / width;
    const line = slope(u);
    for (let y = Math.max(0, Math.floor((line - 0.14) * width)); y < height; y += 1) {
      const v = y / width - line;
      const wisp = 0.86 + 0.5 * noise.fbm(u * 2.2 + row * 5, v * 7 + row, 2);
      frame.cover(x, y, haze, smooth(-0.1 - 0.05 * t, 0.01, v) * wisp);
    }
  }
}
