import type { PersonId, PostId } from '../../../api/ids.ts';
import { ofHome } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';
import type { PostInList } from '../posts/store.ts';
import { announceEntries } from './announce.ts';

/** More posts at once are not added to what lies near, which is read again then. */
const ANNOUNCED_MAX = 8;

/** Appends in bulk, in the order of the keys. Entries that are there already stay as they are. */
export async function insertEntries(
  tx: Transaction,
  entries: readonly ({ person_id: PersonId } & PostInList)[],
): Promise<void> {
  tellOfEntries(tx, entries);
  await insertMany(tx, {
    table: 'feed_entries',
    columns: {
      person_id: 'bigint',
      post_id: 'bigint',
      author_id: 'bigint',
      repost_of: 'bigint',
      repost_author_id: 'bigint',
    },
    key: ['person_id', 'post_id'],
    rows: entries,
    onConflict: '(person_id, post_id) do nothing',
  });
}

function tellOfEntries(
  tx: Transaction,
  entries: readonly ({ person_id: PersonId } & PostInList)[],
): void {
  const byPost = Map.groupBy(entries, ({ post_id }) => post_id);
  if (byPost.size > ANNOUNCED_MAX) {
    tx.touchLoosely(...new Set(entries.map(({ person_id }) => ofHome(person_id))));
    return;
  }
  for (const some of byPost.values()) {
    const people = some.map(({ person_id }) => person_id);
    announceEntries(tx, people, some[0] as PostInList);
  }
}

/** What of one author stands in somebody's feed. */
export async function entriesOfAuthor(
  q: Queryable,
  personId: PersonId,
  authorId: PersonId,
): Promise<PostId[]> {
  const rows = await q.query<{ post_id: PostId }>(
    'select post_id from feed_entries where person_id = $1 and author_id = $2 order by post_id desc',
    [personId, authorId],
  );
  return rows.map((row) => row.post_id);
}

/** Takes a post that is gone out of these people's feeds. */
export async function removeFromFeeds(
  tx: Transaction,
  people: readonly PersonId[],
  postId: PostId,
): Promise<void> {
  if (people.length === 0) return;
  await tx.query('delete from feed_entries where person_id = any($1::bigint[]) and post_id = $2', [
    people,
    postId,
  ]);
}

/** Takes single posts out of a feed. */
export async function removeEntries(
  tx: Transaction,
  personId: PersonId,
  postIds: readonly PostId[],
): Promise<void> {
  if (postIds.length === 0) return;
  tx.touchLoosely(ofHome(personId));
  await tx.query('delete from feed_entries where person_id = $1 and post_id = any($2::bigint[])', [
    personId,
    postIds,
  ]);
}

/** The post that stands at place `nth` of somebody's entries, the newest being the first; null when there are fewer. */
export async function nthEntry(
  q: Queryable,
  personId: PersonId,
  nth: number,
): Promise<PostId | null> {
  const [row] = await q.query<{ post_id: PostId }>(
    `select post_id from feed_entries where person_id = $1
     order by post_id desc offset $2 limit 1`,
    [personId, nth - 1],
  );
  return row?.post_id ?? null;
}

/** Takes up to `take` entries below `from` out of a feed; true when there may be more. */
export async function removeBelow(
  tx: Transaction,
  personId: PersonId,
  from: string,
  take: number,
): Promise<boolean> {
  const gone = await tx.query(
    `delete from feed_entries where (person_id, post_id) in (
       select person_id, post_id from feed_entries where person_id = $1 and post_id < $2
       order by post_id limit $3)
     returning post_id`,
    [personId, from, take],
  );
  return gone.length === take;
}

/** A feed, and the post of it below which everything may go. */
export interface Cut {
  readonly person_id: PersonId;
  readonly post_id: PostId;
}

/** The same of many feeds as `nthEntry`; who has fewer entries is not in the map. */
export async function nthEntries(
  q: Queryable,
  people: readonly PersonId[],
  nth: number,
): Promise<Map<PersonId, PostId>> {
  const found = new Map<PersonId, PostId>();
  if ((await q.flavour()) === 'citus') {
    for (const personId of people) {
      const post = await nthEntry(q, personId, nth);
      if (post !== null) found.set(personId, post);
    }
    return found;
  }
  // Nulls are left out here: a condition on what is looked up has it looked up twice.
  const rows = await q.query<{ person_id: PersonId; post_id: PostId | null }>(
    `select person_id, (
       select post_id from feed_entries e where e.person_id = reader.person_id
       order by post_id desc offset $2 limit 1
     ) as post_id
     from unnest($1::bigint[]) as reader (person_id) order by person_id`,
    [people, nth - 1],
  );
  for (const { person_id, post_id } of rows) if (post_id !== null) found.set(person_id, post_id);
  return found;
}

/** The same of many feeds as `removeBelow`, some `take` entries of each; gives those that may have more. */
export async function removeBelowEach(
  tx: Transaction,
  cuts: readonly Cut[],
  take: number,
): Promise<PersonId[]> {
  const left: PersonId[] = [];
  if (cuts.length === 0) return left;
  if ((await tx.flavour()) === 'citus') {
    for (const { person_id, post_id } of cuts) {
      if (await removeBelow(tx, person_id, post_id, take)) left.push(person_id);
    }
    return left;
  }
  const rows = await tx.query<{ person_id: PersonId }>(
    `with cut as materialized (
       select person_id, below, coalesce((
         select post_id from feed_entries e where e.person_id = feed.person_id and post_id < below
         order by post_id desc offset $3 limit 1
       ), 0) as above
       from unnest($1::bigint[], $2::bigint[]) as feed (person_id, below)
     ),
     gone as (
       delete from feed_entries e using cut
       where e.person_id = cut.person_id and e.post_id < below and e.post_id > above
     )
     select person_id from cut where above > 0 order by person_id`,
    [cuts.map(({ person_id }) => person_id), cuts.map(({ post_id }) => post_id), take],
  );
  for (const { person_id } of rows) left.push(person_id);
  return left;
}
