import type { PersonId, PlaceId, PostId } from '../../../api/ids.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';
import type { Topic } from './topic.ts';

/** What the index holds of a post. */
export interface IndexedPost {
  author_id: PersonId;
  tags: readonly string[];
  place_id: PlaceId | null;
  /** Anyone at all may see it. */
  open: boolean;
}

/** The same, locked until the transaction ends; null when the index holds nothing of the post. */
export async function lockIndexed(tx: Transaction, postId: PostId): Promise<IndexedPost | null> {
  const [row] = await tx.query<IndexedPost>(
    'select author_id, tags, place_id, open from post_topics where post_id = $1 for update',
    [postId],
  );
  return row ?? null;
}

/** Begins to hold a post, as nothing yet; who comes second waits for the first. */
export async function beginIndexed(tx: Transaction, postId: PostId, authorId: PersonId) {
  await tx.query(
    `insert into post_topics (post_id, author_id, tags, place_id, open)
     values ($1, $2, '{}', null, false) on conflict (post_id) do nothing`,
    [postId, authorId],
  );
}

/** Notes what the index holds now; null for nothing. */
export async function saveIndexed(tx: Transaction, postId: PostId, now: IndexedPost | null) {
  if (now === null) {
    await tx.query('delete from post_topics where post_id = $1', [postId]);
    return;
  }
  await tx.query('update post_topics set tags = $2, place_id = $3, open = $4 where post_id = $1', [
    postId,
    now.tags,
    now.place_id,
    now.open,
  ]);
}

/** Puts a post under its hashtags and place, or notes there whether it is open. */
export async function putUnderTopics(tx: Transaction, postId: PostId, post: IndexedPost) {
  const { author_id, open } = post;
  await insertMany(tx, {
    table: 'posts_by_hashtag',
    columns: { tag: 'text', post_id: 'bigint', author_id: 'bigint', open: 'boolean' },
    key: ['tag', 'post_id'],
    rows: post.tags.map((tag) => ({ tag, post_id: postId, author_id, open })),
    onConflict: '(tag, post_id) do update set open = excluded.open',
  });
  if (post.place_id === null) return;
  await tx.query(
    `insert into posts_by_place (place_id, post_id, author_id, open) values ($1, $2, $3, $4)
     on conflict (place_id, post_id) do update set open = excluded.open`,
    [post.place_id, postId, author_id, open],
  );
}

export async function takeFromTags(tx: Transaction, postId: PostId, tags: readonly string[]) {
  if (tags.length === 0) return;
  await tx.query('delete from posts_by_hashtag where tag = any($1::text[]) and post_id = $2', [
    tags,
    postId,
  ]);
}

export async function takeFromPlace(tx: Transaction, postId: PostId, placeId: PlaceId) {
  await tx.query('delete from posts_by_place where place_id = $1 and post_id = $2', [
    placeId,
    postId,
  ]);
}

/** A post under a topic: never a repost. */
export interface PostRef {
  post_id: PostId;
  author_id: PersonId;
}

/** A stretch of the posts under a topic, newest first; for visitors only those that are open to all. */
export async function listUnderTopic(
  q: Queryable,
  topic: Topic,
  { take, before, openOnly }: { take: number; before: PostId | null; openOnly: boolean },
): Promise<PostRef[]> {
  const { table, column, key } = SOURCES[topic.kind];
  return q.query<PostRef>(
    `select post_id, author_id from ${table}
     where ${column} = $1 and post_id < coalesce($3::bigint, 9223372036854775807)
       ${openOnly ? 'and open' : ''}
     order by post_id desc limit $2`,
    [key(topic), take, before],
  );
}

/** Posts open to all under any of `tags` with ids from `from` on and below `before`, newest first, each once. */
export async function listUnderHashtags(
  q: Queryable,
  tags: readonly string[],
  { take, before, from }: { take: number; before: string; from: string },
): Promise<PostRef[]> {
  if (tags.length === 0) return [];
  return q.query<PostRef>(
    `select distinct post_id, author_id from posts_by_hashtag
     where tag = any($1::text[]) and open and post_id < $2 and post_id >= $3
     order by post_id desc limit $4`,
    [tags, before, from, take],
  );
}

/** Which of `postIds` stand under one of `tags`, and are open to all. */
export async function underTagsAmong(
  q: Queryable,
  tags: readonly string[],
  postIds: readonly PostId[],
): Promise<Set<PostId>> {
  if (tags.length === 0 || postIds.length === 0) return new Set();
  const rows = await q.query<{ post_id: PostId }>(
    `select distinct post_id from posts_by_hashtag
     where tag = any($1::text[]) and post_id = any($2::bigint[]) and open order by post_id`,
    [tags, postIds],
  );
  return new Set(rows.map((row) => row.post_id));
}

const SOURCES = {
  hashtag: {
    table: 'posts_by_hashtag',
    column: 'tag',
    key: (topic: Topic) => (topic.kind === 'hashtag' ? topic.tag : ''),
  },
  place: {
    table: 'posts_by_place',
    column: 'place_id',
    key: (topic: Topic) => (topic.kind === 'place' ? topic.placeId : '0'),
  },
} as const;
