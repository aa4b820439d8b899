import type { PersonId } from '../../../api/ids.ts';
import { ofFollowedTags } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';

/** How many public posts each of `tags` has. Those that nobody uses are not in the map. */
export async function postsCounts(
  q: Queryable,
  tags: readonly string[],
): Promise<Map<string, number>> {
  if (tags.length === 0) return new Map();
  const rows = await q.query<{ tag: string; posts_count: number }>(
    'select tag, posts_count from hashtags where tag = any($1::text[]) order by tag',
    [tags],
  );
  return new Map(rows.map((row) => [row.tag, row.posts_count]));
}

/** The figure that completion is ordered by: 0 for a tag without posts, then one more for each doubling. */
const weightOf = (posts: number) => (posts <= 0 ? 0 : 32 - Math.clz32(posts));
/** Completion has a list of its own for so many first letters. */
const PREFIX_LETTERS = 3;

/** The beginnings under which a tag is listed for completion. */
const prefixesOf = (tag: string) =>
  Array.from(tag)
    .slice(0, PREFIX_LETTERS)
    .map((_, index, letters) => letters.slice(0, index + 1).join(''));

/** Adds to the counts of tags, in the order of the tags. */
export async function addToPostsCounts(
  tx: Transaction,
  changes: ReadonlyMap<string, number>,
): Promise<void> {
  const counted = await insertMany<'tag' | 'posts_count', { tag: string; posts_count: number }>(
    tx,
    {
      table: 'hashtags',
      columns: { tag: 'text', posts_count: 'integer' },
      key: ['tag'],
      rows: [...changes].map(([tag, posts_count]) => ({ tag, posts_count })),
      onConflict: '(tag) do update set posts_count = hashtags.posts_count + excluded.posts_count',
      returning: 'tag, posts_count',
    },
  );
  const moved = counted.filter(
    ({ tag, posts_count: now }) => weightOf(now) !== weightOf(now - (changes.get(tag) ?? 0)),
  );
  const listed = moved.filter((row) => row.posts_count > 0);
  await insertMany(tx, {
    table: 'hashtags_by_prefix',
    columns: { prefix: 'text', tag: 'text', weight: 'smallint' },
    key: ['prefix', 'tag'],
    rows: listed.flatMap(({ tag, posts_count }) =>
      prefixesOf(tag).map((prefix) => ({ prefix, tag, weight: weightOf(posts_count) })),
    ),
    onConflict: '(prefix, tag) do update set weight = excluded.weight',
  });
  for (const { tag } of moved.filter((row) => row.posts_count <= 0)) {
    await tx.query('delete from hashtags_by_prefix where prefix = any($1::text[]) and tag = $2', [
      prefixesOf(tag),
      tag,
    ]);
  }
}

/** Stands after every letter, so that what begins alike is one stretch of the index. */
const LAST = '\u{10ffff}';
/** Of tags that begin with more letters than the lists have, so many are looked at from either end. */
const LOOKED_AT = 300;

/**
 * Tags in use that begin with `start`, the most used first. Up to three letters exactly; beyond, the
 * best of the heaviest 300 of the first three letters and the first 300 by the alphabet.
 */
export async function tagsThatBegin(q: Queryable, start: string, take: number): Promise<string[]> {
  const letters = Array.from(start);
  const prefix = letters.slice(0, PREFIX_LETTERS).join('');
  if (letters.length <= PREFIX_LETTERS) {
    const rows = await q.query<{ tag: string }>(
      'select tag from hashtags_by_prefix where prefix = $1 order by weight desc, tag limit $2',
      [prefix, take],
    );
    return rows.map((row) => row.tag);
  }
  const rows = await q.query<{ tag: string }>(
    `with heaviest as (
       select tag, weight from hashtags_by_prefix where prefix = $1
       order by weight desc, tag limit ${LOOKED_AT}
     ), first as (
       select tag, weight from hashtags_by_prefix
       where prefix = $1 and tag >= $2 and tag < $2 || $4 order by tag limit ${LOOKED_AT}
     )
     select found.tag from (
       select tag, weight from heaviest where starts_with(tag, $2) union select tag, weight from first
     ) found order by found.weight desc, found.tag limit $3`,
    [prefix, start, take, LAST],
  );
  return rows.map((row) => row.tag);
}

export interface FollowedTag {
  tag: string;
  follow_id: string;
}

/** Writes both rows of a follow; false when it was there before. */
export async function insertTagFollow(
  tx: Transaction,
  follow: { personId: PersonId; tag: string; followId: string; at: Date },
): Promise<boolean> {
  const made = await tx.query(
    `insert into hashtag_follows_by_person (person_id, tag, follow_id, created_at)
     values ($1, $2, $3, $4) on conflict (person_id, tag) do nothing returning tag`,
    [follow.personId, follow.tag, follow.followId, follow.at],
  );
  if (made.length === 0) return false;
  tx.touch(ofFollowedTags(follow.personId));
  await tx.query('insert into hashtag_follows_by_tag (tag, person_id) values ($1, $2)', [
    follow.tag,
    follow.personId,
  ]);
  return true;
}

/** Removes both rows; false when there was no follow. */
export async function removeTagFollow(tx: Transaction, personId: PersonId, tag: string) {
  const gone = await tx.query(
    'delete from hashtag_follows_by_person where person_id = $1 and tag = $2 returning tag',
    [personId, tag],
  );
  if (gone.length === 0) return false;
  tx.touch(ofFollowedTags(personId));
  await tx.query('delete from hashtag_follows_by_tag where tag = $1 and person_id = $2', [
    tag,
    personId,
  ]);
  return true;
}

/** Newest follows first; `before` is the follow_id that ended the page before. */
export async function listTagFollows(
  q: Queryable,
  personId: PersonId,
  take: number,
  before: string | null,
): Promise<FollowedTag[]> {
  return q.query<FollowedTag>(
    `select tag, follow_id from hashtag_follows_by_person
     where person_id = $1 and follow_id < coalesce($3::bigint, 9223372036854775807)
     order by follow_id desc limit $2`,
    [personId, take, before],
  );
}

/** All hashtags of each of these people. Who follows none is not in the map. */
export async function followedTagsOf(
  q: Queryable,
  people: readonly PersonId[],
): Promise<Map<PersonId, Set<string>>> {
  const rows = await q.query<{ person_id: PersonId; tag: string }>(
    `select person_id, tag from hashtag_follows_by_person
     where person_id = any($1::bigint[]) order by person_id, tag`,
    [people],
  );
  const byPerson = Map.groupBy(rows, (row) => row.person_id);
  return new Map([...byPerson].map(([id, found]) => [id, new Set(found.map(({ tag }) => tag))]));
}

/**
 * SQL of the hashtags that somebody follows, a list or null, for a statement that has their id in `person`.
 * On Citus that must be the same in all rows.
 */
export function followedTagsColumn(person: string): string {
  return `(select array_agg(t.tag) from hashtag_follows_by_person t where t.person_id = ${person}) as tags`;
}

/** Which of `tags` this person follows. */
export async function followedTagsAmong(
  q: Queryable,
  personId: PersonId | null,
  tags: readonly string[],
): Promise<Set<string>> {
  if (personId === null || tags.length === 0) return new Set();
  const rows = await q.query<{ tag: string }>(
    `select tag from hashtag_follows_by_person
     where person_id = $1 and tag = any($2::text[]) order by tag`,
    [personId, tags],
  );
  return new Set(rows.map((row) => row.tag));
}

/** People who follow a tag, in the order of their ids, for work that goes through them in batches. */
export async function tagFollowerBatch(
  q: Queryable,
  tag: string,
  after: PersonId | '0',
  take: number,
): Promise<PersonId[]> {
  const rows = await q.query<{ person_id: PersonId }>(
    `select person_id from hashtag_follows_by_tag
     where tag = $1 and person_id > $2 order by person_id limit $3`,
    [tag, after, take],
  );
  return rows.map((row) => row.person_id);
}
