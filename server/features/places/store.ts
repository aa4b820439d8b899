import type { PersonId, PlaceId } from '../../../api/ids.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';

export interface PlaceRow {
  place_id: PlaceId;
  name: string;
  latitude: number | null;
  longitude: number | null;
}

/** Stands after every letter, so that what begins alike is one stretch of the index. */
const LAST = '\u{10ffff}';

const COLUMNS = 'place_id, name, latitude, longitude';

/** One place, or null. */
export async function findPlace(q: Queryable, placeId: PlaceId): Promise<PlaceRow | null> {
  const [row] = await q.query<PlaceRow>(`select ${COLUMNS} from places where place_id = $1`, [
    placeId,
  ]);
  return row ?? null;
}

/** All of `ids` that exist, in one statement, in no order that means anything. */
export async function findPlaces(q: Queryable, ids: readonly PlaceId[]): Promise<PlaceRow[]> {
  if (ids.length === 0) return [];
  return q.query<PlaceRow>(
    `select ${COLUMNS} from places where place_id = any($1::bigint[]) order by place_id`,
    [ids],
  );
}

/**
 * Takes a key for a place; gives the place that has it from now on. Who comes second waits for the
 * first to commit.
 */
export async function claimKey(tx: Transaction, key: string, placeId: PlaceId): Promise<PlaceId> {
  const made = await tx.query(
    'insert into place_keys (key, place_id) values ($1, $2) on conflict (key) do nothing returning key',
    [key, placeId],
  );
  if (made.length > 0) return placeId;
  const [row] = await tx.query<{ place_id: PlaceId }>(
    'select place_id from place_keys where key = $1',
    [key],
  );
  if (!row) throw new Error('the key of a place is neither free nor taken');
  return row.place_id;
}

export async function insertPlace(
  tx: Transaction,
  place: PlaceRow & { readonly folded: string; readonly initial: string },
  made: { readonly by: PersonId; readonly at: Date },
): Promise<void> {
  await tx.query(
    `insert into places (place_id, name, latitude, longitude, created_by, created_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [place.place_id, place.name, place.latitude, place.longitude, made.by, made.at],
  );
  await tx.query('insert into place_names (initial, folded, place_id) values ($1, $2, $3)', [
    place.initial,
    place.folded,
    place.place_id,
  ]);
}

/** Places whose folded name begins with `folded`, in the order of their names. */
export async function findIdsByPrefix(
  q: Queryable,
  initial: string,
  folded: string,
  take: number,
): Promise<PlaceId[]> {
  const rows = await q.query<{ place_id: PlaceId }>(
    `select place_id from place_names
     where initial = $1 and folded >= $2 and folded < $2 || $4
     order by folded, place_id limit $3`,
    [initial, folded, take, LAST],
  );
  return rows.map((row) => row.place_id);
}
