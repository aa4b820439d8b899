import type { Frame, Light } from './frame.ts';
import { between, Noise, type Random } from './noise.ts';

export interface Stand {
  readonly random: Random;
  readonly count: number;
  /** Row of the foot at a place, in pixels. */
  readonly base: (x: number) => number;
  /** Least and greatest height in fractions of the width. */
  readonly tall: readonly [number, number];
  readonly colour: Light | ((x: number, y: number) => Light);
}

/** Spruces as shapes against the light, small ones first. */
export function conifers(frame: Frame, stand: Stand): void {
  const { random, count, tall } = stand;
  const noise = new Noise(Math.floor(random() * 1e9));
  const heights = Array.from({ length: count }, () => between(random, tall[0], tall[1])).sort();
  for (const own of heights) {
    const x = between(random, -0.03, 1.03);
    conifer(frame, noise, {
      x: x * frame.width,
      foot: stand.base(x),
      tall: own * frame.width,
      lean: between(random, -0.02, 0.02),
      full: between(random, 0.15, 0.23),
      colour: stand.colour,
    });
  }
}

interface Conifer {
  readonly x: number;
  readonly foot: number;
  readonly tall: number;
  readonly lean: number;
  readonly full: number;
  readonly colour: Stand['colour'];
}

/** Branches in tiers that hang, ragged on both sides. */
function conifer(frame: Frame, noise: Noise, tree: Conifer): void {
  const { x: cx, foot, tall } = tree;
  const tiers = 9 + tall / (frame.width * 0.02);
  for (let y = Math.floor(foot - tall); y <= foot; y += 1) {
    const t = (y - (foot - tall)) / tall;
    if (t < 0) continue;
    const middle = cx + tree.lean * (1 - t) * tall;
    const trunk = tall * 0.009 * (0.3 + t);
    for (const side of [-1, 1]) {
      const rag = noise.at(t * tiers * 1.3 + cx, side * 3.3 + cx * 0.1);
      const tier = t * tiers + rag * 0.55 + side * 0.25;
      const hang = tier - Math.floor(tier);
      const fine = noise.fbm(t * tall * 0.16, side * 7 + cx, 3) * 0.5;
      const thin = t < 0.93 ? 1 : (1 - t) / 0.07;
      const reach =
        Math.max(
          trunk,
          tall * tree.full * t ** 0.85 * (0.42 + 0.5 * hang ** 1.4 + fine * 0.4) * thin,
        ) + 0.4;
      for (let d = 0; d < reach + 1; d += 1) {
        const x = Math.round(middle + side * d);
        const there = Math.min(1, reach - d);
        // Light between the ends of the branches.
        const gap = d > reach * 0.5 ? noise.at(x * 0.3, y * 0.5) * 1.2 : 0;
        const colour = typeof tree.colour === 'function' ? tree.colour(x, y) : tree.colour;
        frame.cover(x, y, colour, there * (gap > 0.45 ? 0.35 : 1));
      }
    }
  }
}
