import type { PersonId } from '../../../api/ids.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';
import { AFFINITIES_MAX, AFFINITY_MAX, HALF_LIFE_MS, VISIT_EVERY_MS } from './weights.ts';

export interface AffinityRow {
  person_id: PersonId;
  other_id: PersonId;
  /** What it is worth at `at`. */
  score: number;
  at: Date;
}

/**
 * The part that is left after the time from `from` to `to`. Never below 2⁻¹⁰⁰: PostgreSQL refuses what
 * underflows.
 */
const left = (from: string, to: string) =>
  `power(0.5::double precision, least(100, greatest(0, extract(epoch from ${to} - ${from}))::double precision / ${HALF_LIFE_MS / 1000}))`;

const bounded = (score: string) => `least(${AFFINITY_MAX}, greatest(0, ${score}))`;

const ADDED = `score = ${bounded(`affinity.score * ${left('affinity.at', 'excluded.at')} + excluded.score`)},
  at = greatest(affinity.at, excluded.at), times = affinity.times + 1`;

const COLUMNS = {
  person_id: 'bigint',
  other_id: 'bigint',
  score: 'double precision',
  at: 'timestamptz',
  times: 'integer',
  visited_at: 'timestamptz',
} as const;

/** Somebody stands close to a person for the first time. */
export type Newcomer = Pick<AffinityRow, 'person_id' | 'score'>;

type Written = Newcomer & { times: number };

/**
 * Adds to how close people stand, each pair once a call, and gives who stands close to somebody new: they
 * are to be trimmed now and then. A score below 0 takes back.
 */
export async function addAffinities(
  tx: Transaction,
  rows: readonly AffinityRow[],
): Promise<Newcomer[]> {
  const written = await insertMany<keyof typeof COLUMNS, Written>(tx, {
    table: 'affinity',
    columns: COLUMNS,
    key: ['person_id', 'other_id'],
    rows: rows.map((row) => ({ ...row, times: 1, visited_at: null })),
    onConflict: `(person_id, other_id) do update set ${ADDED}`,
    returning: 'person_id, score, times',
  });
  return written.filter(isNew);
}

/** The same for visits, of which one an hour counts. */
export async function addVisits(
  tx: Transaction,
  rows: readonly AffinityRow[],
): Promise<Newcomer[]> {
  const written = await insertMany<keyof typeof COLUMNS, Written>(tx, {
    table: 'affinity',
    columns: COLUMNS,
    key: ['person_id', 'other_id'],
    rows: rows.map((row) => ({ ...row, times: 1, visited_at: row.at })),
    onConflict: `(person_id, other_id) do update
      set ${ADDED}, visited_at = excluded.visited_at
      where affinity.visited_at is null
        or affinity.visited_at <= excluded.visited_at - interval '${VISIT_EVERY_MS} milliseconds'`,
    returning: 'person_id, score, times',
  });
  return written.filter(isNew);
}

const isNew = ({ times }: Written) => times === 1;

/**
 * Lets those leave who stand least close to each of `people`, beyond the bound, and those of whom only
 * something was taken back that is not there any more.
 */
export async function trimAffinities(
  tx: Transaction,
  people: readonly PersonId[],
  now: Date,
): Promise<void> {
  if (people.length === 0) return;
  await tx.query(
    `delete from affinity where (person_id, other_id) in (
       select person_id, other_id from (
         select person_id, other_id, score, row_number() over (
           partition by person_id order by score * ${left('at', '$2::timestamptz')} desc, other_id desc
         ) as place
         from affinity where person_id = any($1::bigint[])) as placed
       where place > ${AFFINITIES_MAX} or score < 0)
     and person_id = any($1::bigint[])`,
    [people, now],
  );
}

/**
 * How close a person stands to all whom they stand close to: one range of some 500 rows at most. As one text:
 * taking rows apart costs more than the ranking that they are for.
 */
export async function listAffinities(
  q: Queryable,
  personId: PersonId,
): Promise<Pick<AffinityRow, 'other_id' | 'score' | 'at'>[]> {
  const [row] = await q.query<{ all_of_them: string | null }>(
    `select string_agg(concat_ws(' ', other_id, score, extract(epoch from at)), ',') as all_of_them
     from affinity where person_id = $1`,
    [personId],
  );
  return (row?.all_of_them?.split(',') ?? []).map((one) => {
    const [other_id, score, seconds] = one.split(' ');
    const at = new Date(Math.round(Number(seconds) * 1000));
    return { other_id: other_id as PersonId, score: Number(score), at };
  });
}

/** How close a person stands to one other. */
export async function findAffinity(
  q: Queryable,
  personId: PersonId,
  otherId: PersonId,
): Promise<Pick<AffinityRow, 'other_id' | 'score' | 'at'> | null> {
  const [row] = await q.query<Pick<AffinityRow, 'other_id' | 'score' | 'at'>>(
    'select other_id, score, at from affinity where person_id = $1 and other_id = $2',
    [personId, otherId],
  );
  return row ?? null;
}
