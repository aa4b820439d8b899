import './comments.css';
import { MessageCircle } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import { COMMENT_MAX } from '../../../api/limits.ts';
import { ApiError } from '../../data/client.ts';
import { addComment, commentsOn, lookForComments, type ShownComment } from '../../data/comments.ts';
import { person } from '../../data/people.ts';
import { post } from '../../data/posts.ts';
import { RichText } from '../../data/rich-text.tsx';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Link } from '../../ui/link.tsx';
import { Menu } from '../../ui/menu.tsx';
import { More } from '../../ui/more.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { TextArea } from '../../ui/text-area.tsx';
import { toast } from '../../ui/toast.tsx';
import { removeComment, resend } from './acts.ts';
import { Name } from './name.tsx';

/** The comments on a post, newest first. */
export function Comments({ postId }: { readonly postId: string }) {
  const list = commentsOn(postId);
  useEffect(() => list.start(), [list]);
  const items = list.items.value;
  const state = list.state.value;
  const count = post(postId).value?.comments_count;
  const sending = items.some((comment) => comment.sending === 'under-way');
  // Another count may mean that there is news.
  useEffect(() => {
    lookForComments(postId).catch((error: unknown) => {
      // The next news looks again.
      console.info('The comments could not be looked at:', error);
    });
  }, [postId, count, sending]);
  const waits = items.length === 0 && (state === 'idle' || state === 'loading');
  return (
    <div class="comments">
      {waits && <SkeletonRows count={4} />}
      {items.length === 0 && list.ended.value && (
        <EmptyState
          icon={MessageCircle}
          title={t('comments.none')}
          text={me.value && t('comments.none-text')}
        />
      )}
      <ul>
        {items.map((comment) => (
          <CommentRow key={comment.idempotencyKey ?? comment.comment_id} comment={comment} />
        ))}
      </ul>
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

function CommentRow({ comment }: { readonly comment: ShownComment }) {
  const user = person(comment.user.user_id).value ?? comment.user;
  const { sending } = comment;
  return (
    <li class={`comment${sending === 'under-way' ? ' comment--under-way' : ''}`}>
      <Link href={`/${user.username}`} tabIndex={-1} aria-hidden="true">
        <Avatar src={user.profile_picture} name={user.full_name} size={32} />
      </Link>
      <div class="comment__words">
        <p dir="auto">
          <Name user={user} /> <RichText text={comment.text} />
        </p>
        <p class="comment__age">
          {sending === undefined && <RelativeTime at={comment.created_at} />}
          {sending === 'under-way' && t('comments.sending')}
          {sending === 'failed' && (
            <span role="alert">
              <span class="comment__unsent">{t('comments.unsent')}</span>{' '}
              <button type="button" class="quiet-button" onClick={() => resend(comment)}>
                {t('try-again')}
              </button>
            </span>
          )}
        </p>
      </div>
      {comment.viewer.can_delete && (
        <Menu
          label={t('comments.menu')}
          items={[{ label: t('comments.delete'), danger: true, run: () => removeComment(comment) }]}
        />
      )}
    </li>
  );
}

interface CommentFormProps {
  readonly postId: string;
  /** Put the cursor into it as soon as it is there. */
  readonly focused?: boolean | undefined;
}

/** Where a comment is written; Enter sends, Shift and Enter begin a new line. */
export function CommentForm({ postId, focused }: CommentFormProps) {
  const [text, setText] = useState('');
  const area = useRef<HTMLTextAreaElement>(null);
  const user = me.value;

  useEffect(() => {
    if (focused) area.current?.focus({ preventScroll: true });
  }, [focused]);

  if (!user) {
    return (
      <div class="comment-form">
        <ButtonLink wide href={`/log-in?next=${encodeURIComponent(`/p/${postId}`)}`}>
          {t('comments.log-in')}
        </ButtonLink>
      </div>
    );
  }

  const send = () => {
    const words = text.trim();
    if (words === '') return;
    setText('');
    addComment(postId, user, words).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      toast({ text: error.message });
    });
  };

  return (
    <form
      class="comment-form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <TextArea
        label={t('comments.write')}
        labelHidden
        placeholder={t('comments.write')}
        value={text}
        onValue={setText}
        limit={COMMENT_MAX}
        maxLength={COMMENT_MAX}
        areaRef={area}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <Button type="submit" kind="plain" disabled={text.trim() === ''}>
        {t('comments.send')}
      </Button>
    </form>
  );
}
