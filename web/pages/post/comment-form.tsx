import './comments.css';
import { X } from 'lucide';
import type { Ref, RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { COMMENT_MAX } from '../../../api/limits.ts';
import { ApiError } from '../../data/client.ts';
import type { ShownComment } from '../../data/comments.ts';
import { loadPost, post } from '../../data/posts.ts';
import { me } from '../../data/session.ts';
import { addComment } from '../../data/write-comment.ts';
import { t } from '../../strings/strings.ts';
import { Button, ButtonLink, IconButton } from '../../ui/button.tsx';
import { TextArea } from '../../ui/text-area.tsx';
import { toast } from '../../ui/toast.tsx';
import { replyTarget, say } from './comment-state.ts';

interface CommentFormProps {
  readonly postId: string;
  /** Put the cursor into it as soon as it is there. */
  readonly focused?: boolean | undefined;
}

/** Where a comment is written; Enter sends, Shift and Enter begin a new line. */
export function CommentForm({ postId, focused }: CommentFormProps) {
  const user = me.value;
  const under = post(postId).value;
  // The list above says why there is nothing to write into.
  if (under?.comments_off) return null;
  if (user && under && !under.viewer.can_comment) {
    return <p class="comment-form__closed quiet">{t('comments.closed')}</p>;
  }
  if (user) return <WritingForm postId={postId} focused={focused} />;
  return (
    <div class="comment-form">
      <ButtonLink wide href={`/log-in?next=${encodeURIComponent(`/p/${postId}`)}`}>
        {t('comments.log-in')}
      </ButtonLink>
    </div>
  );
}

const prefixFor = (target: ShownComment | null) => (target ? `@${target.user.username} ` : '');

/**
 * The text and what it answers. A reply begins with the name of who is answered, which may be taken
 * out; what was written before stays when the target changes.
 */
function useReply(postId: string, area: RefObject<HTMLTextAreaElement | null>) {
  const [text, setText] = useState('');
  const target = replyTarget.value?.post_id === postId ? replyTarget.value : null;
  const before = useRef<ShownComment | null>(null);
  useEffect(() => {
    const was = prefixFor(before.current);
    const isOther = before.current?.comment_id !== target?.comment_id;
    before.current = target;
    if (!isOther) return;
    setText((now) => prefixFor(target) + (now.startsWith(was) ? now.slice(was.length) : now));
    if (target) area.current?.focus();
  }, [target]);
  useEffect(
    () => () => {
      replyTarget.value = null;
    },
    [postId],
  );
  const cancel = () => {
    replyTarget.value = null;
    area.current?.focus();
  };
  return { text, setText, target, cancel };
}

function WritingForm({ postId, focused }: CommentFormProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const { text, setText, target, cancel } = useReply(postId, area);

  useEffect(() => {
    if (focused) area.current?.focus({ preventScroll: true });
  }, [focused]);

  const words = text.trim();
  const empty = words === '' || words === prefixFor(target).trim();
  const send = () => {
    const user = me.peek();
    if (empty || !user) return;
    setText('');
    replyTarget.value = null;
    addComment(user, { postId, text: words, parent: target })
      .then((sent) => sayHowItWent(sent))
      .catch((error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        toast({ text: error.message });
        // Then the page should show it as it is now.
        if (error.code === 'comments_off') loadPost(postId).catch(reportError);
      });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && target) {
      // Only the reply is given up, not the sheet that it is written in.
      event.preventDefault();
      event.stopPropagation();
      return cancel();
    }
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      class="comment-form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {target && <ReplyingTo name={target.user.username} onCancel={cancel} />}
      <Area text={text} setText={setText} target={target} area={area} onKeyDown={onKeyDown} />
      <Button type="submit" kind="plain" disabled={empty}>
        {t('comments.send')}
      </Button>
    </form>
  );
}

interface AreaProps {
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly target: ShownComment | null;
  readonly area: Ref<HTMLTextAreaElement>;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

function Area({ text, setText, target, area, onKeyDown }: AreaProps) {
  return (
    <TextArea
      label={
        target ? t('comments.write-reply', { name: target.user.username }) : t('comments.write')
      }
      labelHidden
      placeholder={t('comments.write')}
      value={text}
      onValue={setText}
      limit={COMMENT_MAX}
      maxLength={COMMENT_MAX}
      areaRef={area}
      onKeyDown={onKeyDown}
    />
  );
}

function ReplyingTo(props: { readonly name: string; readonly onCancel: () => void }) {
  const { name, onCancel } = props;
  return (
    <p class="comment-form__target">
      <span class="ellipsis">{t('comments.replying', { name })}</span>
      <IconButton
        icon={X}
        iconSize={16}
        label={t('comments.cancel-reply', { name })}
        onClick={onCancel}
      />
    </p>
  );
}

function sayHowItWent(sent: ShownComment): void {
  const name = post(sent.post_id).peek()?.user.username ?? '';
  if (sent.held) say(t('comments.sent-held', { name }));
  else say(t(sent.root_comment_id ? 'comments.reply-sent' : 'comments.sent'));
}
