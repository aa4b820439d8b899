import { clamp, Frame, type Light, light, type Pixel, smooth } from './frame.ts';
import { HOURS, type HourName } from './hours.ts';
import { type Ground, paintLand } from './land.ts';
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
  const cover = (x: number, z: number) => (order.clouds ? cloudTop(noise, x, z) : -99);
  const sun = [left * 0.83, 0.38, -0.28] as const;
  const land = {
    heightAt: (x: number, z: number) => Math.max(rock(noise, x, z, 9), cover(x, z)),
    roughAt: (x: number, z: number) => Math.max(rock(noise, x, z, 5), cover(x, z)),
    eye: order.clouds ? 19 : 14,
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
  const crest = noise.ridged(x / 52 + wide * 0.3, z / 52 + 0.37, octaves, 0.44);
  // The land falls away below the camera and rises behind.
  const rise = smooth(8, 120, z);
  return (crest ** 1.2 * 27 + wide * 8) * (0.2 + 0.8 * rise) - 5 * (1 - rise);
}

/** The upper side of a sea of clouds: billows. */
function cloudTop(noise: Noise, x: number, z: number): number {
  const swell = noise.at(x / 60 + 4, z / 40) * 2.2;
  const warp = noise.at(x / 14, z / 14 + 9) * 0.6;
  return 8.5 + swell + Math.abs(noise.fbm(x / 15 + warp, z / 12 + warp, 5, 0.45)) * 4.2;
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
  const stone = light('#474748', 0.85);
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
    const veil = look.clouds
      ? smooth(1.6, 0, ground.height - cloudTop(noise, ground.x, ground.z))
      : smooth(9, -6, ground.height) * 0.35;
    const billow = 0.5 + 0.75 * sun + 0.1 * patch;
    for (let c = 0; c < 3; c += 1) {
      const base = (stone[c] as number) * (1 - line) + (snow[c] as number) * line;
      const own =
        base * grit * ((warm[c] as number) * sun + (cool[c] as number) * (0.45 + 0.4 / length));
      const cloud = (cloudLit[c] as number) * billow * 0.72 + (cool[c] as number) * (1 - sun) * 0.4;
      const seen = own * (1 - veil) + cloud * veil;
      out[c] = seen * (1 - fog) + (haze[c] as number) * fog;
    }
  };
}
