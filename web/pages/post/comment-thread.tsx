import { useEffect } from 'preact/hooks';
import { type ShownComment, shownAmong } from '../../data/comments.ts';
import { apartOf, type Thread, threadOf } from '../../data/threads.ts';
import { t } from '../../strings/strings.ts';
import { CommentRow } from './comment-row.tsx';

interface CommentThreadProps {
  readonly root: ShownComment;
  /** The comment that a link led to: this one or one of its replies. */
  readonly linked?: string | undefined;
}

/** A first comment and, folded below it, its replies. */
export function CommentThread({ root, linked }: CommentThreadProps) {
  const id = root.comment_id;
  return (
    <li>
      <CommentRow comment={root} linked={id === linked} />
      {root.sending === undefined && <Replies root={root} linked={linked} />}
    </li>
  );
}

function Replies({ root, linked }: CommentThreadProps) {
  const thread = threadOf(root.post_id, root.comment_id);
  const open = thread.open.value;
  const loaded = shownAmong(thread.list.items.value);
  const apart = shownAmong(apartOf(thread));
  const there = root.replies_count + root.held_replies_count;
  useNews(thread, root);
  if (there === 0 && loaded.length + apart.length === 0) return null;
  const name = root.user.username;
  const rowsOf = (comments: readonly ShownComment[]) =>
    comments.map((comment) => (
      <li key={comment.idempotencyKey ?? comment.comment_id}>
        <CommentRow comment={comment} linked={comment.comment_id === linked} />
      </li>
    ));
  return (
    <div class="thread">
      {open && (
        <ul aria-label={t('comments.replies-to', { name })}>
          {rowsOf(loaded)}
          <MoreReplies thread={thread} left={there - loaded.length - apart.length} />
          {rowsOf(apart)}
        </ul>
      )}
      <button
        type="button"
        class="quiet-button thread__fold"
        aria-expanded={open}
        onClick={() => {
          thread.open.value = !open;
        }}
      >
        {open ? t('comments.hide-replies') : t('comments.view-replies', { count: there })}
      </button>
    </div>
  );
}

/** Loads an open thread, and what others reply meanwhile. */
function useNews(thread: Thread, root: ShownComment): void {
  const open = thread.open.value;
  const state = thread.list.state.value;
  useEffect(() => {
    if (open) thread.list.start();
  }, [open, thread]);
  useEffect(() => {
    if (!open || state !== 'ready') return;
    const there = root.replies_count + root.held_replies_count;
    if (thread.list.items.peek().length >= there) return;
    thread.catchUp().catch((error: unknown) => {
      // The next news looks again.
      console.info('The replies could not be looked at:', error);
    });
  }, [open, state, thread, root.replies_count, root.held_replies_count]);
}

function MoreReplies({ thread, left }: { readonly thread: Thread; readonly left: number }) {
  const { list } = thread;
  const state = list.state.value;
  if (list.ended.value) return null;
  const failed = state === 'failed';
  return (
    <li class="thread__more">
      {failed && (
        <p class="comment__unsent" role="alert">
          {list.error.value?.message}
        </p>
      )}
      <button
        type="button"
        class="quiet-button"
        aria-busy={state === 'loading'}
        onClick={() => void list.more()}
      >
        {failed ? t('try-again') : t('comments.more-replies', { count: Math.max(1, left) })}
      </button>
    </li>
  );
}
