import type { Edit } from './looks.ts';
import { type Hues, LOOK_RECIPES, type Recipe, type Tint } from './looks-recipes.ts';

/**
 * What an edit does to a colour, for the server and for the browser alike. Colours are the encoded numbers
 * of the picture (sRGB, or Display P3, which has the same curve), 0 to 1. The order is fixed:
 * brightness, contrast, warmth, saturation, look with its strength. The vignette, which depends on the place
 * in the picture, comes last (`vignetteAt`).
 */
export type Mapping = (rgb: Rgb) => void;

/** Red, green, blue; changed in place, because a picture has many. */
export type Rgb = [red: number, green: number, blue: number];

/** ITU-R BT.709, of the encoded numbers: luma, not luminance. */
const RED = 0.2126;
const GREEN = 0.7152;
const BLUE = 0.0722;
const luma = (rgb: Rgb) => RED * rgb[0] + GREEN * rgb[1] + BLUE * rgb[2];

/** What the ends of the sliders do. */
const BRIGHTNESS_STOPS = 1.3;
const CONTRAST_SLOPE = 1.8;
const WARMTH_STOPS = 0.4;
const WARMTH_WHITE = 0.09;
const SATURATION = 1.3;
export const VIGNETTE = { begins: 0.35, depth: 0.7 } as const;

/** The exact mapping of colours; the vignette is left out. */
export function mappingOf(edit: Edit): Mapping {
  const { look, strength = 1, brightness = 0, contrast = 0, saturation = 0, warmth = 0 } = edit;
  const recipe = look ? LOOK_RECIPES[look] : null;
  const mapLook = recipe && strength > 0 ? lookMapping(recipe) : null;
  const brighten = brightnessCurve(brightness);
  const harden = contrastCurve(contrast);
  const warmRed = warmthCurve(warmth);
  const warmBlue = warmthCurve(-warmth);
  return (rgb) => {
    rgb[0] = warmRed(harden(brighten(rgb[0])));
    rgb[1] = harden(brighten(rgb[1]));
    rgb[2] = warmBlue(harden(brighten(rgb[2])));
    saturate(rgb, saturation);
    if (!mapLook) return;
    const [red, green, blue] = rgb;
    mapLook(rgb);
    rgb[0] = red + (rgb[0] - red) * strength;
    rgb[1] = green + (rgb[1] - green) * strength;
    rgb[2] = blue + (rgb[2] - blue) * strength;
  };
}

type Curve = (value: number) => number;

/**
 * Schlick's bias (Graphics Gems IV, 1994, "Fast Alternatives to Perlin's Bias and Gain Functions"), written
 * with its slope at black: both ends stay, so that neither lights nor shadows are cut off.
 */
function biasCurve(slope: number): Curve {
  const bend = 1 / slope - 1;
  return (value) => value / (bend * (1 - value) + 1);
}

/** From -1 to 1: shadows open or close by 1.3 stops, white and black stay. */
export function brightnessCurve(brightness: number): Curve {
  return biasCurve(2 ** (BRIGHTNESS_STOPS * brightness));
}

/** Schlick's gain: the slope at middle grey goes from 1/1.8 to 1.8; white, grey and black stay. */
export function contrastCurve(contrast: number): Curve {
  const bend = biasCurve(CONTRAST_SLOPE ** -contrast);
  return (value) => (value < 0.5 ? bend(value * 2) / 2 : 1 - bend(2 - value * 2) / 2);
}

/**
 * For red; blue goes the other way. Besides the bias, white moves a little towards the colour of the light,
 * by taking away its complement, which cannot be cut off.
 */
export function warmthCurve(warmth: number): Curve {
  const bend = biasCurve(2 ** (WARMTH_STOPS * warmth));
  const white = Math.min(1, 1 + WARMTH_WHITE * warmth);
  return (value) => bend(value) * white;
}

/**
 * Scales the distance from grey, luma kept. More than 0: the nearer a colour is to the edge of what can be
 * shown, the less of it, so that none is cut off and strong colours keep their drawing.
 */
function saturate(rgb: Rgb, saturation: number): void {
  if (saturation === 0) return;
  const grey = luma(rgb);
  let factor = 1 + saturation;
  if (saturation > 0) {
    const room = roomFor(rgb, grey) - 1;
    const wish = saturation * SATURATION;
    factor = room <= 0 ? 1 : 1 + (wish * room) / (wish + room);
  }
  spread(rgb, grey, factor);
}

function spread(rgb: Rgb, grey: number, factor: number): void {
  rgb[0] = grey + (rgb[0] - grey) * factor;
  rgb[1] = grey + (rgb[1] - grey) * factor;
  rgb[2] = grey + (rgb[2] - grey) * factor;
}

/** By how much a colour's distance from grey can be scaled before it leaves the cube; at most 1000. */
function roomFor(rgb: Rgb, grey: number): number {
  const above = Math.max(rgb[0], rgb[1], rgb[2]) - grey;
  const below = grey - Math.min(rgb[0], rgb[1], rgb[2]);
  const up = above > 1e-6 ? (1 - grey) / above : 1000;
  const down = below > 1e-6 ? grey / below : 1000;
  return Math.max(0, Math.min(up, down, 1000));
}

/** Brings a colour back into the cube along the line to its grey: its hue and its luma stay. */
function fit(rgb: Rgb): void {
  const grey = luma(rgb);
  if (grey <= 0 || grey >= 1) rgb.fill(grey <= 0 ? 0 : 1);
  else spread(rgb, grey, Math.min(1, roomFor(rgb, grey)));
}

/** A look at full strength. */
function lookMapping(recipe: Recipe): Mapping {
  const tone = sampleCurve(recipe.tone);
  const [red, green, blue] = [recipe.red, recipe.green, recipe.blue].map((points) => {
    const own = points && sampleCurve(points);
    return own ? tone.map((value) => readCurve(own, value)) : tone;
  }) as [Float64Array, Float64Array, Float64Array];
  const { mixer, hues, saturation = 0 } = recipe;
  const [shadows, highlights] = [chromaOf(recipe.shadows), chromaOf(recipe.highlights)];
  return (rgb) => {
    if (mixer) {
      rgb.fill(mixer[0] * rgb[0] + mixer[1] * rgb[1] + mixer[2] * rgb[2]);
    } else {
      if (hues) changeHues(rgb, hues);
      saturate(rgb, saturation);
      fit(rgb);
    }
    rgb[0] = readCurve(red, rgb[0]);
    rgb[1] = readCurve(green, rgb[1]);
    rgb[2] = readCurve(blue, rgb[2]);
    // Split toning: most at a third and at two thirds of luma, nothing at black and white.
    const grey = luma(rgb);
    if (shadows) add(rgb, shadows, 6.75 * grey * (1 - grey) ** 2);
    if (highlights) add(rgb, highlights, 6.75 * grey * grey * (1 - grey));
    fit(rgb);
  };
}

/** Of the plane across the grey axis, red at 0°. */
const HALF_ROOT_3 = Math.sqrt(3) / 2;
const DEGREES = 180 / Math.PI;

/** Adds the colour at a point of the hue plane; luma stays. */
function addChroma(rgb: Rgb, length: number, degrees: number): void {
  const alpha = length * Math.cos(degrees / DEGREES);
  const difference = (length * Math.sin(degrees / DEGREES)) / HALF_ROOT_3;
  const sum = -(2 * RED * alpha + (GREEN - BLUE) * difference);
  rgb[0] += alpha + sum / 2;
  rgb[1] += (sum + difference) / 2;
  rgb[2] += (sum - difference) / 2;
}

/** Turns, strengthens and lightens colours by their hue; greys and what is far from each hue stay. */
function changeHues(rgb: Rgb, hues: Hues): void {
  const alpha = rgb[0] - (rgb[1] + rgb[2]) / 2;
  const beta = HALF_ROOT_3 * (rgb[1] - rgb[2]);
  const strength = Math.hypot(alpha, beta);
  if (strength < 1e-6) return;
  const hue = Math.atan2(beta, alpha) * DEGREES;
  let turn = 0;
  let more = 0;
  let light = 0;
  for (const change of hues) {
    const away = Math.abs(((hue - change.hue + 540) % 360) - 180) / change.width;
    if (away >= 1) continue;
    const weight = (1 - away * away) ** 2;
    turn += weight * (change.turn ?? 0);
    more += weight * (change.saturation ?? 0);
    light += weight * (change.light ?? 0);
  }
  if (turn === 0 && more === 0 && light === 0) return;
  // By its strength, so that nearly grey colours do not jump.
  rgb.fill(luma(rgb) * (1 + light * Math.min(1, strength)));
  addChroma(rgb, strength * Math.max(0, 1 + more), hue + turn);
}

function chromaOf(tint: Tint | undefined): Rgb | null {
  const rgb: Rgb = [0, 0, 0];
  if (tint) addChroma(rgb, tint.amount, tint.hue);
  return tint ? rgb : null;
}

function add(rgb: Rgb, more: Rgb, weight: number): void {
  rgb[0] += more[0] * weight;
  rgb[1] += more[1] * weight;
  rgb[2] += more[2] * weight;
}

/** A curve is kept as so many steps, between which it is straight. */
const CURVE_STEPS = 1024;

/**
 * A smooth curve through points that never turns back where they do not: cubic Hermite with the slopes of
 * Fritsch and Carlson (SIAM J. Numer. Anal. 17, 1980) in the harmonic form of Fritsch and Butland (1984).
 */
export function sampleCurve(points: readonly (readonly [number, number])[]): Float64Array {
  const count = points.length;
  const x = points.map((point) => point[0]);
  const y = points.map((point) => point[1]);
  const at = (list: readonly number[], i: number) => list[i] as number;
  const steps = x.slice(1).map((end, i) => end - at(x, i));
  const slopes = steps.map((step, i) => (at(y, i + 1) - at(y, i)) / step);
  const tangents = x.map((_, i) => {
    if (i === 0) return at(slopes, 0);
    if (i === count - 1) return at(slopes, count - 2);
    const [before, after] = [at(slopes, i - 1), at(slopes, i)];
    if (before * after <= 0) return 0;
    const [left, right] = [at(steps, i - 1), at(steps, i)];
    const weight = (left + 2 * right) / (3 * (left + right));
    return (before * after) / (weight * after + (1 - weight) * before);
  });
  const curve = new Float64Array(CURVE_STEPS + 1);
  let piece = 0;
  for (let i = 0; i <= CURVE_STEPS; i += 1) {
    const here = i / CURVE_STEPS;
    while (piece < count - 2 && here > at(x, piece + 1)) piece += 1;
    const step = at(steps, piece);
    const t = (here - at(x, piece)) / step;
    const [from, to] = [at(y, piece), at(y, piece + 1)];
    const [out, into] = [at(tangents, piece) * step, at(tangents, piece + 1) * step];
    const [square, cube] = [t * t, t * t * t];
    curve[i] =
      (2 * cube - 3 * square + 1) * from +
      (cube - 2 * square + t) * out +
      (3 * square - 2 * cube) * to +
      (cube - square) * into;
  }
  return curve;
}

function readCurve(curve: Float64Array, value: number): number {
  const place = Math.min(1, Math.max(0, value)) * CURVE_STEPS;
  const step = Math.min(CURVE_STEPS - 1, Math.floor(place));
  const from = curve[step] as number;
  return from + ((curve[step + 1] as number) - from) * (place - step);
}

/**
 * What a vignette multiplies the numbers of a pixel with. `x` and `y` go from -1 to 1 across the picture, so
 * that it has the picture's shape; the middle stays, the corners go down to 0.3 at the most.
 */
export function vignetteAt(x: number, y: number, vignette: number): number {
  const radius = Math.sqrt((x * x + y * y) / 2);
  const t = Math.min(1, Math.max(0, (radius - VIGNETTE.begins) / (1 - VIGNETTE.begins)));
  return 1 - VIGNETTE.depth * vignette * t * t * (3 - 2 * t);
}
