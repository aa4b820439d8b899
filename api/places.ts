import { type Static, Type } from 'typebox';
import { PlaceId } from './ids.ts';
import { PLACE_NAME_MAX } from './limits.ts';
import { defineRoute } from './route.ts';

const closed = { additionalProperties: false } as const;
const degrees = (max: number) =>
  Type.Union([Type.Number({ minimum: -max, maximum: max }), Type.Null()]);

/** A place that a post can be at. Coordinates are WGS 84 degrees; both or none. */
export const Place = Type.Object({
  place_id: PlaceId,
  name: Type.String(),
  latitude: degrees(90),
  longitude: degrees(180),
});
export type Place = Static<typeof Place>;

export const createPlace = defineRoute({
  name: 'POST /places',
  summary: 'Name a place; the same name at the same spot (to some 100 m) gives the same place',
  access: 'signed_in',
  body: Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: PLACE_NAME_MAX, pattern: '\\S' }),
      latitude: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
      longitude: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
    },
    closed,
  ),
  returns: Place,
  status: 201,
});

export const findPlaces = defineRoute({
  name: 'GET /places',
  summary: 'Places whose name begins so (at most 10), for completion',
  access: 'signed_in',
  query: Type.Object({ q: Type.String({ minLength: 1, maxLength: PLACE_NAME_MAX }) }, closed),
  returns: Type.Array(Place),
});

export const getPlace = defineRoute({
  name: 'GET /places/{place_id}',
  summary: 'One place',
  access: 'anyone_or_signed_in',
  params: Type.Object({ place_id: PlaceId }, closed),
  returns: Place,
  errors: ['place_not_found'],
});
