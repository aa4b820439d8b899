import type { Comment } from '../../../api/comments.ts';
import type { CommentId, PersonId, PostId } from '../../../api/ids.ts';
import { PAGE_LIMIT_DEFAULT } from '../../../api/limits.ts';
import type { Context } from '../../context.ts';
import { askedPage, decodeCursor, type Page } from '../../kernel/cursor.ts';
import { fillPage } from '../../kernel/fill-page.ts';
import { Problem } from '../../kernel/problem.ts';
import { meetable } from '../graph/relations.ts';
import type { PostLook } from '../posts/look.ts';
import { visiblePost } from '../posts/read.ts';
import { decodePlace, encodePlace } from './cursor.ts';
import {
  type CommentRow,
  findComment,
  listFirst,
  listPinned,
  listThread,
  type Reader,
} from './store.ts';
import { commentView, peopleIn } from './view.ts';

/** As a route is asked for a page. */
interface Asked {
  readonly cursor?: string;
  readonly limit?: number;
}

/** A comment that the viewer may see, as a row and as it is shown. */
export interface FoundComment {
  readonly row: CommentRow;
  readonly view: Comment;
}

const readerOf = ({ post, viewerId }: PostLook): Reader => ({
  postId: post.post_id,
  viewerId,
  isOwner: post.author_id === viewerId,
});

async function judge(ctx: Context, { post, viewerId }: PostLook, rows: readonly CommentRow[]) {
  const met = await meetable(ctx, viewerId, peopleIn(rows));
  return rows.map((row) => commentView(row, met, post, viewerId));
}

/**
 * A comment on a post that was looked up. Throws `comment_not_found`: also for one that waits for
 * approval, and while comments are turned off.
 *
 * Turned off, what was said before is hidden from everyone, the author of the post too, and comes back
 * with the switch: as on Instagram, so that turning off ends a quarrel instead of freezing it on
 * display. Nothing is deleted and the count stays in its row; views say 0.
 */
export async function commentOn(
  ctx: Context,
  look: PostLook,
  commentId: CommentId,
): Promise<FoundComment> {
  const row = look.post.comments_off ? null : await findComment(ctx.db, readerOf(look), commentId);
  const [view] = row ? await judge(ctx, look, [row]) : [];
  if (!row || !view) throw new Problem('comment_not_found');
  return { row, view };
}

/** The same by ids, with the post. Throws `post_not_found`, `comment_not_found`. */
export async function visibleComment(
  ctx: Context,
  postId: PostId,
  commentId: CommentId,
  viewerId: PersonId | null,
): Promise<FoundComment & { readonly look: PostLook }> {
  const look = await visiblePost(ctx, postId, viewerId);
  return { look, ...(await commentOn(ctx, look, commentId)) };
}

const NOTHING: Page<Comment> = {
  items: [],
  pagination: { next_cursor: null, has_more: false },
};

/** First comments of threads: on the first page the pinned ones on top, then the newest first. */
export async function showComments(
  ctx: Context,
  postId: PostId,
  viewerId: PersonId | null,
  query: Asked,
): Promise<Page<Comment>> {
  const place = decodePlace(query.cursor);
  const limit = query.limit ?? PAGE_LIMIT_DEFAULT;
  const look = await visiblePost(ctx, postId, viewerId);
  if (look.post.comments_off) return NOTHING;
  const reader = readerOf(look);
  // A page of two has room for two of three pinned ones; the third stands where its age puts it.
  const onTop = place ? [] : (await listPinned(ctx.db, reader)).slice(0, limit);
  const pinned = place?.pinned ?? onTop.map((row) => row.comment_id);
  const top = (await judge(ctx, look, onTop)).filter((view) => view !== null);
  const room = limit - top.length;
  const before = place?.before ?? null;
  const rest = await fillPage(
    // Where the pinned ones take all the room, only whether there is more.
    { limit: Math.max(1, room), before },
    {
      read: (take, from) => listFirst(ctx.db, reader, from, take),
      idOf: (row) => row.comment_id,
      show: async (rows) => {
        const views = await judge(ctx, look, rows);
        return views.map((view) => (view && pinned.includes(view.comment_id) ? null : view));
      },
    },
  );
  const full = room === 0;
  const { next_cursor } = rest.pagination;
  const more = full ? rest.items.length > 0 : next_cursor !== null;
  const below = full ? before : decodeCursor<CommentId>(next_cursor ?? undefined);
  return {
    items: full ? top : [...top, ...rest.items],
    pagination: {
      next_cursor: more ? encodePlace({ before: below, pinned }) : null,
      has_more: more,
    },
  };
}

/** The replies of a thread, oldest first. Throws `comment_not_found` when its first comment is not there. */
export async function showReplies(
  ctx: Context,
  place: { readonly postId: PostId; readonly rootId: CommentId },
  viewerId: PersonId | null,
  query: Asked,
): Promise<Page<Comment>> {
  const { before: after, limit } = askedPage<CommentId>(query);
  const { look } = await visibleComment(ctx, place.postId, place.rootId, viewerId);
  const reader = readerOf(look);
  return fillPage(
    { limit, before: after },
    {
      read: (take, from) => listThread(ctx.db, reader, place.rootId, from, take),
      idOf: (row) => row.comment_id,
      show: (rows) => judge(ctx, look, rows),
    },
  );
}
