import type { PersonId } from '../../../api/ids.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';

/** Somebody to suggest: `via` are some of those who lead to them, `viaCount` how many there are. */
export interface Suggestion {
  readonly suggestedId: PersonId;
  readonly via: readonly PersonId[];
  readonly viaCount: number;
}

/** When somebody's suggestions were last worked out; null when they never were. */
export async function lastRun(q: Queryable, personId: PersonId): Promise<Date | null> {
  const [row] = await q.query<{ computed_at: Date }>(
    'select computed_at from suggestion_runs where person_id = $1',
    [personId],
  );
  return row?.computed_at ?? null;
}

/** Puts new suggestions in the place of the old ones. Two at once come one after the other. */
export async function saveSuggestions(
  tx: Transaction,
  personId: PersonId,
  suggestions: readonly Suggestion[],
  at: Date,
): Promise<void> {
  await tx.query(
    `insert into suggestion_runs (person_id, computed_at) values ($1, $2)
     on conflict (person_id) do update set computed_at = excluded.computed_at`,
    [personId, at],
  );
  await tx.query('delete from suggestions where person_id = $1', [personId]);
  await insertMany(tx, {
    table: 'suggestions',
    columns: {
      person_id: 'bigint',
      suggested_id: 'bigint',
      position: 'integer',
      via: 'bigint[]',
      via_count: 'integer',
    },
    key: ['person_id', 'suggested_id'],
    rows: suggestions.map(({ suggestedId, via, viaCount }, position) => ({
      person_id: personId,
      suggested_id: suggestedId,
      position,
      via,
      via_count: viaCount,
    })),
  });
}

/** All that is kept for a person, best first. */
export async function readSuggestions(q: Queryable, personId: PersonId): Promise<Suggestion[]> {
  const rows = await q.query<{ suggested_id: PersonId; via: PersonId[]; via_count: number }>(
    `select suggested_id, via, via_count from suggestions where person_id = $1
     order by position, suggested_id`,
    [personId],
  );
  return rows.map((row) => ({
    suggestedId: row.suggested_id,
    via: row.via,
    viaCount: row.via_count,
  }));
}

export async function dismiss(
  tx: Transaction,
  personId: PersonId,
  dismissedId: PersonId,
  at: Date,
) {
  await tx.query(
    `insert into suggestions_dismissed (person_id, dismissed_id, dismissed_at) values ($1, $2, $3)
     on conflict (person_id, dismissed_id) do nothing`,
    [personId, dismissedId, at],
  );
  await tx.query('delete from suggestions where person_id = $1 and suggested_id = $2', [
    personId,
    dismissedId,
  ]);
}

/** Which of `others` this person does not want to have suggested again. */
export async function dismissedAmong(
  q: Queryable,
  personId: PersonId,
  others: readonly PersonId[],
): Promise<Set<PersonId>> {
  const rows = await q.query<{ dismissed_id: PersonId }>(
    `select dismissed_id from suggestions_dismissed
     where person_id = $1 and dismissed_id = any($2::bigint[]) order by dismissed_id`,
    [personId, others],
  );
  return new Set(rows.map((row) => row.dismissed_id));
}

/** The latest `each` whom every one of `followerIds` follows, as pairs. */
export async function latestFollowed(
  q: Queryable,
  followerIds: readonly PersonId[],
  each: number,
): Promise<{ follower_id: PersonId; followee_id: PersonId }[]> {
  return q.query(
    `select follower_id, followee_id from (
       select follower_id, followee_id,
         row_number() over (partition by follower_id order by follow_id desc) as newest
       from follows_by_follower where follower_id = any($1::bigint[])) as ranked
     where newest <= $2 order by follower_id, followee_id`,
    [followerIds, each],
  );
}

export interface Popular {
  readonly people: readonly PersonId[];
  readonly computedAt: Date;
}

export async function readPopular(q: Queryable): Promise<Popular | null> {
  const [row] = await q.query<{ people: PersonId[]; computed_at: Date }>(
    'select people, computed_at from popular_people where only_one',
  );
  return row ? { people: row.people, computedAt: row.computed_at } : null;
}

export async function savePopular(q: Queryable, people: readonly PersonId[], at: Date) {
  await q.query(
    `insert into popular_people (only_one, people, computed_at) values (true, $1, $2)
     on conflict (only_one) do update
     set people = excluded.people, computed_at = excluded.computed_at`,
    [people, at],
  );
}
