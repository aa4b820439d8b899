import type { PersonId, PostId } from '../../../api/ids.ts';
import { ofMarks } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';

/** A post that was on somebody's screen, and how much of its video was played, from 0 to 1. */
export interface SeenPost {
  readonly postId: PostId;
  readonly watched: number;
}

/** What a report of seen posts changed: those that are new, and what more was played of each. */
export interface SeenChange {
  readonly postId: PostId;
  readonly isNew: boolean;
  readonly watched: number;
}

const COLUMNS = {
  person_id: 'bigint',
  post_id: 'bigint',
  watched: 'real',
  seen_at: 'timestamptz',
} as const;

/**
 * Remembers what somebody saw, each post once and with the most that was played of it. Gives what was
 * not known, so that a report that comes again changes nothing.
 */
export async function insertSeen(
  tx: Transaction,
  personId: PersonId,
  posts: readonly SeenPost[],
  at: Date,
): Promise<SeenChange[]> {
  const rowsOf = (some: readonly SeenPost[]) =>
    some.map(({ postId, watched }) => ({
      person_id: personId,
      post_id: postId,
      watched,
      seen_at: at,
    }));
  const made = await insertMany<keyof typeof COLUMNS, { post_id: PostId }>(tx, {
    table: 'seen_posts',
    columns: COLUMNS,
    key: ['person_id', 'post_id'],
    rows: rowsOf(posts),
    onConflict: '(person_id, post_id) do nothing',
    returning: 'post_id',
  });
  const fresh = new Set(made.map(({ post_id }) => post_id));
  const before = await lockWatched(
    tx,
    personId,
    posts.filter(({ postId, watched }) => watched > 0 && !fresh.has(postId)),
  );
  const further = posts.filter(
    ({ postId, watched }) => watched > (before.get(postId) ?? Number.POSITIVE_INFINITY),
  );
  await insertMany(tx, {
    table: 'seen_posts',
    columns: COLUMNS,
    key: ['person_id', 'post_id'],
    rows: rowsOf(further),
    onConflict: '(person_id, post_id) do update set watched = excluded.watched',
  });
  if (fresh.size > 0) tx.touchLoosely(ofMarks(personId));
  return [
    ...posts
      .filter(({ postId }) => fresh.has(postId))
      .map(({ postId, watched }) => ({ postId, isNew: true, watched })),
    ...further.map(({ postId, watched }) => ({
      postId,
      isNew: false,
      watched: watched - (before.get(postId) ?? 0),
    })),
  ];
}

/** How much was played of these until now; nobody changes it until the transaction ends. */
async function lockWatched(tx: Transaction, personId: PersonId, posts: readonly SeenPost[]) {
  if (posts.length === 0) return new Map<PostId, number>();
  const rows = await tx.query<{ post_id: PostId; watched: number }>(
    `select post_id, watched from seen_posts where person_id = $1 and post_id = any($2::bigint[])
     order by post_id for update`,
    [personId, posts.map(({ postId }) => postId)],
  );
  return new Map(rows.map(({ post_id, watched }) => [post_id, watched]));
}

/** Posts that somebody is remembered to have seen, at most; those published first are forgotten. */
export const SEEN_MAX = 5000;

/** Forgets what is beyond the bound. */
export async function trimSeen(tx: Transaction, personId: PersonId): Promise<void> {
  const [last] = await tx.query<{ post_id: PostId }>(
    'select post_id from seen_posts where person_id = $1 order by post_id desc offset $2 limit 1',
    [personId, SEEN_MAX],
  );
  if (!last) return;
  await tx.query('delete from seen_posts where person_id = $1 and post_id <= $2', [
    personId,
    last.post_id,
  ]);
}

/** Which of `postIds` somebody had seen by a time. */
export async function seenAmong(
  q: Queryable,
  personId: PersonId,
  postIds: readonly PostId[],
  by: Date,
): Promise<Set<PostId>> {
  if (postIds.length === 0) return new Set();
  const rows = await q.query<{ post_id: PostId }>(
    `select post_id from seen_posts
     where person_id = $1 and post_id = any($2::bigint[]) and seen_at <= $3 order by post_id`,
    [personId, postIds, by],
  );
  return new Set(rows.map(({ post_id }) => post_id));
}

/** Up to `take` rows of what was seen before a time, of anybody; true when there may be more. */
export async function removeSeenBefore(q: Queryable, before: Date, take: number): Promise<boolean> {
  const gone = await q.query(
    `delete from seen_posts where (person_id, post_id) in (
       select person_id, post_id from seen_posts where seen_at < $1
       order by person_id, post_id limit $2)
     returning post_id`,
    [before, take],
  );
  return gone.length === take;
}
