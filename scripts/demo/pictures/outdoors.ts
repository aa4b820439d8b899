import { city, trails } from './city.ts';
import { dunes } from './dunes.ts';
import { field } from './fields.ts';
import { forest } from './forest.ts';
import { mountains } from './mountains.ts';
import { aurora, stars } from './night.ts';
import { peaks } from './peaks.ts';
import { sea } from './sea.ts';
import { shot } from './shot.ts';

/** Landscapes, water, sky and towns. */
export const outdoors = {
  'ridges at dawn': shot(
    'portrait',
    'Ridge behind ridge in pale pink haze, spruces dark in the foreground, the sun just below the clouds.',
    mountains,
    { seed: 1, hour: 'dawn' },
  ),
  'blue ridges': shot(
    'portrait',
    'Seven mountain ridges in blue dusk, each paler than the one before it.',
    mountains,
    { seed: 2, hour: 'blue' },
  ),
  'golden ridges': shot(
    'portrait',
    'A small white sun over mountain ridges in golden haze.',
    mountains,
    { seed: 3, hour: 'gold' },
  ),
  'lake at dusk': shot(
    'portrait',
    'A mountain under a red and violet sky, upside down again in a still lake.',
    mountains,
    { seed: 4, hour: 'dusk', lake: true },
  ),
  'valley in the morning': shot(
    'wide',
    'Grey-green hills in morning mist, a fringe of spruces at the lower edge.',
    mountains,
    { seed: 5, hour: 'morning' },
  ),
  'lake at noon': shot(
    'square',
    'White clouds and forested hills mirrored in a lake without a ripple.',
    mountains,
    { seed: 6, hour: 'day', lake: true },
  ),
  'ridges in rain': shot('portrait', 'Wooded ridges under low grey clouds.', mountains, {
    seed: 12,
    hour: 'rain',
  }),
  'lake before sunrise': shot(
    'portrait',
    'A lake before sunrise, everything blue, the far shore a thin dark line of trees.',
    mountains,
    { seed: 14, hour: 'blue', lake: true },
  ),
  'forest at dawn': shot(
    'portrait',
    'Spruces stand in rose-coloured fog, the nearest almost black, the farthest hardly there.',
    forest,
    { seed: 3, hour: 'dawn' },
  ),
  'forest in rain': shot('portrait', 'A slope of spruces in thick grey fog.', forest, {
    seed: 2,
    hour: 'rain',
  }),
  'forest in blue': shot('portrait', 'Spruce tops in blue evening fog.', forest, {
    seed: 6,
    hour: 'blue',
  }),
  'forest in the morning': shot(
    'square',
    'Pale green morning light in a foggy spruce forest.',
    forest,
    { seed: 9, hour: 'morning' },
  ),
  'snow peaks': shot(
    'portrait',
    'Jagged snowy peaks in warm light above a wide white basin.',
    peaks,
    { seed: 1, hour: 'dawn' },
  ),
  'snow plain': shot(
    'portrait',
    'A plain of wind-shaped snow under a crimson evening sky, peaks along the horizon.',
    peaks,
    { seed: 2, hour: 'dusk', clouds: true },
  ),
  'peaks at noon': shot(
    'wide',
    'A mountain range in hard noon light, snow on every ledge.',
    peaks,
    {
      seed: 5,
      hour: 'day',
    },
  ),
  'peaks in gold': shot('portrait', 'Snowy ridges with the last golden light on them.', peaks, {
    seed: 7,
    hour: 'gold',
  }),
  'peaks in blue': shot('portrait', 'Snow slopes and rock in the blue light after sunset.', peaks, {
    seed: 9,
    hour: 'blue',
  }),
  'golden dunes': shot(
    'portrait',
    'Orange dunes in low sun; the wind has drawn ripples on every slope.',
    dunes,
    { seed: 4, hour: 'gold' },
  ),
  'white dunes': shot(
    'square',
    'The crest of a dune divides light from shadow and leads to the horizon.',
    dunes,
    { seed: 2, hour: 'day' },
  ),
  'dunes at dusk': shot('portrait', 'Dunes in soft rose light after sunset.', dunes, {
    seed: 7,
    hour: 'dusk',
  }),
  'dunes in the morning': shot('wide', 'Wave after wave of dunes in pale morning light.', dunes, {
    seed: 9,
    hour: 'morning',
  }),
  'dunes in blue': shot('portrait', 'Grey-blue dunes in the last light.', dunes, {
    seed: 11,
    hour: 'blue',
  }),
  'sun on the sea': shot('portrait', 'The sun low over the sea, a path of light towards us.', sea, {
    seed: 1,
    hour: 'gold',
  }),
  'headland at dusk': shot(
    'portrait',
    'A dark headland on the left, rose-coloured sky and sea.',
    sea,
    { seed: 2, hour: 'dusk', wind: 0.2, headland: true },
  ),
  moonlight: shot(
    'portrait',
    'The full moon behind thin clouds, its light broken on dark waves.',
    sea,
    {
      seed: 3,
      hour: 'moon',
    },
  ),
  'open water': shot('wide', 'Open sea on a windy day, nothing but waves and clouds.', sea, {
    seed: 4,
    hour: 'day',
    wind: 0.8,
  }),
  'grey sea': shot('portrait', 'A grey sea under a grey sky, both quiet.', sea, {
    seed: 5,
    hour: 'rain',
    wind: 0.35,
  }),
  'sea at dawn': shot('square', 'A calm sea at dawn, a coast in the distance.', sea, {
    seed: 8,
    hour: 'dawn',
    wind: 0.15,
    headland: true,
  }),
  'milky way': shot(
    'portrait',
    'The Milky Way stands over a black ridge with a few spruces.',
    stars,
    { seed: 2 },
  ),
  'stars over the ridge': shot(
    'portrait',
    'A bright band of stars and dark dust above the treetops.',
    stars,
    { seed: 5 },
  ),
  'northern lights': shot(
    'portrait',
    'Green northern lights over a lake, mirrored in the still water.',
    aurora,
    { seed: 2 },
  ),
  'violet lights': shot(
    'portrait',
    'Green curtains of northern light with violet tops, spruces along the shore.',
    aurora,
    { seed: 5, violet: true },
  ),
  'lights over the lake': shot(
    'wide',
    'A green glow across the whole sky above a dark shore.',
    aurora,
    {
      seed: 8,
    },
  ),
  'towers in fog': shot(
    'portrait',
    'Towers rise out of blue evening fog, hundreds of windows lit.',
    city,
    { seed: 3, hour: 'blue' },
  ),
  'towers at dusk': shot(
    'portrait',
    'High-rises against a rose-coloured sky, the first lights on.',
    city,
    {
      seed: 5,
      hour: 'dusk',
    },
  ),
  waterfront: shot(
    'portrait',
    'A waterfront of towers at the blue hour, its lights mirrored in the river.',
    city,
    { seed: 7, hour: 'blue', water: true },
  ),
  'towers in rain': shot('square', 'A grey city in the rain, lamps burning at noon.', city, {
    seed: 11,
    hour: 'rain',
  }),
  'night road': shot(
    'portrait',
    'White and red lines of light follow a road through dark hills.',
    trails,
    { seed: 3, hour: 'blue' },
  ),
  'dusk road': shot('portrait', 'Light trails of cars on a winding road at dusk.', trails, {
    seed: 8,
    hour: 'dusk',
  }),
  lavender: shot('portrait', 'Rows of lavender run to the rising sun.', field, {
    seed: 3,
    hour: 'dawn',
    flowers: ['#5f48c8', '#7a5fd8'],
  }),
  tulips: shot('wide', 'Tulips in rows of yellow, pink, white and red under a big sky.', field, {
    seed: 5,
    hour: 'day',
    flowers: ['#e0293a', '#f2b31c', '#f27ba5', '#f4f0e6'],
  }),
  'white rows': shot('portrait', 'Rows of white flowers in morning mist.', field, {
    seed: 7,
    hour: 'morning',
    flowers: ['#f2efe2', '#f8e9b8'],
  }),
  'red rows': shot('square', 'A field of red flowers under evening clouds.', field, {
    seed: 12,
    hour: 'dusk',
    flowers: ['#d8352a', '#e0503a'],
  }),
} as const;
