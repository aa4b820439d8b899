import { type Static, Type } from 'typebox';
import { LOOKS } from './limits.ts';

const closed = { additionalProperties: false } as const;

const fromMinusOne = (description: string) =>
  Type.Optional(
    Type.Number({ minimum: -1, maximum: 1, description: `${description}; 0 changes nothing` }),
  );
const fromZero = (description: string) =>
  Type.Optional(Type.Number({ minimum: 0, maximum: 1, description }));

export const Look = Type.Enum([...LOOKS], { description: 'A named look' });
export type Look = (typeof LOOKS)[number];

/** How a picture is changed before it is shown. The original stays as it came. */
export const Edit = Type.Object(
  {
    look: Type.Optional(Look),
    strength: fromZero('Of the look; 1 when it is left out'),
    brightness: fromMinusOne('From dark to bright'),
    contrast: fromMinusOne('From flat to hard'),
    saturation: fromMinusOne('From grey to vivid'),
    warmth: fromMinusOne('From blue to amber'),
    vignette: fromZero('How dark the corners are'),
  },
  closed,
);
export type Edit = Static<typeof Edit>;
