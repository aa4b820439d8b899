import type { ReadonlySignal } from '@preact/signals';
import type * as places from '../../api/places.ts';
import { createCache } from './cache.ts';
import { call } from './client.ts';

const known = createCache<places.Place>();

/** A place as it is known now; undefined while no answer has spoken of it. */
export function placeKnown(id: string): ReadonlySignal<places.Place | undefined> {
  return known.at(id);
}

/** Asks the server for a place and takes it in. Throws `ApiError`. */
export async function loadPlace(id: string, signal?: AbortSignal): Promise<void> {
  const params = { place_id: id as places.Place['place_id'] };
  known.put(id, await call<typeof places.getPlace>('GET /places/{place_id}', { params, signal }));
}
