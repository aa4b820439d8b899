import type { MediaId, PersonId, PostId } from '../../../api/ids.ts';
import type { Place } from '../../../api/places.ts';
import type { Audience, PostStatus } from '../../../api/posts.ts';
import { ofPost, ofPostsBy } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { json } from '../../ports/db/json.ts';
import { insertCounts, removeCounts } from './counts-store.ts';
import { announcementOf, type PostInList } from './post-in-list.ts';

export type { PostInList } from './post-in-list.ts';

export interface PostRow {
  post_id: PostId;
  author_id: PersonId;
  status: PostStatus;
  failure_code: string | null;
  failure_message: string | null;
  caption: string;
  mentions: readonly { person_id: PersonId; username: string }[];
  hashtags: readonly string[];
  place: Place | null;
  tagged: readonly TagRow[];
  /** Who took themselves off: they are not tagged here again. */
  untagged: readonly PersonId[];
  audience: Audience;
  likes_hidden: boolean;
  comments_off: boolean;
  /** Counts the edits of what stands in the history. */
  revision: number;
  repost_of: PostId | null;
  repost_author_id: PersonId | null;
  created_at: Date;
  edited_at: Date | null;
  archived_at: Date | null;
  deleted_at: Date | null;
}

/** Somebody tagged on a spot of a picture, as fractions of its size. */
export interface TagRow {
  media_id: MediaId;
  person_id: PersonId;
  username: string;
  x: number;
  y: number;
}

const COLUMNS = `post_id, author_id, status, failure_code, failure_message, caption, mentions,
    hashtags, place, tagged, untagged, audience, likes_hidden, comments_off, revision, repost_of,
    repost_author_id, created_at, edited_at, archived_at, deleted_at`;
const SELECT = `select ${COLUMNS} from posts`;

export async function findPost(q: Queryable, postId: PostId): Promise<PostRow | null> {
  const [row] = await q.query<PostRow>(`${SELECT} where post_id = $1`, [postId]);
  return row ?? null;
}

/** All of `ids` that exist, in one statement. */
export async function findPosts(q: Queryable, ids: readonly PostId[]): Promise<PostRow[]> {
  if (ids.length === 0) return [];
  return q.query<PostRow>(`${SELECT} where post_id = any($1::bigint[]) order by post_id desc`, [
    ids,
  ]);
}

/** What its author says of a post: what an edit may change. */
export type SaidOfPost = Pick<
  PostRow,
  | 'caption'
  | 'mentions'
  | 'hashtags'
  | 'place'
  | 'tagged'
  | 'audience'
  | 'likes_hidden'
  | 'comments_off'
>;

/** The post, locked until the transaction ends. */
export async function lockPost(tx: Transaction, postId: PostId): Promise<PostRow | null> {
  const [row] = await tx.query<PostRow>(`${SELECT} where post_id = $1 for update`, [postId]);
  return row ?? null;
}

/** Writes a post that waits to be processed. What is not said of it is as the columns have it. */
export async function insertPost(
  tx: Transaction,
  post: { postId: PostId; authorId: PersonId; caption: string; at: Date } & Partial<SaidOfPost>,
): Promise<void> {
  const written = tx.query(
    `insert into posts (post_id, author_id, status, caption, created_at, mentions, hashtags, place,
       tagged, audience, likes_hidden, comments_off)
     values ($1, $2, 'processing', $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      post.postId,
      post.authorId,
      post.caption,
      post.at,
      json(post.mentions ?? []),
      post.hashtags ?? [],
      post.place ?? null,
      json(post.tagged ?? []),
      post.audience ?? 'everyone',
      post.likes_hidden ?? false,
      post.comments_off ?? false,
    ],
  );
  await Promise.all([written, insertCounts(tx, post.postId)]);
}

/**
 * Makes a processed post visible and locks it; gives it as it is then with the number of this event, or
 * null when it was not waiting any more.
 */
export async function publishPost(
  tx: Transaction,
  postId: PostId,
): Promise<(PostRow & { event_seq: string }) | null> {
  tx.touch(ofPost(postId));
  const [row] = await tx.query<PostRow & { event_seq: string }>(
    `update posts set status = 'published', event_seq = event_seq + 1
     where post_id = $1 and status = 'processing' and deleted_at is null
     returning ${COLUMNS}, event_seq`,
    [postId],
  );
  return row ?? null;
}

/** Marks a post whose pictures could not be made; false when it was not waiting any more. */
export async function failPost(
  tx: Transaction,
  postId: PostId,
  failure: { code: string; message: string },
): Promise<boolean> {
  tx.touch(ofPost(postId));
  const rows = await tx.query(
    `update posts set status = 'failed', failure_code = $2, failure_message = $3
     where post_id = $1 and status = 'processing' returning post_id`,
    [postId, failure.code, failure.message],
  );
  return rows.length > 0;
}

/** Hides a post for everyone and gives its event number and old status; null when it was deleted before. */
export async function markDeleted(tx: Transaction, postId: PostId, at: Date) {
  tx.touch(ofPost(postId));
  const [row] = await tx.query<{ event_seq: string; status: PostStatus }>(
    `update posts set deleted_at = $2, event_seq = event_seq + 1
     where post_id = $1 and deleted_at is null returning event_seq, status`,
    [postId, at],
  );
  return row ?? null;
}

/** Removes every row of a post that was deleted before `deletedBefore`; false when there is none. */
export async function removePostRows(tx: Transaction, postId: PostId, deletedBefore: Date) {
  const rows = await tx.query(
    'delete from posts where post_id = $1 and deleted_at <= $2 returning post_id',
    [postId, deletedBefore],
  );
  if (rows.length === 0) return false;
  tx.touch(ofPost(postId));
  await removeCounts(tx, postId);
  for (const table of ['post_revisions', 'post_events', 'post_event_positions']) {
    await tx.query(`delete from ${table} where post_id = $1`, [postId]);
  }
  return true;
}

export async function addToProfile(
  tx: Transaction,
  authorId: PersonId,
  postId: PostId,
  original: { postId: PostId; authorId: PersonId } | null = null,
) {
  const repost_of = original?.postId ?? null;
  const repost_author_id = original?.authorId ?? null;
  const change = announcementOf({
    post_id: postId,
    author_id: authorId,
    repost_of,
    repost_author_id,
  });
  tx.announce({ kind: ofPostsBy('' as PersonId), ids: [authorId], change });
  await tx.query(
    `insert into posts_by_author (author_id, post_id, repost_of, repost_author_id)
     values ($1, $2, $3, $4)`,
    [authorId, postId, repost_of, repost_author_id],
  );
}

/** False when it did not stand there. */
export async function removeFromProfile(tx: Transaction, authorId: PersonId, postId: PostId) {
  tx.touch(ofPostsBy(authorId));
  const rows = await tx.query(
    'delete from posts_by_author where author_id = $1 and post_id = $2 returning post_id',
    [authorId, postId],
  );
  return rows.length > 0;
}

/** Published posts of one person, newest first. */
export async function listPostsByAuthor(
  q: Queryable,
  authorId: PersonId,
  take: number,
  before: PostId | null,
): Promise<PostInList[]> {
  return q.query<PostInList>(
    `select post_id, author_id, repost_of, repost_author_id from posts_by_author
     where author_id = $1 and post_id < coalesce($3::bigint, 9223372036854775807)
     order by post_id desc limit $2`,
    [authorId, take, before],
  );
}

/** Published posts of several people with ids from `from` on and below `before`, newest first. */
export async function listPostsByAuthors(
  q: Queryable,
  authors: readonly PersonId[],
  { take, before, from }: { take: number; before: string; from: string },
): Promise<PostInList[]> {
  if (authors.length === 0) return [];
  return q.query<PostInList>(
    `select post_id, author_id, repost_of, repost_author_id from posts_by_author
     where author_id = any($1::bigint[]) and post_id < $2 and post_id >= $3
     order by post_id desc limit $4`,
    [authors, before, from, take],
  );
}

/**
 * The newest posts of the server that are published for everyone, reposts left out. What their authors are is
 * not looked at. Over all shards: for jobs.
 */
export async function newestPosts(q: Queryable, take: number): Promise<PostId[]> {
  const rows = await q.query<{ post_id: PostId }>(
    `select post_id from posts
     where status = 'published' and audience = 'everyone' and repost_of is null
       and deleted_at is null and archived_at is null
     order by post_id desc limit $1`,
    [take],
  );
  return rows.map((row) => row.post_id);
}

export type HeldPost = Pick<
  PostRow,
  'author_id' | 'status' | 'audience' | 'comments_off' | 'archived_at' | 'deleted_at'
>;

/**
 * What decides whether one may write under a post. Others may hold it too until the transaction ends,
 * and nobody change it. To be taken before any lock on what belongs to the post; null when there is none.
 */
export async function holdPost(tx: Transaction, postId: PostId): Promise<HeldPost | null> {
  const [row] = await tx.query<HeldPost>(
    `select author_id, status, audience, comments_off, archived_at, deleted_at
     from posts where post_id = $1 for share`,
    [postId],
  );
  return row ?? null;
}
