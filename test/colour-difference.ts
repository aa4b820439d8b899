/** CIELAB for D65. */
export type Lab = readonly [l: number, a: number, b: number];

const LINEAR = Float64Array.from({ length: 256 }, (_, value) => {
  const part = value / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
});
/** What white comes to by the matrix below, so that greys have no colour at all. */
const WHITE = [0.95047, 1, 1.08883] as const;

/** From sRGB, 0 to 255 (IEC 61966-2-1; CIE 15). */
export function labOf(red: number, green: number, blue: number): Lab {
  const [r = 0, g = 0, b = 0] = [LINEAR[red], LINEAR[green], LINEAR[blue]];
  const bend = (part: number) =>
    part > 216 / 24389 ? Math.cbrt(part) : (part * 841) / 108 + 4 / 29;
  const x = bend((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / WHITE[0]);
  const y = bend((0.2126729 * r + 0.7151522 * g + 0.072175 * b) / WHITE[1]);
  const z = bend((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / WHITE[2]);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const cos = (degrees: number) => Math.cos((degrees * Math.PI) / 180);
const sin = (degrees: number) => Math.sin((degrees * Math.PI) / 180);
const POWER = 25 ** 7;

/**
 * CIEDE2000, after Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula" (Color Research and
 * Application 30, 2005). 1 is what a trained eye just sees side by side.
 */
export function colourDifference(one: Lab, other: Lab): number {
  const meanChroma = (Math.hypot(one[1], one[2]) + Math.hypot(other[1], other[2])) / 2;
  const grow = 1.5 - 0.5 * Math.sqrt(meanChroma ** 7 / (meanChroma ** 7 + POWER));
  const [a1, a2] = [one[1] * grow, other[1] * grow];
  const [c1, c2] = [Math.hypot(a1, one[2]), Math.hypot(a2, other[2])];
  const [h1, h2] = [hue(a1, one[2]), hue(a2, other[2])];
  const grey = c1 * c2 === 0;
  let turn = grey ? 0 : h2 - h1;
  if (turn > 180) turn -= 360;
  else if (turn < -180) turn += 360;
  const sum = h1 + h2;
  let h = sum / 2;
  if (grey) h = sum;
  else if (Math.abs(h1 - h2) > 180) h = (sum + (sum < 360 ? 360 : -360)) / 2;
  const l = (one[0] + other[0]) / 2;
  const c = (c1 + c2) / 2;
  const t =
    1 - 0.17 * cos(h - 30) + 0.24 * cos(2 * h) + 0.32 * cos(3 * h + 6) - 0.2 * cos(4 * h - 63);
  const away = (l - 50) ** 2;
  const byLight = (other[0] - one[0]) / (1 + (0.015 * away) / Math.sqrt(20 + away));
  const byChroma = (c2 - c1) / (1 + 0.045 * c);
  const byHue = (2 * Math.sqrt(c1 * c2) * sin(turn / 2)) / (1 + 0.015 * c * t);
  const rotation =
    -2 * Math.sqrt(c ** 7 / (c ** 7 + POWER)) * sin(60 * Math.exp(-(((h - 275) / 25) ** 2)));
  return Math.sqrt(byLight ** 2 + byChroma ** 2 + byHue ** 2 + rotation * byChroma * byHue);
}

function hue(a: number, b: number): number {
  if (a === 0 && b === 0) return 0;
  return ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;
}

/** The mean difference of two pictures of the same size, in sRGB of three or four bytes a pixel. */
export function meanColourDifference(
  one: { readonly data: Uint8Array; readonly channels: 3 | 4 },
  other: { readonly data: Uint8Array; readonly channels: 3 | 4 },
): number {
  const pixels = one.data.length / one.channels;
  if (pixels !== other.data.length / other.channels) throw new RangeError('not of one size');
  const labAt = ({ data, channels }: typeof one, i: number) =>
    labOf(data[i * channels] ?? 0, data[i * channels + 1] ?? 0, data[i * channels + 2] ?? 0);
  let sum = 0;
  for (let i = 0; i < pixels; i += 1) sum += colourDifference(labAt(one, i), labAt(other, i));
  return sum / pixels;
}
