import type { CommentId, PersonId, PostId } from '../../../api/ids.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { json } from '../../ports/db/json.ts';
import type { Named } from '../posts/naming.ts';

export interface NewComment {
  post_id: PostId;
  comment_id: CommentId;
  parent_id: CommentId | null;
  root_id: CommentId | null;
  author_id: PersonId;
  text: string;
  mentions: readonly Named[];
  held_at: Date | null;
  created_at: Date;
}

/** A comment as one viewer reads it. */
export interface CommentRow extends NewComment {
  likes: number;
  replies: number;
  pinned_at: Date | null;
  /** The author of the parent, where that is a reply itself and still there. */
  answered_id: PersonId | null;
  /** The viewer likes it. */
  liked: boolean;
  /** Replies of this thread that wait and that the viewer sees. */
  held_replies: number;
}

/** Who reads the comments on which post. */
export interface Reader {
  readonly postId: PostId;
  readonly viewerId: PersonId | null;
  /** The viewer is the author of the post. */
  readonly isOwner: boolean;
}

/**
 * Comments that wait for approval are there for their own author and the author of the post alone:
 * every read goes through here. All tables lie under the post, so it stays in one place.
 */
const SELECT = `select c.post_id, c.comment_id, c.parent_id, c.root_id, c.author_id, c.text, c.mentions,
    c.likes, c.replies, c.pinned_at, c.held_at, c.created_at, p.author_id as answered_id,
    exists (select from comment_likes l
      where l.post_id = $1 and l.comment_id = c.comment_id and l.person_id = $2) as liked,
    (select count(*)::integer from comments h where h.post_id = $1 and h.root_id = c.comment_id
      and h.held_at is not null and (h.author_id = $2 or $3::boolean)) as held_replies
  from comments c
  left join comments p on p.post_id = $1 and p.comment_id = c.parent_id and p.root_id is not null
  where c.post_id = $1 and (c.held_at is null or c.author_id = $2 or $3::boolean)`;

const asked = ({ postId, viewerId, isOwner }: Reader) => [postId, viewerId, isOwner];

/** One comment; null when it is not there for this reader. */
export async function findComment(q: Queryable, reader: Reader, commentId: CommentId) {
  const [row] = await q.query<CommentRow>(`${SELECT} and c.comment_id = $4`, [
    ...asked(reader),
    commentId,
  ]);
  return row ?? null;
}

/** First comments of threads, newest first; pinned ones stand among them. */
export async function listFirst(
  q: Queryable,
  reader: Reader,
  before: string | null,
  take: number,
): Promise<CommentRow[]> {
  return q.query<CommentRow>(
    `${SELECT} and c.root_id is null and c.comment_id < coalesce($4::bigint, 9223372036854775807)
     order by c.comment_id desc limit $5`,
    [...asked(reader), before, take],
  );
}

/** The pinned ones, the last pinned first. */
export async function listPinned(q: Queryable, reader: Reader): Promise<CommentRow[]> {
  return q.query<CommentRow>(
    `${SELECT} and c.pinned_at is not null order by c.pinned_at desc, c.comment_id desc`,
    asked(reader),
  );
}

/** All replies of a thread, however deep, oldest first. */
export async function listThread(
  q: Queryable,
  reader: Reader,
  rootId: CommentId,
  after: string | null,
  take: number,
): Promise<CommentRow[]> {
  return q.query<CommentRow>(
    `${SELECT} and c.root_id = $4 and c.comment_id > coalesce($5::bigint, 0)
     order by c.comment_id limit $6`,
    [...asked(reader), rootId, after, take],
  );
}

export async function insertComment(tx: Transaction, comment: NewComment): Promise<void> {
  await tx.query(
    `insert into comments (post_id, comment_id, parent_id, root_id, author_id, text, mentions,
       held_at, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      comment.post_id,
      comment.comment_id,
      comment.parent_id,
      comment.root_id,
      comment.author_id,
      comment.text,
      json(comment.mentions),
      comment.held_at,
      comment.created_at,
    ],
  );
}

/** What of a comment a change of it must know. */
export type LockedComment = Pick<
  CommentRow,
  'comment_id' | 'root_id' | 'author_id' | 'likes' | 'replies' | 'pinned_at' | 'held_at'
>;

const LOCKED = `select comment_id, root_id, author_id, likes, replies, pinned_at, held_at from comments
  where post_id = $1 and comment_id = $2`;

/** Keeps others from changing a comment until the transaction ends; null when it is gone. */
export async function lockComment(tx: Transaction, postId: PostId, commentId: CommentId) {
  const [row] = await tx.query<LockedComment>(`${LOCKED} for update`, [postId, commentId]);
  return row ?? null;
}

/**
 * The same for a comment and the first one of its thread, which carries its count: that one first, as
 * everywhere, so that nobody waits in a circle. Null when either is gone.
 */
export async function lockInThread(
  tx: Transaction,
  postId: PostId,
  commentId: CommentId,
): Promise<{ root: LockedComment; comment: LockedComment } | null> {
  const [found] = await tx.query<LockedComment>(LOCKED, [postId, commentId]);
  if (!found) return null;
  const root = await lockComment(tx, postId, found.root_id ?? commentId);
  const comment = root && (found.root_id ? await lockComment(tx, postId, commentId) : root);
  return comment ? { root, comment } : null;
}

/** Adds to what the comment carries; the row is locked by this. Gives the likes. */
export async function addToComment(
  tx: Transaction,
  postId: PostId,
  commentId: CommentId,
  change: { likes?: number; replies?: number },
): Promise<number> {
  const [row] = await tx.query<{ likes: number }>(
    `update comments set likes = likes + $3, replies = replies + $4
     where post_id = $1 and comment_id = $2 returning likes`,
    [postId, commentId, change.likes ?? 0, change.replies ?? 0],
  );
  return row?.likes ?? 0;
}

export async function setPinned(
  tx: Transaction,
  postId: PostId,
  commentId: CommentId,
  at: Date | null,
) {
  await tx.query('update comments set pinned_at = $3 where post_id = $1 and comment_id = $2', [
    postId,
    commentId,
    at,
  ]);
}

export async function clearHeld(tx: Transaction, postId: PostId, commentId: CommentId) {
  await tx.query('update comments set held_at = null where post_id = $1 and comment_id = $2', [
    postId,
    commentId,
  ]);
}

/** Up to `take` replies of a thread, locked, oldest first. */
export async function lockReplies(
  tx: Transaction,
  postId: PostId,
  rootId: CommentId,
  take: number,
): Promise<CommentId[]> {
  const rows = await tx.query<{ comment_id: CommentId }>(
    `select comment_id from comments where post_id = $1 and root_id = $2
     order by comment_id limit $3 for update`,
    [postId, rootId, take],
  );
  return rows.map((row) => row.comment_id);
}

export async function removeComments(
  tx: Transaction,
  postId: PostId,
  commentIds: readonly CommentId[],
) {
  await tx.query('delete from comments where post_id = $1 and comment_id = any($2::bigint[])', [
    postId,
    commentIds,
  ]);
}

/**
 * Up to `take` rows of the talk under a post that is gone, likes first; true when there may be more.
 */
export async function removeCommentsOfPost(tx: Transaction, postId: PostId, take: number) {
  for (const [table, key] of [
    ['comment_likes', 'comment_id, person_id'],
    ['comments', 'comment_id'],
  ]) {
    const rows = await tx.query(
      `delete from ${table} where (post_id, ${key}) in (
         select post_id, ${key} from ${table} where post_id = $1 order by ${key} limit $2)
       and post_id = $1 returning comment_id`,
      [postId, take],
    );
    if (rows.length === take) return true;
  }
  return false;
}
