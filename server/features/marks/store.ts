import type { PersonId, PostId } from '../../../api/ids.ts';
import { completeAbove } from '../../kernel/near-facts.ts';
import { ofMarks } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';

export interface NewLike {
  readonly personId: PersonId;
  readonly likeId: string;
}

/**
 * Writes both rows of each like of one post and gives those who did not like it before. Who writes the
 * post's row holds it until the transaction ends, so nobody else touches the person's row meanwhile.
 */
export async function insertLikes(
  tx: Transaction,
  postId: PostId,
  likes: readonly NewLike[],
  at: Date,
): Promise<PersonId[]> {
  const made = await insertMany<string, { person_id: PersonId; like_id: string }>(tx, {
    table: 'likes_by_post',
    columns: { post_id: 'int8', person_id: 'int8', like_id: 'int8', created_at: 'timestamptz' },
    key: ['post_id', 'person_id'],
    rows: likes.map(({ personId, likeId }) => ({
      post_id: postId,
      person_id: personId,
      like_id: likeId,
      created_at: at,
    })),
    onConflict: '(post_id, person_id) do nothing',
    returning: 'person_id, like_id',
  });
  await insertMany(tx, {
    table: 'likes_by_person',
    columns: { person_id: 'int8', post_id: 'int8', like_id: 'int8' },
    key: ['person_id', 'post_id'],
    rows: made.map((row) => ({ ...row, post_id: postId })),
  });
  const people = made.map((row) => row.person_id);
  tx.touchLoosely(...people.map(ofMarks));
  return people;
}

/** Removes both rows of these people's likes of one post and gives those who liked it, and since when. */
export async function removeLikes(
  tx: Transaction,
  postId: PostId,
  personIds: readonly PersonId[],
): Promise<{ person_id: PersonId; created_at: Date }[]> {
  if (personIds.length === 0) return [];
  const gone = await tx.query<{ person_id: PersonId; created_at: Date }>(
    `delete from likes_by_post where post_id = $1 and person_id = any($2::bigint[])
     returning person_id, created_at`,
    [postId, personIds],
  );
  if (gone.length === 0) return gone;
  const people = gone.map((row) => row.person_id);
  await tx.query(
    'delete from likes_by_person where post_id = $1 and person_id = any($2::bigint[])',
    [postId, people],
  );
  tx.touchLoosely(...people.map(ofMarks));
  return gone;
}

export async function listLikes(q: Queryable, postId: PostId, take: number, before: string | null) {
  return q.query<{ person_id: PersonId; like_id: string }>(
    `select person_id, like_id from likes_by_post
     where post_id = $1 and like_id < coalesce($3::bigint, 9223372036854775807)
     order by like_id desc limit $2`,
    [postId, take, before],
  );
}

/** The newest posts among those that a person likes, in the order of the posts. */
export async function newestLiked(
  q: Queryable,
  personId: PersonId,
  take: number,
): Promise<PostId[]> {
  const rows = await q.query<{ post_id: PostId }>(
    `select post_id from likes_by_person where person_id = $1 order by post_id desc limit $2`,
    [personId, take],
  );
  return rows.map((row) => row.post_id);
}

/** Which of `personIds` like which of `postIds`, as pairs. Bounded by both. */
export async function likesAmong(
  q: Queryable,
  personIds: readonly PersonId[],
  postIds: readonly PostId[],
): Promise<{ person_id: PersonId; post_id: PostId }[]> {
  if (personIds.length === 0 || postIds.length === 0) return [];
  return q.query(
    `select person_id, post_id from likes_by_person
     where person_id = any($1::bigint[]) and post_id = any($2::bigint[])
     order by person_id, post_id`,
    [personIds, postIds],
  );
}

/** Up to `take` likes of a post that is gone, both rows of each; true when there may be more. */
export async function removeLikesOfPost(
  tx: Transaction,
  postId: PostId,
  take: number,
): Promise<boolean> {
  const rows = await tx.query<{ person_id: PersonId }>(
    'select person_id from likes_by_post where post_id = $1 order by person_id limit $2',
    [postId, take],
  );
  const people = rows.map((row) => row.person_id);
  tx.touchLoosely(...people.map(ofMarks));
  await tx.query('delete from likes_by_post where post_id = $1 and person_id = any($2::bigint[])', [
    postId,
    people,
  ]);
  await tx.query(
    'delete from likes_by_person where post_id = $1 and person_id = any($2::bigint[])',
    [postId, people],
  );
  return people.length === take;
}

/** What a person has marked of some posts. */
export interface Marks {
  readonly liked: boolean;
  readonly saved: boolean;
  readonly reposted: boolean;
  /** Was on their screen. */
  readonly seen: boolean;
}

export const NO_MARKS: Marks = { liked: false, saved: false, reposted: false, seen: false };

/** A column for each mark: the posts that bear it, joined by spaces; null for none. */
export type MarkColumns = Readonly<Record<keyof Marks, string | null>>;

const SOURCES: Readonly<Record<keyof Marks, string>> = {
  liked: 'likes_by_person',
  saved: 'saves_by_person',
  reposted: 'reposts_by_person',
  seen: 'seen_posts',
};

/**
 * SQL of these columns, for a statement that has a person's id in `person` and posts, an array of ids, in
 * `posts`: all marks lie under the person's key. On Citus the person must be the same in all rows.
 */
export function markColumns(person: string, posts: string): string {
  return KINDS.map(
    (kind) => `(select string_agg(t.post_id::text, ' ') from ${SOURCES[kind]} t
      where t.person_id = ${person} and t.post_id = any(${posts})) as ${kind}`,
  ).join(',\n');
}

const KINDS = Object.keys(NO_MARKS) as (keyof Marks)[];

/** Of several people at once, a row each: few rows are cheap. */
const MARKS = `with asked as materialized (
    select person_id, posts::bigint[] as posts from unnest($1::bigint[], $2::text[]) as a (person_id, posts)
  )
  select person_id, ${markColumns('a.person_id', 'a.posts')}
  from asked a`;

/** The same of one person: where those of others may lie elsewhere. */
const MARKS_OF_ONE = `select $1::bigint as person_id, ${markColumns('$1', '$2::bigint[]')}`;

export interface MarksAsked {
  readonly personId: PersonId;
  readonly postIds: readonly PostId[];
}

type MarksRow = { person_id: PersonId } & MarkColumns;

/** What several people have marked of posts that each of them asks about; who has no marks is not in the map. */
export async function findMarks(
  q: Queryable,
  asked: readonly MarksAsked[],
): Promise<Map<PersonId, Map<PostId, Marks>>> {
  if (asked.length === 0) return new Map();
  const rows = await readMarks(q, asked);
  return new Map(rows.map((row) => [row.person_id, marksIn(row)]));
}

/** The same of one person. */
export async function marksAmong(
  q: Queryable,
  personId: PersonId,
  postIds: readonly PostId[],
): Promise<Map<PostId, Marks>> {
  return (await findMarks(q, [{ personId, postIds }])).get(personId) ?? new Map();
}

async function readMarks(q: Queryable, asked: readonly MarksAsked[]): Promise<MarksRow[]> {
  if ((await q.flavour()) === 'citus') {
    const found = await Promise.all(
      asked.map(({ personId, postIds }) => q.query<MarksRow>(MARKS_OF_ONE, [personId, postIds])),
    );
    return found.flat();
  }
  return q.query<MarksRow>(MARKS, [
    asked.map(({ personId }) => personId),
    asked.map(({ postIds }) => `{${postIds.join(',')}}`),
  ]);
}

/** Marks of each kind that a front holds. */
const FRONT = 200;

const frontColumns = (person: string) =>
  KINDS.map(
    (kind) => `(select string_agg(f.post_id::text, ' ') from (
      select t.post_id from ${SOURCES[kind]} t where t.person_id = ${person}
      order by t.post_id desc limit ${FRONT}) as f) as ${kind}`,
  ).join(',\n');

/** The array stands in a subquery: see feed/fronts-store.ts. */
const FRONTS = `select a.person_id, ${frontColumns('a.person_id')}
  from unnest((select $1::bigint[])) as a (person_id)`;
const FRONT_OF_ONE = `select $1::bigint as person_id, ${frontColumns('$1')}`;

/** The newest marked posts of each of these people, and above which post these are all. */
export async function findMarkFronts(
  q: Queryable,
  people: readonly PersonId[],
): Promise<Map<PersonId, { facts: Map<PostId, Marks>; above: string }>> {
  const onCitus = (await q.flavour()) === 'citus';
  const rows = onCitus
    ? (await Promise.all(people.map((id) => q.query<MarksRow>(FRONT_OF_ONE, [id])))).flat()
    : await q.query<MarksRow>(FRONTS, [people]);
  return new Map(
    rows.map((row) => {
      const lists = KINDS.map((kind) => row[kind]?.split(' ') ?? []);
      return [row.person_id, { facts: marksIn(row), above: completeAbove(lists, FRONT) }];
    }),
  );
}

function marksIn(row: MarkColumns): Map<PostId, Marks> {
  const bits = bitsIn(row) as Map<PostId, number>;
  return new Map([...bits].map(([postId, all]) => [postId, ALL_MARKS[all] ?? NO_MARKS]));
}

/** What somebody has marked of each of `asked`, from a row that was asked about all of them. */
export function marksFrom(asked: Iterable<PostId>, row: MarkColumns): ReadonlyMap<PostId, Marks> {
  const bits = bitsIn(row);
  const found = new Map<PostId, Marks>();
  for (const id of asked) found.set(id, ALL_MARKS[bits.get(id) ?? 0] ?? NO_MARKS);
  return found;
}

function bitsIn(row: MarkColumns): Map<string, number> {
  const bits = new Map<string, number>();
  for (let place = 0; place < KINDS.length; place += 1) {
    const ids = row[KINDS[place] as keyof Marks];
    if (ids === null) continue;
    for (const id of ids.split(' ')) bits.set(id, (bits.get(id) ?? 0) | (1 << place));
  }
  return bits;
}

/** Every combination once: of the same marks the same object. */
const ALL_MARKS = Array.from({ length: 1 << KINDS.length }, (_, bits): Marks => {
  const holds = KINDS.map((kind, place) => [kind, (bits & (1 << place)) !== 0]);
  return bits === 0 ? NO_MARKS : Object.freeze(Object.fromEntries(holds));
});
