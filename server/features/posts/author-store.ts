import type { PersonId, PostId } from '../../../api/ids.ts';
import { ofPostsBy } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';
import type { PostInList } from './store.ts';

/** Lists of posts that lie under a person: put away by their author, pinned by them, tagged with somebody. */

export interface PutAwayRow {
  author_id: PersonId;
  post_id: PostId;
  why: 'archived' | 'deleted';
  put_away_at: Date;
}

/** What is put away for another reason than before stands there for the new one. */
export async function putAway(tx: Transaction, row: PutAwayRow): Promise<void> {
  await tx.query(
    `insert into posts_put_away (author_id, post_id, why, put_away_at) values ($1, $2, $3, $4)
     on conflict (author_id, post_id) do update
       set why = excluded.why, put_away_at = excluded.put_away_at`,
    [row.author_id, row.post_id, row.why, row.put_away_at],
  );
}

/** False when it was not put away (any more). */
export async function takeOut(tx: Transaction, authorId: PersonId, postId: PostId) {
  const rows = await tx.query(
    'delete from posts_put_away where author_id = $1 and post_id = $2 returning post_id',
    [authorId, postId],
  );
  return rows.length > 0;
}

/** Newest post first; `since`: put away after that time. */
export async function listPutAway(
  q: Queryable,
  authorId: PersonId,
  { why, since }: { readonly why: PutAwayRow['why']; readonly since: Date },
  take: number,
  before: PostId | null,
): Promise<PostInList[]> {
  return q.query<PostInList>(
    `select post_id, author_id, null::bigint as repost_of, null::bigint as repost_author_id
     from posts_put_away
     where author_id = $1 and why = $4 and put_away_at > $5
       and post_id < coalesce($3::bigint, 9223372036854775807)
     order by post_id desc limit $2`,
    [authorId, take, before, why, since],
  );
}

/** False when it was pinned before. */
export async function insertPin(tx: Transaction, authorId: PersonId, postId: PostId, at: Date) {
  tx.touch(ofPostsBy(authorId));
  const rows = await tx.query(
    `insert into pinned_posts (author_id, post_id, pinned_at) values ($1, $2, $3)
     on conflict (author_id, post_id) do nothing returning post_id`,
    [authorId, postId, at],
  );
  return rows.length > 0;
}

export async function removePin(
  tx: Transaction,
  authorId: PersonId,
  postId: PostId,
): Promise<void> {
  tx.touch(ofPostsBy(authorId));
  await tx.query('delete from pinned_posts where author_id = $1 and post_id = $2', [
    authorId,
    postId,
  ]);
}

/** What a person has pinned, the last one first: few. */
export async function listPins(q: Queryable, authorId: PersonId): Promise<PostId[]> {
  const rows = await q.query<{ post_id: PostId }>(
    `select post_id from pinned_posts where author_id = $1 order by pinned_at desc, post_id desc`,
    [authorId],
  );
  return rows.map((row) => row.post_id);
}

export interface GridEntry extends PostInList {
  readonly pinned: boolean;
}

/**
 * Published posts of one person: first those they have pinned, the last one first, then all others,
 * newest first. `before` null: from the top, pins and up to `take` others; else only the others.
 */
export async function listGrid(
  q: Queryable,
  authorId: PersonId,
  take: number,
  before: PostId | null,
): Promise<GridEntry[]> {
  return q.query<GridEntry>(
    `select post_id, author_id, repost_of, repost_author_id, pinned_at is not null as pinned
     from (
       (select g.post_id, g.author_id, g.repost_of, g.repost_author_id, p.pinned_at
        from pinned_posts p
        join posts_by_author g on g.author_id = p.author_id and g.post_id = p.post_id
        where p.author_id = $1 and $3::bigint is null)
       union all
       (select g.post_id, g.author_id, g.repost_of, g.repost_author_id, null as pinned_at
        from posts_by_author g
        where g.author_id = $1 and g.post_id < coalesce($3::bigint, 9223372036854775807)
          and not exists (
            select from pinned_posts p where p.author_id = $1 and p.post_id = g.post_id)
        order by g.post_id desc limit $2)
     ) as grid
     order by pinned_at desc nulls last, post_id desc`,
    [authorId, take, before],
  );
}

export async function insertTagged(
  tx: Transaction,
  post: { readonly post_id: PostId; readonly author_id: PersonId },
  people: readonly PersonId[],
): Promise<void> {
  await insertMany(tx, {
    table: 'tagged_posts',
    columns: { person_id: 'bigint', post_id: 'bigint', author_id: 'bigint' },
    key: ['person_id', 'post_id'],
    rows: people.map((person_id) => ({
      person_id,
      post_id: post.post_id,
      author_id: post.author_id,
    })),
    onConflict: '(person_id, post_id) do nothing',
  });
}

export async function removeTagged(tx: Transaction, postId: PostId, people: readonly PersonId[]) {
  if (people.length === 0) return;
  await tx.query(`delete from tagged_posts where person_id = any($1::bigint[]) and post_id = $2`, [
    people,
    postId,
  ]);
}

/** Posts that a person is tagged in, newest first. */
export async function listTagged(
  q: Queryable,
  personId: PersonId,
  take: number,
  before: PostId | null,
): Promise<PostInList[]> {
  return q.query<PostInList>(
    `select post_id, author_id, null::bigint as repost_of, null::bigint as repost_author_id
     from tagged_posts
     where person_id = $1 and post_id < coalesce($3::bigint, 9223372036854775807)
     order by post_id desc limit $2`,
    [personId, take, before],
  );
}
