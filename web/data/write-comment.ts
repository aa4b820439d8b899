import type * as api from '../../api/comments.ts';
import type { CommentId, PostId } from '../../api/ids.ts';
import type { UserSummary } from '../../api/people.ts';
import { call, newIdempotencyKey } from './client.ts';
import {
  changeComment,
  commentsOn,
  countComments,
  countHeld,
  keepComment,
  type ShownComment,
} from './comments.ts';
import { putApart } from './threads.ts';

export interface Words {
  readonly postId: string;
  readonly text: string;
  /** What it answers, if anything. */
  readonly parent: ShownComment | null;
}

/**
 * Writes a comment: it stands there at once, and says so when it could not be sent. Gives it as the
 * server has it. Throws `ApiError`.
 */
export function addComment(user: UserSummary, words: Words): Promise<ShownComment> {
  const { postId, text, parent } = words;
  const idempotencyKey = newIdempotencyKey();
  const rootId = parent ? (parent.root_comment_id ?? parent.comment_id) : null;
  const comment: ShownComment = {
    comment_id: `here-${idempotencyKey}` as CommentId,
    post_id: postId as PostId,
    user,
    text,
    parent_comment_id: parent?.comment_id ?? null,
    root_comment_id: rootId,
    reply_to: parent?.root_comment_id ? parent.user.username : null,
    mentions: [],
    likes_count: 0,
    replies_count: 0,
    held_replies_count: 0,
    pinned: false,
    held: false,
    created_at: new Date().toISOString(),
    viewer: { liked: false, can_delete: false, can_pin: false, can_approve: false },
    sending: 'under-way',
    idempotencyKey,
  };
  keepComment(comment);
  if (rootId) putApart(comment);
  else commentsOn(postId).putFirst([comment.comment_id]);
  return sendComment(comment);
}

/** Sends a comment that is shown as on its way, or one that failed, again. Throws `ApiError`. */
export async function sendComment(comment: ShownComment): Promise<ShownComment> {
  changeComment(comment.comment_id, () => ({ sending: 'under-way' }));
  countComments(comment, 1);
  const parent = comment.parent_comment_id;
  try {
    const sent: ShownComment = {
      ...(await call<typeof api.createComment>('POST /posts/{post_id}/comments', {
        params: { post_id: comment.post_id },
        body: { text: comment.text, ...(parent ? { parent_comment_id: parent } : {}) },
        idempotencyKey: comment.idempotencyKey,
      })),
      // Its row stays the same row.
      idempotencyKey: comment.idempotencyKey,
    };
    keepComment(sent);
    if (sent.held) {
      countComments(sent, -1);
      if (sent.root_comment_id) countHeld(sent.root_comment_id, 1);
    }
    takePlace(comment, sent);
    return sent;
  } catch (error) {
    countComments(comment, -1);
    changeComment(comment.comment_id, () => ({ sending: 'failed' }));
    throw error;
  }
}

/** The comment of the server stands where the one of this page stood. */
function takePlace(here: ShownComment, sent: ShownComment): void {
  if (sent.root_comment_id) {
    putApart(sent, here.comment_id);
    return;
  }
  const list = commentsOn(sent.post_id);
  // A look for news may have brought it already.
  if (list.items.peek().includes(sent.comment_id)) list.remove(here.comment_id);
  else list.replace(here.comment_id, sent.comment_id);
}
