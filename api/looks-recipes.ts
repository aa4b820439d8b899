import type { LOOKS } from './limits.ts';

/** Points of a curve from 0 to 1, by rising x; the first x is 0, the last 1. */
export type Points = readonly (readonly [number, number])[];

/** Hues are degrees: red 0, yellow 60, green 120, cyan 180, blue 240, magenta 300. */
export type Hues = readonly {
  readonly hue: number;
  /** Degrees to either side where the change has faded to nothing. */
  readonly width: number;
  /** Degrees. */
  readonly turn?: number;
  /** Parts of the strength that come or go: -1 makes grey. */
  readonly saturation?: number;
  /** Parts of the luma, of the strongest colours. */
  readonly light?: number;
}[];

/** A colour that is mixed in; `amount` is its greatest strength, 0 to 1. */
export interface Tint {
  readonly hue: number;
  readonly amount: number;
}

/**
 * What makes a look, in the order in which it is done: grey by a mixer, or single hues and then the
 * saturation; tone for all channels; each channel's own curve; tints.
 */
export interface Recipe {
  /** Parts of red, green and blue in the grey; 1 together, so that grey stays. */
  readonly mixer?: readonly [number, number, number];
  readonly hues?: Hues;
  readonly saturation?: number;
  readonly tone: Points;
  readonly red?: Points;
  readonly green?: Points;
  readonly blue?: Points;
  readonly shadows?: Tint;
  readonly highlights?: Tint;
}

/** Skin of every shade lies between 10° and 35°: changes of hue there are small. */
export const LOOK_RECIPES: Readonly<Record<(typeof LOOKS)[number], Recipe>> = {
  // Clear morning: a little lighter, a little clearer, nothing else.
  daylight: {
    hues: [{ hue: 215, width: 50, saturation: 0.05, light: -0.03 }],
    saturation: 0.1,
    tone: [
      [0, 0],
      [0.12, 0.118],
      [0.3, 0.33],
      [0.55, 0.605],
      [0.8, 0.845],
      [1, 1],
    ],
    highlights: { hue: 38, amount: 0.014 },
  },
  // Washed cloth in the sun: faded, soft, cream in the lights.
  linen: {
    saturation: -0.24,
    tone: [
      [0, 0.085],
      [0.2, 0.26],
      [0.5, 0.575],
      [0.78, 0.81],
      [1, 0.965],
    ],
    blue: [
      [0, 0],
      [0.5, 0.49],
      [1, 0.96],
    ],
    shadows: { hue: 25, amount: 0.018 },
    highlights: { hue: 42, amount: 0.018 },
  },
  // By the water: shadows towards teal, blues calm, skin as it is.
  harbour: {
    hues: [
      { hue: 220, width: 60, turn: -10, saturation: -0.1, light: -0.04 },
      { hue: 120, width: 60, turn: 12, saturation: -0.22 },
    ],
    saturation: -0.04,
    tone: [
      [0, 0.025],
      [0.15, 0.135],
      [0.35, 0.355],
      [0.6, 0.64],
      [0.85, 0.875],
      [1, 0.985],
    ],
    red: [
      [0, 0],
      [0.25, 0.234],
      [0.6, 0.6],
      [1, 1],
    ],
    blue: [
      [0, 0.014],
      [0.3, 0.314],
      [0.7, 0.7],
      [1, 0.985],
    ],
    shadows: { hue: 196, amount: 0.036 },
    highlights: { hue: 30, amount: 0.022 },
  },
  // Fresh and vivid: green that is green, sky that is sky.
  meadow: {
    hues: [
      { hue: 82, width: 45, turn: 10, saturation: 0.12, light: 0.06 },
      { hue: 212, width: 50, turn: -5, saturation: 0.1, light: -0.05 },
    ],
    saturation: 0.22,
    tone: [
      [0, 0],
      [0.12, 0.108],
      [0.32, 0.335],
      [0.6, 0.64],
      [0.84, 0.87],
      [1, 1],
    ],
  },
  // The hour before sunset: gold in the lights, warm shadows.
  amber: {
    hues: [{ hue: 220, width: 70, saturation: -0.2, turn: 4 }],
    saturation: 0.02,
    tone: [
      [0, 0.02],
      [0.15, 0.155],
      [0.4, 0.435],
      [0.7, 0.745],
      [1, 0.99],
    ],
    red: [
      [0, 0.012],
      [0.5, 0.535],
      [1, 1],
    ],
    green: [
      [0, 0],
      [0.5, 0.493],
      [1, 0.975],
    ],
    blue: [
      [0, 0],
      [0.5, 0.445],
      [1, 0.9],
    ],
    shadows: { hue: 15, amount: 0.012 },
    highlights: { hue: 28, amount: 0.026 },
  },
  // After sunset: plum in the shadows, rose in the lights.
  dusk: {
    hues: [{ hue: 110, width: 70, saturation: -0.24 }],
    saturation: -0.1,
    tone: [
      [0, 0.05],
      [0.18, 0.195],
      [0.45, 0.47],
      [0.75, 0.77],
      [1, 0.965],
    ],
    green: [
      [0, 0],
      [0.4, 0.388],
      [0.75, 0.742],
      [1, 0.99],
    ],
    blue: [
      [0, 0.02],
      [0.35, 0.362],
      [0.7, 0.7],
      [1, 0.975],
    ],
    shadows: { hue: 262, amount: 0.03 },
    highlights: { hue: 10, amount: 0.03 },
  },
  // A fire at night: deep, warm, with blue in the dark to answer.
  ember: {
    hues: [
      { hue: 110, width: 55, turn: -14, saturation: -0.28 },
      { hue: 225, width: 60, turn: -12, saturation: -0.2 },
    ],
    saturation: 0.04,
    tone: [
      [0, 0],
      [0.12, 0.09],
      [0.35, 0.325],
      [0.6, 0.615],
      [0.85, 0.875],
      [1, 1],
    ],
    blue: [
      [0, 0.018],
      [0.4, 0.39],
      [0.75, 0.72],
      [1, 0.965],
    ],
    shadows: { hue: 212, amount: 0.032 },
    highlights: { hue: 28, amount: 0.036 },
  },
  // Snow light: cool, high, crisp.
  polar: {
    hues: [{ hue: 50, width: 60, saturation: -0.2 }],
    saturation: -0.14,
    tone: [
      [0, 0.015],
      [0.12, 0.128],
      [0.35, 0.4],
      [0.6, 0.67],
      [0.82, 0.88],
      [1, 1],
    ],
    red: [
      [0, 0],
      [0.5, 0.47],
      [1, 0.965],
    ],
    blue: [
      [0, 0.016],
      [0.5, 0.525],
      [1, 1],
    ],
    shadows: { hue: 220, amount: 0.032 },
    highlights: { hue: 212, amount: 0.014 },
  },
  // Heavy curtains: matt blacks, quiet colours, weight in the middle.
  velvet: {
    hues: [
      { hue: 105, width: 65, turn: 10, saturation: -0.34, light: -0.06 },
      { hue: 225, width: 60, saturation: -0.24, light: -0.06 },
    ],
    saturation: -0.16,
    tone: [
      [0, 0.075],
      [0.15, 0.138],
      [0.4, 0.35],
      [0.7, 0.68],
      [1, 0.945],
    ],
    blue: [
      [0, 0.008],
      [0.5, 0.5],
      [1, 0.975],
    ],
    shadows: { hue: 350, amount: 0.024 },
    highlights: { hue: 32, amount: 0.016 },
  },
  // Black and white like polished metal: bright, smooth, a breath of blue.
  chrome: {
    mixer: [0.46, 0.44, 0.1],
    tone: [
      [0, 0],
      [0.1, 0.075],
      [0.3, 0.32],
      [0.55, 0.635],
      [0.8, 0.87],
      [1, 1],
    ],
    shadows: { hue: 225, amount: 0.018 },
    highlights: { hue: 215, amount: 0.008 },
  },
  // Black and white of a soft pencil on warm paper.
  graphite: {
    mixer: [0.3, 0.56, 0.14],
    tone: [
      [0, 0.075],
      [0.2, 0.245],
      [0.5, 0.54],
      [0.8, 0.8],
      [1, 0.96],
    ],
    shadows: { hue: 22, amount: 0.012 },
    highlights: { hue: 34, amount: 0.015 },
  },
  // Black and white through a red glass: dark skies, deep blacks, no colour at all.
  ink: {
    mixer: [0.62, 0.34, 0.04],
    tone: [
      [0, 0],
      [0.14, 0.075],
      [0.35, 0.3],
      [0.55, 0.575],
      [0.8, 0.86],
      [1, 1],
    ],
  },
};
