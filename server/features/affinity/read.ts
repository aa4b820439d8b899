import type { PersonId } from '../../../api/ids.ts';
import type { Queryable } from '../../ports/db/db.ts';
import { findPreferencesFor, type Medium } from './preferences-store.ts';
import { findAffinity, listAffinities } from './store.ts';
import { decayed } from './weights.ts';

/** How close a person stands to others at a time; who is not in it is a stranger to them (0). */
export async function affinitiesOf(
  q: Queryable,
  personId: PersonId,
  now: Date,
): Promise<Map<PersonId, number>> {
  const rows = await listAffinities(q, personId);
  return new Map(rows.map(({ other_id, score, at }) => [other_id, decayed(score, at, now)]));
}

export async function affinityTo(
  q: Queryable,
  personId: PersonId,
  otherId: PersonId,
  now: Date,
): Promise<number> {
  const row = await findAffinity(q, personId, otherId);
  return row ? decayed(row.score, row.at, now) : 0;
}

/** What somebody does with one kind of medium, as it is worth now. */
export interface Preference {
  readonly engaged: number;
  readonly viewed: number;
  readonly watched: number;
}

const NONE: Preference = { engaged: 0, viewed: 0, watched: 0 };

export async function preferencesOf(
  q: Queryable,
  personId: PersonId,
  now: Date,
): Promise<Readonly<Record<Medium, Preference>>> {
  const found: Record<Medium, Preference> = { photo: NONE, video: NONE };
  for (const { medium, engaged, viewed, watched, at } of await findPreferencesFor(q, personId)) {
    const worth = (value: number) => decayed(Math.max(0, value), at, now);
    found[medium] = { engaged: worth(engaged), viewed: worth(viewed), watched: worth(watched) };
  }
  return found;
}
