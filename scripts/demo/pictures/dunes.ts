import { clamp, Frame, type Light, light, type Pixel, smooth } from './frame.ts';
import { HOURS, type HourName } from './hours.ts';
import { type Ground, paintLand } from './land.ts';
import { between, createRandom, Noise } from './noise.ts';
import type { Order } from './order.ts';
import { makeSky, paintSky } from './sky.ts';

/** Sand dunes with sharp crests, one side in the sun. */
export async function dunes(order: Order & { hour: HourName }): Promise<Buffer> {
  const { width, height, seed, hour } = order;
  const frame = new Frame(width, height);
  const noise = new Noise(seed);
  const random = createRandom(seed);
  const horizon = (height / width) * 0.36;
  const left = random() < 0.5 ? -1 : 1;
  const { sky } = HOURS[hour];
  const lowSky = sky.sun ? { ...sky, sun: { ...sky.sun, x: 0.5 + left * 0.55, disc: 0 } } : sky;
  paintSky(frame, lowSky, horizon, seed);
  const turn = between(random, -0.5, 0.5);
  const heightAt = (x: number, z: number) => sand(noise, x, z, turn);
  const paint = sandPaint({ hour, noise, left, haze: hazeOf(lowSky, horizon, seed) });
  const sun = [left * 0.86, hour === 'day' ? 0.55 : 0.36, 0.32] as const;
  const eye = sand(noise, 0, 4, turn) + between(random, 6.5, 9.5);
  const land = { heightAt, roughAt: heightAt, eye, near: 2.5, far: 420, horizon, lens: 1.05, sun };
  paintLand(frame, land, paint);
  return await frame.develop({
    bloom: 0.15,
    grain: 4,
    vignette: 0.3,
    seed,
    contrast: 1.15,
    saturation: 0.86,
  });
}

function hazeOf(sky: (typeof HOURS)[HourName]['sky'], horizon: number, seed: number): Pixel {
  const haze: Pixel = [0, 0, 0];
  makeSky(sky, horizon, seed)(0.5, horizon * 0.98, haze);
  return haze;
}

/** Long backs that rise slowly and fall off steeply, in lines that wander. */
function sand(noise: Noise, x: number, z: number, turn: number): number {
  const across = x * Math.cos(turn) + z * Math.sin(turn);
  const along = z * Math.cos(turn) - x * Math.sin(turn);
  let sum = 0;
  for (let i = 0; i < 2; i += 1) {
    const size = i === 0 ? 34 : 15;
    const wander = noise.at(across / (size * 1.7) + i * 9, along / (size * 3)) * 0.95;
    const phase = (across + along * 0.35) / size + wander + noise.at(along / size / 2, i + 4) * 0.4;
    const saw = phase - Math.floor(phase);
    const shape = saw < 0.68 ? (saw / 0.68) ** 1.7 : (1 - (saw - 0.68) / 0.32) ** 1.35;
    const strength = 0.55 + 0.45 * noise.at(across / size / 2.4 + 3, along / size / 2 + i);
    sum += shape * size * (i === 0 ? 0.2 : 0.12) * clamp(strength, 0.12, 1);
  }
  return sum + noise.at(x / 90, z / 90) * 7;
}

function sandPaint(look: { hour: HourName; noise: Noise; left: number; haze: Light }) {
  const { noise, haze, hour } = look;
  const lit = light(hour === 'blue' ? '#8d93a3' : '#eab073', 1.15);
  const warm = light(HOURS[hour].warm);
  const dark = light(hour === 'blue' ? '#27304a' : '#6d4030', 0.75);
  return (ground: Ground, out: Pixel): void => {
    const fine = smooth(70, 8, ground.distance);
    const wave = noise.at(ground.x * 0.35, ground.z * 0.35) * 2.2;
    const ripple = Math.sin((ground.x * 0.8 + ground.z * 0.35) * 9 + wave * 2.4) * 0.13 * fine;
    const dx = ground.dx + ripple;
    const length = Math.sqrt(dx * dx + ground.dz * ground.dz + 1);
    const facing = (-dx * look.left * 0.86 + 0.36 - ground.dz * 0.32) / length;
    const sun = clamp(facing * 1.25) * (0.06 + 0.94 * ground.lit);
    const grain = 1 + 0.05 * noise.fbm(ground.x * 2.1, ground.z * 2.1, 2) * fine;
    const sky = 0.42 + 0.3 / length;
    const fog = 1 - Math.exp(-ground.distance / 190);
    for (let c = 0; c < 3; c += 1) {
      const own =
        ((lit[c] as number) * (warm[c] as number) * sun * 1.5 + (dark[c] as number) * sky * 0.7) *
        grain;
      out[c] = own * (1 - fog) + (haze[c] as number) * fog;
    }
  };
}
