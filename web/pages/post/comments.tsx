import './comments.css';
import { MessageCircle, MessageCircleOff } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../../data/client.ts';
import { commentsOn, inOrder, lookForComments, shownAmong } from '../../data/comments.ts';
import { post } from '../../data/posts.ts';
import { me } from '../../data/session.ts';
import { loadLinked } from '../../data/threads.ts';
import { t } from '../../strings/strings.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { More } from '../../ui/more.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { said, wantsFocus } from './comment-state.ts';
import { CommentThread } from './comment-thread.tsx';

interface CommentsProps {
  readonly postId: string;
  /** The comment that a link led to: its thread stands on top, open. */
  readonly linked?: string | undefined;
}

/** The talk under a post: pinned comments, then the newest first, each with its thread. */
export function Comments({ postId, linked }: CommentsProps) {
  const off = post(postId).value?.comments_off ?? false;
  if (!off) return <Talk postId={postId} linked={linked} />;
  return (
    <div class="comments">
      <EmptyState icon={MessageCircleOff} title={t('comments.off')} text={t('comments.off-text')} />
    </div>
  );
}

function Talk({ postId, linked }: CommentsProps) {
  const list = commentsOn(postId);
  useEffect(() => list.start(), [list]);
  const link = useLinked(postId, linked);
  const place = useFocus();
  useNews(postId);
  const state = list.state.value;
  const ids = list.items.value;
  const onTop = shownAmong(link.rootId ? [link.rootId] : []);
  const rest = inOrder(shownAmong(ids.filter((id) => id !== link.rootId)));
  const threads = [...onTop, ...rest];
  const waits = threads.length === 0 && (state === 'idle' || state === 'loading');
  return (
    <div class="comments" ref={place}>
      <p class="visually-hidden" role="status">
        {said.value}
      </p>
      {link.lost && (
        <p class="comments__lost quiet" role="status">
          {t('comments.not-here')}
        </p>
      )}
      {waits && <SkeletonRows count={4} />}
      {threads.length === 0 && list.ended.value && (
        <EmptyState
          icon={MessageCircle}
          title={t('comments.none')}
          text={me.value && t('comments.none-text')}
        />
      )}
      {threads.length > 0 && (
        <ul aria-label={t('comments.title')}>
          {threads.map((root) => (
            <CommentThread
              key={root.idempotencyKey ?? root.comment_id}
              root={root}
              linked={linked}
            />
          ))}
        </ul>
      )}
      {!waits && (
        <More
          state={state}
          ended={list.ended.value}
          error={list.error.value?.message}
          onMore={() => void list.more()}
          ahead={400}
        />
      )}
    </div>
  );
}

/** Another count of the post may mean that there is news. */
function useNews(postId: string): void {
  const count = post(postId).value?.comments_count;
  const sending = shownAmong(commentsOn(postId).items.value).some(
    (comment) => comment.sending === 'under-way',
  );
  useEffect(() => {
    lookForComments(postId).catch((error: unknown) => {
      // The next news looks again.
      console.info('The comments could not be looked at:', error);
    });
  }, [postId, count, sending]);
}

/** Finds what a link names; `lost` when it is not there. */
function useLinked(postId: string, linked: string | undefined) {
  const [found, setFound] = useState<{ rootId: string | null; lost: boolean }>(NOT_LINKED);
  useEffect(() => {
    setFound(NOT_LINKED);
    if (linked === undefined) return;
    let over = false;
    loadLinked(postId, linked)
      .then((rootId) => {
        if (over) return;
        setFound({ rootId, lost: false });
        wantsFocus.value = linked;
      })
      .catch((error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        if (!over) setFound({ rootId: null, lost: true });
      });
    return () => {
      over = true;
    };
  }, [postId, linked]);
  return found;
}
const NOT_LINKED = { rootId: null, lost: false };

/** Gives the focus to the comment that is to have it, once it stands there. */
function useFocus() {
  const place = useRef<HTMLDivElement>(null);
  const id = wantsFocus.value;
  useEffect(() => {
    if (id === null) return;
    const row = place.current?.querySelector<HTMLElement>(`[data-comment="${id}"]`);
    if (!row) return;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
    wantsFocus.value = null;
  });
  return place;
}
