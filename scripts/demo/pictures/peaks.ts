import { clamp, Frame, light, type Light, type Pixel, smooth } from './frame.ts';
import { HOURS, type HourName } from './hours.ts';
import { paintLand, type Ground } from './land.ts';
import { createRandom, Noise } from './noise.ts';
import type { Order } from './order.ts';
import { makeSky, paintSky } from './sky.ts';

/** High peaks with snow; with `clouds`, only the tops stand out of a sea of them. */
export async function peaks(order: Order & { hour: HourName; clouds?: boolean }): Promise<Buffer> {
  const { width, height, seed, hour } = order;
  const frame = new Frame(width, height);
  const noise = new Noise(seed);
  const random = createRandom(seed);
  const horizon = (height / width) * 0.4;
  const left = random() < 0.5 ? -1 : 1;
  const given = HOURS[hour].sky;
  const sky = given.sun ? { ...given, sun: { ...given.sun, x: 0.5 + left * 0.6, disc: 0 } } : given;
  paintSky(frame, sky, horizon * 1.1, seed);
  const haze: Pixel = [0, 0, 0];
  makeSky(sky, horizon, seed)(0.5, horizon * 0.95, haze);
  const sun = [left * 0.83, 0.38, -0.28] as const;
  const land = {
    heightAt: (x: number, z: number) => rock(noise, x, z, 9),
    roughAt: (x: number, z: number) => rock(noise, x, z, 5),
    eye: order.clouds ? 23 : 15,
    near: 6,
    far: 330,
    horizon,
    lens: 1.15,
    sun,
  };
  paintLand(frame, land, rockPaint({ hour, noise, sun, haze, clouds: order.clouds ?? false }));
  return await frame.develop({ bloom: 0.15, grain: 4, vignette: 0.25, seed, contrast: 1.2 });
}

function rock(noise: Noise, x: number, z: number, octaves: number): number {
  const wide = noise.at(x / 70 + 2.2, z / 70 + 8.1);
  const crest = noise.ridged(x / 46 + wide * 0.35, z / 46 + 0.37, octaves, 0.49);
  // The land falls away below the camera and rises behind.
  const rise = smooth(8, 120, z);
  return (crest ** 1.35 * 40 + wide * 9) * (0.25 + 0.75 * rise) - 6 * (1 - rise);
}

interface Look {
  readonly hour: HourName;
  readonly noise: Noise;
  readonly sun: readonly [number, number, number];
  readonly haze: Light;
  readonly clouds: boolean;
}

function rockPaint(look: Look) {
  const { noise, haze, hour } = look;
  const warm = light(HOURS[hour].warm, 1.55);
  const cool = light(hour === 'blue' ? '#31486e' : '#5b76a8', 0.62);
  const snow = light('#eef2f6', 0.95);
  const stone = light('#4b4440', 0.85);
  const [sx, sy, sz] = look.sun;
  const cloudLit = light(HOURS[hour].haze, 1.1);
  return (ground: Ground, out: Pixel): void => {
    const length = Math.sqrt(ground.dx * ground.dx + ground.dz * ground.dz + 1);
    const facing = (-ground.dx * sx + sy - ground.dz * sz) / length;
    const patch = noise.fbm(ground.x * 0.28, ground.z * 0.28, 3);
    const steep = 1 - 1 / length;
    const line = smooth(0.5, 0.28, steep + patch * 0.13 - ground.height * 0.004);
    const grit = 1 + patch * 0.24 * (1 - line);
    const sun = clamp(facing * 1.1) * (0.05 + 0.95 * ground.lit);
    const fog = 1 - Math.exp(-((ground.distance / 210) ** 1.4));
    const mist = look.clouds
      ? smooth(3.5, -3.5, ground.height - 11 - 2.4 * noise.fbm(ground.x / 19, ground.z / 26, 4))
      : smooth(9, -6, ground.height) * 0.5;
    const veil = clamp(mist);
    for (let c = 0; c < 3; c += 1) {
      const base = (stone[c] as number) * (1 - line) + (snow[c] as number) * line;
      const own = base * grit * ((warm[c] as number) * sun + (cool[c] as number) * (0.45 + 0.4 / length));
      const cloud = (cloudLit[c] as number) * (0.85 + 0.3 * patch);
      const seen = own * (1 - veil) + cloud * veil;
      out[c] = seen * (1 - fog) + (haze[c] as number) * fog;
    }
  };
}
