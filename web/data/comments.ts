import type * as comments from '../../api/comments.ts';
import type { CommentId, PostId } from '../../api/ids.ts';
import type { UserSummary } from '../../api/people.ts';
import { call, newIdempotencyKey } from './client.ts';
import { type List, listNamed } from './lists.ts';
import { keepPerson } from './people.ts';
import { changePost, post } from './posts.ts';

/** A comment as it is shown: one that was just written may still be on its way. */
export interface ShownComment extends comments.Comment {
  readonly sending?: 'under-way' | 'failed' | undefined;
  /** Of the writing, kept over its retries. */
  readonly idempotencyKey?: string | undefined;
}

/** The comments on a post, newest first. */
export function commentsOn(postId: string): List<ShownComment> {
  return listNamed<ShownComment>(`comments ${postId}`, {
    load: async (cursor) => {
      const page = await call<typeof comments.listComments>('GET /posts/{post_id}/comments', {
        params: { post_id: postId as PostId },
        query: cursor === undefined ? {} : { cursor },
      });
      for (const comment of page.items) keepPerson(comment.user);
      return page;
    },
    idOf: (comment) => comment.comment_id,
  });
}

/** Comments off the screen that the server still has: a look for news must not bring them back. */
const hidden = new Set<string>();

const isUnderWay = (comment: ShownComment) => comment.sending === 'under-way';

/**
 * Looks for comments that others wrote since the list was loaded, when the post's count says that
 * there are some. While one of one's own is on its way nothing is done: it would stand there twice.
 */
export async function lookForComments(postId: string): Promise<void> {
  const list = commentsOn(postId);
  const here = list.items.peek();
  const count = post(postId).peek()?.comments_count ?? 0;
  const complete = list.ended.peek() && here.length >= count;
  if (list.state.peek() !== 'ready' || complete || here.some(isUnderWay)) return;
  const { fresh, gap, startOver } = await list.head();
  if (list.items.peek().some(isUnderWay)) return;
  if (gap) startOver();
  else list.putFirst(fresh.filter((comment) => !hidden.has(comment.comment_id)));
}

function step(postId: string, by: number): void {
  changePost(postId, (now) => ({ comments_count: Math.max(0, now.comments_count + by) }));
}

/** Writes a comment: it stands there at once, and says so when it could not be sent. */
export function addComment(postId: string, user: UserSummary, text: string): Promise<void> {
  const idempotencyKey = newIdempotencyKey();
  const comment: ShownComment = {
    comment_id: `here-${idempotencyKey}` as CommentId,
    post_id: postId as PostId,
    user,
    text,
    parent_comment_id: null,
    reply_to: null,
    mentions: [],
    likes_count: 0,
    replies_count: 0,
    pinned: false,
    held: false,
    created_at: new Date().toISOString(),
    viewer: { liked: false, can_delete: false, can_pin: false, can_approve: false },
    sending: 'under-way',
    idempotencyKey,
  };
  commentsOn(postId).putFirst([comment]);
  return sendComment(comment);
}

/** Sends a comment that is shown as on its way, or one that failed, again. Throws `ApiError`. */
export async function sendComment(comment: ShownComment): Promise<void> {
  const list = commentsOn(comment.post_id);
  list.replace(comment.comment_id, { ...comment, sending: 'under-way' });
  step(comment.post_id, 1);
  try {
    const sent = await call<typeof comments.createComment>('POST /posts/{post_id}/comments', {
      params: { post_id: comment.post_id },
      body: { text: comment.text },
      idempotencyKey: comment.idempotencyKey,
    });
    list.replace(comment.comment_id, sent);
  } catch (error) {
    step(comment.post_id, -1);
    list.replace(comment.comment_id, { ...comment, sending: 'failed' });
    throw error;
  }
}

/** Takes a comment off the screen, and gives back what puts it there again. */
export function hideComment(comment: ShownComment): () => void {
  const list = commentsOn(comment.post_id);
  const before = list.items.peek();
  const index = before.findIndex((item) => item.comment_id === comment.comment_id);
  list.remove(comment.comment_id);
  hidden.add(comment.comment_id);
  if (comment.sending === undefined) step(comment.post_id, -1);
  return () => {
    hidden.delete(comment.comment_id);
    list.insert(comment, index);
    if (comment.sending === undefined) step(comment.post_id, 1);
  };
}

/** Deletes a comment on the server, also while the page is being left. Throws `ApiError`. */
export async function deleteComment(comment: ShownComment): Promise<void> {
  await call<typeof comments.deleteComment>('DELETE /posts/{post_id}/comments/{comment_id}', {
    params: { post_id: comment.post_id, comment_id: comment.comment_id },
    keepalive: true,
  });
}
