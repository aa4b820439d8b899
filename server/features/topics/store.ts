import type { PersonId, PlaceId, PostId } from '../../../api/ids.ts';
import { compareIds } from '../../kernel/ids.ts';
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

/** The same of several posts, locked until the transaction ends; of which the index holds nothing are not in the map. */
export async function lockIndexed(
  tx: Transaction,
  postIds: readonly PostId[],
): Promise<Map<PostId, IndexedPost>> {
  const lock = (which: string, wanted: PostId | readonly PostId[]) =>
    tx.query<IndexedPost & { post_id: PostId }>(
      `select post_id, author_id, tags, place_id, open from post_topics
       where post_id = ${which} order by post_id for update`,
      [wanted],
    );
  // Citus locks by one key.
  const rows =
    (await tx.flavour()) === 'citus'
      ? (await Promise.all([...postIds].sort(compareIds).map((id) => lock('$1', id)))).flat()
      : await lock('any($1::bigint[])', postIds);
  return new Map(rows.map(({ post_id, ...held }) => [post_id, held]));
}

/** Begins to hold posts, as nothing yet; who comes second waits for the first. */
export async function beginIndexed(
  tx: Transaction,
  posts: readonly { post_id: PostId; author_id: PersonId }[],
): Promise<void> {
  await insertMany(tx, {
    table: 'post_topics',
    columns: POST_TOPICS,
    key: ['post_id'],
    rows: posts.map(({ post_id, author_id }) => ({
      post_id,
      author_id,
      tags: [],
      place_id: null,
      open: false,
    })),
    onConflict: '(post_id) do nothing',
  });
}

const POST_TOPICS = {
  post_id: 'bigint',
  author_id: 'bigint',
  tags: 'text[]',
  place_id: 'bigint',
  open: 'boolean',
} as const;

type Kept = IndexedPost & { readonly postId: PostId };

/** Notes what the index holds of posts now. */
export async function saveIndexed(tx: Transaction, posts: readonly Kept[]): Promise<void> {
  await insertMany(tx, {
    table: 'post_topics',
    columns: POST_TOPICS,
    key: ['post_id'],
    rows: posts.map(({ postId, ...held }) => ({ post_id: postId, ...held })),
    onConflict: `(post_id) do update set tags = excluded.tags, place_id = excluded.place_id,
      open = excluded.open`,
  });
}

/** Notes that the index holds nothing of these posts. */
export async function removeIndexed(tx: Transaction, postIds: readonly PostId[]): Promise<void> {
  if (postIds.length === 0) return;
  await tx.query('delete from post_topics where post_id = any($1::bigint[])', [postIds]);
}

/** Puts posts under their hashtags and places, or notes there whether they are open. */
export async function putUnderTopics(tx: Transaction, posts: readonly Kept[]): Promise<void> {
  await Promise.all([
    insertMany(tx, {
      table: 'posts_by_hashtag',
      columns: { tag: 'text', post_id: 'bigint', author_id: 'bigint', open: 'boolean' },
      key: ['tag', 'post_id'],
      rows: posts.flatMap(({ postId, author_id, tags, open }) =>
        tags.map((tag) => ({ tag, post_id: postId, author_id, open })),
      ),
      onConflict: '(tag, post_id) do update set open = excluded.open',
    }),
    insertMany(tx, {
      table: 'posts_by_place',
      columns: { place_id: 'bigint', post_id: 'bigint', author_id: 'bigint', open: 'boolean' },
      key: ['place_id', 'post_id'],
      rows: posts.flatMap(({ postId, author_id, place_id, open }) =>
        place_id === null ? [] : [{ place_id, post_id: postId, author_id, open }],
      ),
      onConflict: '(place_id, post_id) do update set open = excluded.open',
    }),
  ]);
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
