import type { PersonId, PostId } from '../../../api/ids.ts';
import { ofHome } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';
import type { PostInList } from '../posts/store.ts';

/** Above every id: nothing is complete. */
export const NOTHING_COMPLETE = '9223372036854775807';

/** A stretch of what was pushed to somebody, newest first, and how far back it can be believed. */
export interface Entries {
  readonly refs: readonly PostInList[];
  /** There are no more below that can be believed. */
  readonly whole: boolean;
  /** At and above this post what was pushed is complete. */
  readonly completeFrom: string;
  /** The day of the last read that was noted, `YYYY-MM-DD`. */
  readonly lastReadOn: string | null;
}

/** Null for who has no row yet. One statement, so that the entries and the claim belong together. */
export async function readCompleteEntries(
  q: Queryable,
  personId: PersonId,
  take: number,
  before: PostId | null,
): Promise<Entries | null> {
  const rows = await q.query<
    { complete_from: string; last_read_on: string | null } & (PostInList | { post_id: null })
  >(
    `select h.complete_from, h.last_read_on, e.post_id, e.author_id, e.repost_of, e.repost_author_id
     from feed_homes h left join (
       select person_id, post_id, author_id, repost_of, repost_author_id from feed_entries
       where person_id = $1 and post_id < coalesce($3::bigint, ${NOTHING_COMPLETE})
       order by post_id desc limit $2
     ) e on e.person_id = h.person_id and e.post_id >= h.complete_from
     where h.person_id = $1 order by e.post_id desc`,
    [personId, take, before],
  );
  const [first] = rows;
  if (!first) return null;
  const refs = rows.flatMap((row): PostInList[] => {
    if (row.post_id === null) return [];
    const { post_id, author_id, repost_of, repost_author_id } = row;
    return [{ post_id, author_id, repost_of, repost_author_id }];
  });
  return {
    refs,
    whole: refs.length < take,
    completeFrom: first.complete_from,
    lastReadOn: first.last_read_on,
  };
}

/** Days as `YYYY-MM-DD`. */
export interface ReadDays {
  readonly today: string;
  /** Who read last before this day comes back after a pause. */
  readonly pausedBefore: string;
  /** Who read last before this day was left out by the fan-out. */
  readonly awayBefore: string;
}

/**
 * Notes that somebody reads; nothing when that day is noted. Of who was left out meanwhile nothing is
 * complete from then on.
 */
export async function noteRead(tx: Transaction, personId: PersonId, days: ReadDays): Promise<void> {
  const noted = await tx.query(
    `insert into feed_homes (person_id, last_read_on, returned_on) values ($1, $2, $2)
     on conflict (person_id) do update set last_read_on = excluded.last_read_on,
       returned_on = case when coalesce(feed_homes.last_read_on < $3, true)
         then excluded.returned_on else feed_homes.returned_on end,
       complete_from = case when feed_homes.last_read_on < $4
         then ${NOTHING_COMPLETE} else feed_homes.complete_from end
     where feed_homes.last_read_on is null or feed_homes.last_read_on < excluded.last_read_on
     returning person_id`,
    [personId, days.today, days.pausedBefore, days.awayBefore],
  );
  if (noted.length > 0) tx.touchLoosely(ofHome(personId));
}

/**
 * Locks the rows of these people until the transaction ends, made where there is none, with nothing
 * below `floor` counted as complete, and gives from where each is complete.
 */
export async function holdHomes(
  tx: Transaction,
  people: readonly PersonId[],
  floor: string,
): Promise<Map<PersonId, string>> {
  const rows = await insertMany<
    'person_id' | 'complete_from',
    { person_id: PersonId; complete_from: string }
  >(tx, {
    table: 'feed_homes',
    columns: { person_id: 'bigint', complete_from: 'bigint' },
    key: ['person_id'],
    rows: people.map((person_id) => ({ person_id, complete_from: floor })),
    onConflict: `(person_id) do update
      set complete_from = greatest(feed_homes.complete_from, excluded.complete_from)`,
    returning: 'person_id, complete_from',
  });
  return new Map(rows.map((row) => [row.person_id, row.complete_from]));
}

/** The caller holds the row. What a memory has of before is still true of what it holds. */
export async function setComplete(
  tx: Transaction,
  personId: PersonId,
  from: string,
): Promise<void> {
  await tx.query('update feed_homes set complete_from = $2 where person_id = $1', [personId, from]);
}

/** Gives somebody who has never read a day from which they count as away in the end. */
export async function noteNeverRead(
  tx: Transaction,
  personId: PersonId,
  day: string,
): Promise<void> {
  await tx.query(
    'update feed_homes set last_read_on = $2 where person_id = $1 and last_read_on is null',
    [personId, day],
  );
}

/** Notes that these people may have more entries than a feed keeps. */
export async function insertGrown(tx: Transaction, people: readonly PersonId[]): Promise<void> {
  await insertMany(tx, {
    table: 'feed_grown',
    columns: { person_id: 'bigint' },
    key: ['person_id'],
    rows: people.map((person_id) => ({ person_id })),
    onConflict: '(person_id) do nothing',
  });
}

export async function listGrown(q: Queryable, take: number): Promise<PersonId[]> {
  const rows = await q.query<{ person_id: PersonId }>(
    'select person_id from feed_grown order by person_id limit $1',
    [take],
  );
  return rows.map((row) => row.person_id);
}

export async function removeGrown(tx: Transaction, personId: PersonId): Promise<void> {
  await tx.query('delete from feed_grown where person_id = $1', [personId]);
}
