import type { PlaceId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { foldName, initialOf } from './rules.ts';
import { findIdsByPrefix, findPlace, findPlaces, type PlaceRow } from './store.ts';

/** What completion offers. */
const OFFERED_MAX = 10;

/** Places whose name begins as typed, at most 10, in the order of their names. */
export async function placesThatBegin(ctx: Context, typed: string): Promise<PlaceRow[]> {
  const start = foldName(typed);
  if (start === '') return [];
  const ids = await findIdsByPrefix(ctx.db, initialOf(start), start, OFFERED_MAX);
  const places = new Map((await findPlaces(ctx.db, ids)).map((row) => [row.place_id, row]));
  return ids.flatMap((id) => places.get(id) ?? []);
}

/** One place. Throws `place_not_found`. */
export async function demandPlace(ctx: Context, placeId: PlaceId): Promise<PlaceRow> {
  const place = await findPlace(ctx.db, placeId);
  if (!place) throw new Problem('place_not_found');
  return place;
}
