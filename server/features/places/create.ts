import { createHash } from 'node:crypto';
import type { PersonId, PlaceId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { fieldProblem } from '../../kernel/problem.ts';
import { foldName, initialOf, tidyName } from './rules.ts';
import { claimKey, findPlace, insertPlace, type PlaceRow } from './store.ts';

export interface NewPlace {
  readonly name: string;
  readonly latitude?: number;
  readonly longitude?: number;
}

/** Thousandths of a degree: 111 m from north to south, less from east to west away from the equator. */
const STEPS_PER_DEGREE = 1000;

/** The spot in whole steps. East and west of the date line it is the same. */
function spotOf(latitude: number, longitude: number): string {
  const steps = (degrees: number) => Math.round(degrees * STEPS_PER_DEGREE);
  const east = steps(longitude) === -180 * STEPS_PER_DEGREE ? -steps(longitude) : steps(longitude);
  // Adding 0 makes 0 of -0.
  return `${steps(latitude) + 0},${east + 0}`;
}

/**
 * Names a place, and gives the one that was there before under the same folded name at the same spot.
 * Throws `validation_failed` for half of a position and for a name of which nothing is left.
 */
export async function createPlace(
  ctx: Context,
  personId: PersonId,
  { name: typed, latitude, longitude }: NewPlace,
): Promise<PlaceRow> {
  if ((latitude === undefined) !== (longitude === undefined)) {
    const missing = latitude === undefined ? 'latitude' : 'longitude';
    throw fieldProblem({ [`body.${missing}`]: 'is missing: give both coordinates or none' });
  }
  const name = tidyName(typed);
  const folded = foldName(name);
  if (folded === '') throw fieldProblem({ 'body.name': 'must have letters' });
  const spot = latitude === undefined || longitude === undefined ? '' : spotOf(latitude, longitude);
  const key = createHash('sha256').update(`${folded}\n${spot}`).digest('base64url');
  return ctx.db.transaction(async (tx) => {
    const mine = ctx.ids.next<PlaceId>();
    const placeId = await claimKey(tx, key, mine);
    if (placeId === mine) {
      const place = { latitude: latitude ?? null, longitude: longitude ?? null, name };
      const listed = { folded, initial: initialOf(folded) };
      const made = { by: personId, at: ctx.clock.now() };
      await insertPlace(tx, { place_id: mine, ...place, ...listed }, made);
    }
    const place = await findPlace(tx, placeId);
    if (!place) throw new Error(`place ${placeId} has a key and no row`);
    return place;
  });
}
