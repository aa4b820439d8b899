import { createRandom } from './noise.ts';

/** Brighter light than this is white. */
export const LIGHT_MAX = 16;

/** From linear light (its root, so that shadows get their share) to bytes: highlights roll off as on film. */
export function toneCurve(contrast: number): Float32Array {
  const curve = new Float32Array(8192);
  for (let i = 0; i < curve.length; i += 1) {
    const value = (i / (curve.length - 1)) ** 2 * LIGHT_MAX;
    const knee = 0.55;
    const rolled =
      value < knee ? value : knee + (1 - knee) * (1 - Math.exp(-(value - knee) / (1 - knee)));
    const shown = rolled <= 0.0031308 ? rolled * 12.92 : 1.055 * rolled ** (1 / 2.4) - 0.055;
    const bent = shown + (contrast - 1) * (shown - 0.5) * shown * (1 - shown) * 4;
    curve[i] = Math.min(1, Math.max(0, bent)) * 255 + 0.5;
  }
  return curve;
}

export function grainTable(seed: number): Float32Array {
  const random = createRandom(seed);
  const table = new Float32Array(65_536);
  for (let i = 0; i < table.length; i += 1) table[i] = random() + random() + random() - 1.5;
  return table;
}
