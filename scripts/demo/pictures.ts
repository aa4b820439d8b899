import { blossom } from './pictures/flora.ts';
import { near } from './pictures/near.ts';
import { outdoors } from './pictures/outdoors.ts';
import { peaks } from './pictures/peaks.ts';
import { portrait } from './pictures/portraits.ts';
import { sea } from './pictures/sea.ts';

/** Every picture that the project can make by itself, by name. */
export const SHOTS = { ...outdoors, ...near } as const;
export type ShotName = keyof typeof SHOTS;

const size = { width: 640, height: 640 } as const;

/** Profile pictures, as JPEG: people against the light, or what they like. */
export const AVATARS = {
  amber: () =>
    portrait({
      ...size,
      seed: 4,
      hair: 'curls',
      ground: ['#e8a040', '#a04a34'],
      rim: '#ffe0a0',
      shadow: '#2a1510',
      look: -0.7,
    }),
  slate: () =>
    portrait({
      ...size,
      seed: 1,
      hair: 'short',
      ground: ['#d08050', '#4a6078'],
      rim: '#ffcf8a',
      shadow: '#241c20',
      look: -1,
    }),
  shore: () =>
    portrait({
      ...size,
      seed: 2,
      hair: 'long',
      ground: ['#2f5a66', '#e8b48a'],
      rim: '#ffd9b0',
      shadow: '#1c2a30',
      look: 1,
    }),
  ember: () =>
    portrait({
      ...size,
      seed: 7,
      hair: 'none',
      ground: ['#20242c', '#7a4a2a'],
      rim: '#ffb060',
      shadow: '#14100e',
      look: -1,
    }),
  rose: () =>
    portrait({
      ...size,
      seed: 3,
      hair: 'bun',
      ground: ['#c9a49a', '#7a4256'],
      rim: '#fff0dc',
      shadow: '#2a1420',
      look: 0.6,
    }),
  jade: () =>
    portrait({
      ...size,
      seed: 5,
      hair: 'scarf',
      ground: ['#6fa098', '#2a4454'],
      rim: '#d9fff0',
      shadow: '#12262e',
      look: 0.8,
    }),
  violet: () =>
    portrait({
      ...size,
      seed: 9,
      hair: 'bun',
      ground: ['#5a6ab0', '#c07a9a'],
      rim: '#ffe0ea',
      shadow: '#1a1a34',
      look: -0.8,
    }),
  moss: () =>
    portrait({
      ...size,
      seed: 8,
      hair: 'short',
      ground: ['#7a9a70', '#2e5240'],
      rim: '#f4ffd0',
      shadow: '#10221a',
      look: 1,
    }),
  flower: () =>
    blossom({
      ...size,
      seed: 21,
      petals: ['#5a0f2a', '#e05a4a', '#ffc2a0'],
      ground: ['#2c3d2a', '#16241a'],
      count: 70,
      round: 0.6,
      wide: 0.24,
    }),
  moon: () => sea({ ...size, seed: 6, hour: 'moon', wind: 0.3 }),
  summit: () => peaks({ ...size, seed: 3, hour: 'gold' }),
  spiral: () =>
    blossom({
      ...size,
      seed: 24,
      petals: ['#d0e0a0', '#6fa080', '#3a6a6a'],
      ground: ['#4a3a2a', '#1b1612'],
      count: 40,
      round: 0.8,
      wide: 0.3,
    }),
} as const satisfies Record<string, () => Promise<Buffer>>;
export type AvatarName = keyof typeof AVATARS;
