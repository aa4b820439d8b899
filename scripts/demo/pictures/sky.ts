import { clamp, type Frame, type Light, light, type Pixel, ramp, smooth } from './frame.ts';
import { Noise } from './noise.ts';

export interface Sky {
  /** Colours from the top (0) to the horizon (1). */
  readonly stops: readonly (readonly [number, string])[];
  /** Place in fractions of the width, and what it gives off. */
  readonly sun?: {
    readonly x: number;
    readonly y: number;
    readonly colour: string;
    /** Radius of the disc; 0 when it is not to be seen. */
    readonly disc?: number;
    readonly strength: number;
    /** How far its glow reaches. */
    readonly reach?: number;
  };
  readonly clouds?: {
    readonly amount: number;
    readonly lit: string;
    readonly shade: string;
    /** Larger is smaller clouds. */
    readonly scale?: number;
    /** How much wider than high. */
    readonly flat?: number;
  };
}

/** Gives the light of the sky at a place, in fractions of the width; v counts down from the top. */
export function makeSky(sky: Sky, horizon: number, seed: number) {
  const noise = new Noise(seed);
  const { sun, clouds } = sky;
  const base = ramp(...sky.stops);
  const sunLight: Light = sun ? light(sun.colour, sun.strength) : [0, 0, 0];
  const lit: Light = clouds ? light(clouds.lit) : [0, 0, 0];
  const shade: Light = clouds ? light(clouds.shade) : [0, 0, 0];
  const reach = 1 / (sun?.reach ?? 0.25);
  return (u: number, v: number, out: Pixel): void => {
    base(clamp(v / horizon), out);
    let near = 0;
    if (sun) {
      const d = Math.hypot(u - sun.x, v - sun.y);
      near = Math.exp(-d * reach);
      const halo = near * 0.5 + Math.exp(-d * reach * 5) * 0.8;
      for (let c = 0; c < 3; c += 1) out[c] = (out[c] as number) + (sunLight[c] as number) * halo;
      if (sun.disc) {
        const disc = smooth(sun.disc * 1.04, sun.disc * 0.96, d) * 10;
        for (let c = 0; c < 3; c += 1) out[c] = (out[c] as number) + (sunLight[c] as number) * disc;
      }
    }
    if (clouds) cloud(clouds, { noise, u, v, horizon, near, lit, shade }, out);
  };
}

interface CloudAt {
  readonly noise: Noise;
  readonly u: number;
  readonly v: number;
  readonly horizon: number;
  /** How close to the sun, 0 to 1. */
  readonly near: number;
  readonly lit: Light;
  readonly shade: Light;
}

function cloud(clouds: NonNullable<Sky['clouds']>, at: CloudAt, out: Pixel): void {
  const { noise, u, v, horizon, near } = at;
  const scale = clouds.scale ?? 3;
  // Towards the horizon clouds lie flatter and closer together.
  const lift = 1 / (1.15 - clamp(v / horizon, 0, 0.98));
  const x = (u - 0.5) * scale * (0.5 + lift * 0.25);
  const y = lift * (clouds.flat ?? 2.2) * scale * 0.25;
  const warp = noise.at(x * 0.7 + 3.1, y * 0.7) * 0.55;
  const body = noise.fbm(x + warp, y + warp, 5, 0.52);
  const cover = smooth(0.32 - clouds.amount * 0.55, 0.62 - clouds.amount * 0.3, body * 0.5 + 0.35);
  if (cover <= 0) return;
  const relief = clamp(0.5 + (body - noise.at(x + warp + 0.35, y + warp - 0.3)) * 0.55);
  const light = clamp(relief * 0.75 + near * 0.6);
  const fade = cover * smooth(1.02, 0.86, v / horizon);
  for (let c = 0; c < 3; c += 1) {
    const own = (at.shade[c] as number) * (1 - light) + (at.lit[c] as number) * light * (1 + near);
    out[c] = (out[c] as number) * (1 - fade) + own * fade;
  }
}

/** Paints the sky down to a row. */
export function paintSky(frame: Frame, sky: Sky, horizon: number, seed: number): void {
  const at = makeSky(sky, horizon, seed);
  const unit = 1 / frame.width;
  const bottom = Math.min(frame.height, Math.ceil((horizon + 0.12) * frame.width));
  frame.paint((x, y, pixel) => at(x * unit, y * unit, pixel), 0, bottom);
}

/** The hours that landscapes are taken at. */
export interface Hour {
  readonly sky: Sky;
  /** What far things fade into. */
  readonly haze: string;
  /** What near things in shadow look like. */
  readonly near: string;
  /** The light on what faces the sun. */
  readonly warm: string;
}
