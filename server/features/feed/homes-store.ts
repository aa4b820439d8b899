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

/**
 * The front of several people's feeds, in one statement and one row each: a row for each entry costs
 * more to take apart than to find. Who has no row yet is not in the map.
 */
export async function readFronts(
  q: Queryable,
  people: readonly PersonId[],
  take: number,
): Promise<Map<PersonId, Entries>> {
  if ((await q.flavour()) === 'citus') return readFrontsEach(q, people, take);
  const rows = await q.query<FrontRow>(
    `select h.person_id, h.complete_from, h.last_read_on,
       e.post_ids, e.author_ids, e.reposts_of, e.repost_author_ids
     from feed_homes h cross join lateral (
       select array_agg(post_id) as post_ids, array_agg(author_id) as author_ids,
         array_agg(repost_of) as reposts_of, array_agg(repost_author_id) as repost_author_ids
       from (
         select post_id, author_id, repost_of, repost_author_id from feed_entries
         where person_id = h.person_id and post_id >= h.complete_from
         order by post_id desc limit $2
       ) as front
     ) as e
     where h.person_id = any($1::bigint[]) order by h.person_id`,
    [people, take],
  );
  return new Map(rows.map((row) => [row.person_id, entriesOf(row, take)]));
}

/** The lists go together, newest post first; null where there is none. */
interface FrontRow {
  person_id: PersonId;
  complete_from: string;
  last_read_on: string | null;
  post_ids: PostId[] | null;
  author_ids: PersonId[] | null;
  reposts_of: (PostId | null)[] | null;
  repost_author_ids: (PersonId | null)[] | null;
}

function entriesOf(row: FrontRow, take: number): Entries {
  const refs = (row.post_ids ?? []).map(
    (post_id, at): PostInList => ({
      post_id,
      author_id: row.author_ids?.[at] as PersonId,
      repost_of: row.reposts_of?.[at] ?? null,
      repost_author_id: row.repost_author_ids?.[at] ?? null,
    }),
  );
  return {
    refs,
    whole: refs.length < take,
    completeFrom: row.complete_from,
    lastReadOn: row.last_read_on,
  };
}

/** On Citus each goes to its own shard. */
async function readFrontsEach(q: Queryable, people: readonly PersonId[], take: number) {
  const found = await Promise.all(
    people.map(async (id) => [id, await readCompleteEntries(q, id, take, null)] as const),
  );
  return new Map(found.flatMap(([id, home]) => (home ? [[id, home] as const] : [])));
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

/** The same of many people, whose rows the caller holds, as `setComplete`. */
export async function setCompleteEach(
  tx: Transaction,
  complete: readonly { readonly person_id: PersonId; readonly post_id: PostId }[],
): Promise<void> {
  if (complete.length === 0) return;
  if ((await tx.flavour()) === 'citus') {
    for (const { person_id, post_id } of complete) await setComplete(tx, person_id, post_id);
    return;
  }
  await tx.query(
    `update feed_homes h set complete_from = new.complete_from
     from unnest($1::bigint[], $2::bigint[]) as new (person_id, complete_from)
     where h.person_id = new.person_id`,
    [complete.map(({ person_id }) => person_id), complete.map(({ post_id }) => post_id)],
  );
}

/** Gives those who have never read a day from which they count as away in the end. */
export async function noteNeverRead(
  tx: Transaction,
  people: readonly PersonId[],
  day: string,
): Promise<void> {
  if (people.length === 0) return;
  await tx.query(
    `update feed_homes set last_read_on = $2
     where person_id = any($1::bigint[]) and last_read_on is null`,
    [people, day],
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

export async function removeGrown(tx: Transaction, people: readonly PersonId[]): Promise<void> {
  await tx.query('delete from feed_grown where person_id = any($1::bigint[])', [people]);
}
