import { ApiError } from '../../data/client.ts';
import {
  approveComment,
  deleteComment,
  hideComment,
  type ShownComment,
  setCommentLiked,
  setCommentPinned,
} from '../../data/comments.ts';
import { sendComment } from '../../data/write-comment.ts';
import { t } from '../../strings/strings.ts';
import { toast } from '../../ui/toast.tsx';
import { copyLink, linkTo, needsMe } from './acts.ts';
import { replyTarget, say, wantsFocus } from './comment-state.ts';
import { tell, undoable } from './undo.ts';

/** Begins an answer: the form takes it from here. */
export function replyTo(comment: ShownComment): void {
  if (needsMe()) replyTarget.value = comment;
}

/** Likes a comment, or takes the like back. */
export function likeComment(comment: ShownComment, liked: boolean): void {
  if (!needsMe()) return;
  setCommentLiked(comment, liked).catch((error: unknown) =>
    tell(
      error,
      (reason) => t(liked ? 'comments.like-failed' : 'comments.unlike-failed', { reason }),
      () => likeComment(comment, liked),
    ),
  );
}

/** Pins a comment or unpins it; the focus goes with it to its new place. */
export function pinComment(comment: ShownComment, pinned: boolean): void {
  wantsFocus.value = comment.comment_id;
  setCommentPinned(comment, pinned).catch((error: unknown) =>
    tell(
      error,
      (reason) => t(pinned ? 'comments.pin-failed' : 'comments.unpin-failed', { reason }),
      () => pinComment(comment, pinned),
    ),
  );
}

/** Lets everyone see a comment that waited. */
export function approve(comment: ShownComment): void {
  // Its button goes; the comment stays.
  wantsFocus.value = comment.comment_id;
  approveComment(comment)
    .then(() => say(t('comments.approved')))
    .catch((error: unknown) =>
      tell(
        error,
        (reason) => t('comments.approve-failed', { reason }),
        () => approve(comment),
      ),
    );
}

/** Puts the address of a comment on the clipboard. */
export function copyCommentLink({ post_id, comment_id }: ShownComment): void {
  void copyLink(post_id, `${linkTo(post_id)}?comment=${comment_id}`);
}

/**
 * Deletes a comment: gone at once, and on the server when nobody asked for it back. When it cannot be
 * deleted, it stands there again and says why.
 */
export function removeComment(comment: ShownComment): void {
  focusBeside(comment.comment_id);
  const putBack = hideComment(comment);
  const show = () => {
    putBack();
    wantsFocus.value = comment.comment_id;
  };
  if (replyTarget.peek()?.comment_id === comment.comment_id) replyTarget.value = null;
  // One that never arrived is on no server.
  const unsent = comment.sending !== undefined;
  undoable(t(unsent ? 'comments.discarded' : 'comments.deleted'), show, () => {
    if (unsent) return;
    deleteComment(comment).catch((error: unknown) => {
      // Somebody else was first: then it is as gone as it was to be.
      if (error instanceof ApiError && error.code === 'comment_not_found') return;
      putBack();
      tell(
        error,
        (reason) => t('comments.delete-failed', { reason }),
        () => removeComment(comment),
      );
    });
  });
}

/** Gives the focus to the comment after this one, or before it, or to where comments are written. */
function focusBeside(id: string): void {
  const own = document.querySelector(`[data-comment="${id}"]`);
  const all = own?.closest('.comments')?.querySelectorAll<HTMLElement>('[data-comment]');
  if (!own || !all) return;
  // With the first comment of a thread its replies go.
  const going = own.closest('li');
  const staying = [...all].filter((one) => !going?.contains(one));
  const isAfter = (one: HTMLElement) =>
    (own.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  const beside = staying.find(isAfter) ?? staying.at(-1);
  const form = () => document.querySelector<HTMLElement>('.comment-form textarea');
  (beside ?? form())?.focus({ preventScroll: true });
}

/** Sends a comment that did not arrive once more. */
export function resend(comment: ShownComment): void {
  sendComment(comment).catch((error: unknown) => {
    // The comment itself says that it was not sent; this says why.
    if (!(error instanceof ApiError)) throw error;
    toast({ text: error.message });
  });
}
