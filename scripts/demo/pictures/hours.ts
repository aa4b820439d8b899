import type { Hour } from './sky.ts';

export type HourName = 'dawn' | 'morning' | 'day' | 'gold' | 'dusk' | 'blue' | 'rain';

/** Skies and the colours that come with them. */
export const HOURS: Readonly<Record<HourName, Hour>> = {
  dawn: {
    sky: {
      stops: [
        [0, '#4d6491'],
        [0.45, '#a9a3b8'],
        [0.75, '#edbfa4'],
        [1, '#ffd9ae'],
      ],
      sun: { x: 0.68, y: 0.42, colour: '#ffb27a', strength: 0.75, reach: 0.22 },
      clouds: { amount: 0.34, lit: '#ffd3b0', shade: '#8f86a3', scale: 2.6, flat: 5 },
    },
    haze: '#efc6b0',
    near: '#1f2a3d',
    warm: '#ffb98a',
  },
  morning: {
    sky: {
      stops: [
        [0, '#6d97b8'],
        [0.6, '#b4cdd6'],
        [1, '#eef0e6'],
      ],
      sun: { x: 0.3, y: 0.3, colour: '#fff0d0', strength: 0.5, reach: 0.3 },
    },
    haze: '#d4e0e0',
    near: '#17302f',
    warm: '#fff1d4',
  },
  day: {
    sky: {
      stops: [
        [0, '#2a5d96'],
        [0.6, '#6fa0c8'],
        [1, '#c9dde6'],
      ],
      clouds: { amount: 0.36, lit: '#ffffff', shade: '#9db0c2', scale: 3.4, flat: 2 },
    },
    haze: '#b4cbdb',
    near: '#1c2c2c',
    warm: '#fff4e0',
  },
  gold: {
    sky: {
      stops: [
        [0, '#5f6f8f'],
        [0.5, '#d29f76'],
        [0.8, '#f7b765'],
        [1, '#ffcf80'],
      ],
      sun: { x: 0.4, y: 0.46, colour: '#ffa64d', strength: 1.5, disc: 0.024, reach: 0.2 },
    },
    haze: '#f0b478',
    near: '#2a1a16',
    warm: '#ffb15e',
  },
  dusk: {
    sky: {
      stops: [
        [0, '#262c56'],
        [0.45, '#74507f'],
        [0.78, '#d9707a'],
        [1, '#f7a878'],
      ],
      sun: { x: 0.5, y: 0.56, colour: '#ff7a52', strength: 0.8, reach: 0.26 },
      clouds: { amount: 0.4, lit: '#ff9d86', shade: '#5a4674', scale: 2.4, flat: 5.5 },
    },
    haze: '#c98a94',
    near: '#15142a',
    warm: '#ff9a7a',
  },
  blue: {
    sky: {
      stops: [
        [0, '#0c1a36'],
        [0.5, '#27466f'],
        [0.85, '#6d8fae'],
        [1, '#b7b9bd'],
      ],
    },
    haze: '#7f9bb5',
    near: '#0a1424',
    warm: '#a9c1d8',
  },
  rain: {
    sky: {
      stops: [
        [0, '#6f7a7f'],
        [0.5, '#98a3a5'],
        [1, '#c6ccc9'],
      ],
      clouds: { amount: 0.5, lit: '#c9cfce', shade: '#6d777c', scale: 2, flat: 2.6 },
    },
    haze: '#b9c2c0',
    near: '#1b2424',
    warm: '#cfd6d2',
  },
};
