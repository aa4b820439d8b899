import type { PersonId } from '../../../api/ids.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';
import { HALF_LIFE_MS } from './weights.ts';

export type Medium = 'photo' | 'video';

/** What somebody did with the photos, or with the videos, that they came across. */
export interface PreferenceRow {
  person_id: PersonId;
  medium: Medium;
  /** Likes, comments, shares, saves, reposts. */
  engaged: number;
  viewed: number;
  /** Of videos: 1 for each that was played to its end. */
  watched: number;
  at: Date;
}

/** See `left` of store.ts. */
const LEFT = `power(0.5::double precision, least(100, greatest(0,
  extract(epoch from excluded.at - content_preferences.at))::double precision / ${HALF_LIFE_MS / 1000}))`;
const added = (column: string) =>
  `${column} = greatest(0, content_preferences.${column} * ${LEFT} + excluded.${column})`;

/** Adds to what is known of each person and medium, each once a call. What is taken back is below 0. */
export async function addPreferences(
  tx: Transaction,
  rows: readonly PreferenceRow[],
): Promise<void> {
  await insertMany(tx, {
    table: 'content_preferences',
    columns: {
      person_id: 'bigint',
      medium: 'text',
      engaged: 'double precision',
      viewed: 'double precision',
      watched: 'double precision',
      at: 'timestamptz',
    },
    key: ['person_id', 'medium'],
    rows: rows.map((row) => ({ ...row })),
    onConflict: `(person_id, medium) do update set ${added('engaged')}, ${added('viewed')},
      ${added('watched')}, at = greatest(content_preferences.at, excluded.at)`,
  });
}

/** At most two rows. */
export async function findPreferencesFor(
  q: Queryable,
  personId: PersonId,
): Promise<PreferenceRow[]> {
  return q.query<PreferenceRow>(
    `select person_id, medium, engaged, viewed, watched, at from content_preferences
     where person_id = $1 order by medium`,
    [personId],
  );
}
