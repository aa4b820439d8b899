import { dew, rain } from './bokeh.ts';
import { blossom, leaf } from './flora.ts';
import { shot } from './shot.ts';
import { stillLife } from './still-life.ts';
import { wall } from './wall.ts';
import { ink, pool } from './water.ts';

const STREET = {
  ground: ['#0c1220', '#2a1d22'],
  lamps: ['#ffb35c', '#ff7a45', '#ffd9a0', '#7fb4ff', '#ff4d5e'],
} as const;

/** Plants, water, glass, walls and tables. */
export const near = {
  dahlia: shot(
    'square',
    'A pink dahlia from above, its petals darker towards the heart.',
    blossom,
    {
      seed: 3,
      petals: ['#7a1030', '#d8466a', '#f6b0b8'],
      ground: ['#2c3d2a', '#16241a'],
      count: 110,
      round: 0.55,
      wide: 0.2,
    },
  ),
  succulent: shot('portrait', 'A blue-green succulent, leaf over leaf in a spiral.', blossom, {
    seed: 4,
    petals: ['#a8c9a0', '#7fae9a', '#5d8f8c'],
    ground: ['#5a4a3a', '#2b241e'],
    count: 60,
    round: 0.7,
    wide: 0.27,
  }),
  'yellow flower': shot(
    'portrait',
    'A yellow flower with narrow pointed petals and an orange heart.',
    blossom,
    {
      seed: 8,
      petals: ['#8a3a08', '#f0a020', '#ffd94a'],
      ground: ['#31452c', '#152016'],
      count: 95,
      round: 0.2,
      wide: 0.15,
    },
  ),
  'white camellia': shot(
    'square',
    'A white camellia, its round petals folded around each other.',
    blossom,
    {
      seed: 10,
      petals: ['#d9cfa8', '#f2ece0', '#fbf8f2'],
      ground: ['#24352c', '#101a15'],
      count: 64,
      round: 0.92,
      wide: 0.36,
    },
  ),
  'lotus in violet': shot(
    'portrait',
    'A violet water lily, its petals open to the light.',
    blossom,
    {
      seed: 12,
      petals: ['#f0c040', '#8a5fc0', '#c4a6e8'],
      ground: ['#1c3038', '#0c161c'],
      count: 46,
      round: 0.35,
      wide: 0.22,
    },
  ),
  'leaf in the sun': shot('portrait', 'A green leaf against the sun, every vein shining.', leaf, {
    seed: 3,
    colours: ['#b9e04a', '#1d5a1c'],
  }),
  'autumn leaf': shot(
    'portrait',
    'An orange autumn leaf against the light, veined like a map.',
    leaf,
    {
      seed: 5,
      colours: ['#ffb347', '#8a2a10'],
    },
  ),
  dew: shot('portrait', 'Drops of dew on three blades of grass, all else a green blur.', dew, {
    seed: 3,
    ground: ['#7fa05a', '#2c4a22'],
    lamps: ['#f4f0b0', '#c9e08a', '#fff3cf'],
  }),
  'evening grass': shot(
    'square',
    'Blades of grass with drops, golden evening light behind them.',
    dew,
    {
      seed: 7,
      ground: ['#b98a4a', '#3a3018'],
      lamps: ['#ffe0a0', '#ffc070', '#fff0d0'],
    },
  ),
  'rain on the window': shot(
    'portrait',
    'Raindrops on a window at night, the lights of the street round and blurred behind it.',
    rain,
    { seed: 3, ...STREET },
  ),
  'rain in blue': shot(
    'square',
    'A wet window, behind it blue and white lights out of focus.',
    rain,
    {
      seed: 6,
      ground: ['#08121e', '#14283a'],
      lamps: ['#8fc4ff', '#d8ecff', '#5a8fe0', '#ffe0b0'],
    },
  ),
  'rain in green': shot('portrait', 'Drops on glass before green and amber city lights.', rain, {
    seed: 9,
    ground: ['#0a1512', '#1c1a12'],
    lamps: ['#5affb0', '#ffc04d', '#fff0c8', '#2fbf8f'],
  }),
  pool: shot('portrait', 'Light in bright nets on the tiles of a swimming pool.', pool, {
    seed: 3,
  }),
  'shallow water': shot('square', 'Sun through clear shallow water on rippled sand.', pool, {
    seed: 8,
    tiles: false,
  }),
  'pool in the shade': shot('wide', 'The tiled floor of a pool, bent by small waves.', pool, {
    seed: 12,
  }),
  'coral ink': shot('portrait', 'Swirls of coral, cream and dark blue ink.', ink, {
    seed: 3,
    paper: '#f2ebe0',
    inks: ['#1f5f7a', '#e0663a', '#0c1626'],
  }),
  'green ink': shot('square', 'Green and gold ink flowing into each other like marble.', ink, {
    seed: 8,
    paper: '#efe9d6',
    inks: ['#c9a24a', '#1f5a4a', '#0a1f1c'],
  }),
  'night ink': shot('portrait', 'Blue, violet and black swirls, like a storm from above.', ink, {
    seed: 14,
    paper: '#c9d4e8',
    inks: ['#3a4fb0', '#10183a', '#7a3fa0'],
  }),
  'window light': shot(
    'portrait',
    'The shadow of a window and a palm leaf on a cream wall.',
    wall,
    { seed: 3, wall: '#e9ddcc', through: 'window' },
  ),
  arches: shot('portrait', 'Sunlight in the shape of three arches on a terracotta wall.', wall, {
    seed: 4,
    wall: '#d98a6a',
    through: 'arch',
  }),
  blinds: shot('square', 'Stripes of light through blinds on a green wall.', wall, {
    seed: 6,
    wall: '#8fa88a',
    through: 'blinds',
  }),
  palms: shot(
    'portrait',
    'A square of evening sun on a rose wall, in it the shadow of a palm leaf.',
    wall,
    {
      seed: 11,
      wall: '#e0a898',
      through: 'palm',
    },
  ),
  oranges: shot(
    'portrait',
    'A blue vase and four oranges on a wooden table, light from the left.',
    stillLife,
    {
      seed: 3,
      wall: '#8a8f86',
      table: '#8c6a4c',
      vase: '#3f6470',
      fruit: '#e8862a',
    },
  ),
  quinces: shot('square', 'A white vase and four yellow quinces on a dark table.', stillLife, {
    seed: 8,
    wall: '#6f6a72',
    table: '#3a322e',
    vase: '#e2ddd2',
    fruit: '#d2aa3c',
  }),
  plums: shot('portrait', 'A terracotta vase and four dark plums on grey linen.', stillLife, {
    seed: 15,
    wall: '#b0a596',
    table: '#a8a49c',
    vase: '#b5623f',
    fruit: '#4a2340',
  }),
} as const;
