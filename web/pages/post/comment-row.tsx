import { Heart, Pin } from 'lucide';
import type { ShownComment } from '../../data/comments.ts';
import { person } from '../../data/people.ts';
import { post } from '../../data/posts.ts';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import {
  approve,
  copyCommentLink,
  likeComment,
  pinComment,
  removeComment,
  replyTo,
  resend,
} from './comment-acts.ts';
import { CommentText } from './comment-text.tsx';

interface CommentRowProps {
  readonly comment: ShownComment;
  /** A link led here. */
  readonly linked?: boolean | undefined;
}

/** A comment or a reply, and all that can be done with it. */
export function CommentRow({ comment, linked }: CommentRowProps) {
  const user = person(comment.user.user_id).value ?? comment.user;
  const { sending } = comment;
  const look = `${sending === 'under-way' ? ' comment--under-way' : ''}${linked ? ' comment--linked' : ''}${comment.root_comment_id ? ' comment--reply' : ''}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields; this takes the focus when its neighbour goes.
    <div
      class={`comment${look}`}
      data-comment={comment.comment_id}
      role="group"
      tabIndex={-1}
      aria-label={t('comments.by', { name: user.username })}
    >
      <Link href={`/${user.username}`} tabIndex={-1} aria-hidden="true">
        <Avatar
          src={user.profile_picture}
          name={user.full_name}
          size={comment.root_comment_id ? 24 : 32}
        />
      </Link>
      <div class="comment__words">
        {comment.pinned && (
          <p class="comment__pinned">
            <Icon of={Pin} size={16} /> {t('comments.pinned')}
          </p>
        )}
        <CommentText comment={{ ...comment, user }} />
        {sending === undefined ? <Foot comment={comment} /> : <Sending comment={comment} />}
        {comment.held && <Held comment={comment} name={user.username} />}
      </div>
      {sending === undefined && <LikeButton comment={comment} />}
    </div>
  );
}

function LikeButton({ comment }: { readonly comment: ShownComment }) {
  const { liked } = comment.viewer;
  return (
    <IconButton
      class={`comment__like${liked ? ' comment__like--on' : ''}`}
      icon={Heart}
      iconSize={16}
      filled={liked}
      label={liked ? t('comments.unlike') : t('comments.like')}
      aria-pressed={liked}
      onClick={() => likeComment(comment, !liked)}
    />
  );
}

function Foot({ comment }: { readonly comment: ShownComment }) {
  const { username } = comment.user;
  const mayReply = !comment.held && (post(comment.post_id).value?.viewer.can_comment ?? false);
  return (
    <div class="comment__foot">
      <RelativeTime at={comment.created_at} />
      {answersUnsaid(comment) && (
        <span class="ellipsis">{t('comments.answers', { name: comment.reply_to ?? '' })}</span>
      )}
      {comment.likes_count > 0 && (
        <span class="figures">{t('comments.likes', { count: comment.likes_count })}</span>
      )}
      {(mayReply || !me.value) && (
        <button
          type="button"
          class="quiet-button comment__reply"
          aria-label={t('comments.reply-to', { name: username })}
          onClick={() => replyTo(comment)}
        >
          {t('comments.reply')}
        </button>
      )}
      <Menu label={t('comments.menu')} items={itemsFor(comment)} />
    </div>
  );
}

/** Whom a reply to a reply answers, where its words do not say so themselves. */
function answersUnsaid({ reply_to, text }: ShownComment): boolean {
  return reply_to !== null && !text.toLowerCase().includes(`@${reply_to}`);
}

function itemsFor(comment: ShownComment): MenuItem[] {
  const { can_pin, can_delete } = comment.viewer;
  const items: MenuItem[] = [
    { label: t('comments.copy-link'), run: () => copyCommentLink(comment) },
  ];
  if (can_pin) {
    items.push({
      label: comment.pinned ? t('comments.unpin') : t('comments.pin'),
      run: () => pinComment(comment, !comment.pinned),
    });
  }
  if (can_delete) {
    items.push({
      label: t('comments.delete'),
      danger: true,
      run: () => removeComment(comment),
    });
  }
  return items;
}

function Sending({ comment }: { readonly comment: ShownComment }) {
  if (comment.sending === 'under-way') {
    return <p class="comment__foot">{t('comments.sending')}</p>;
  }
  return (
    <div class="comment__foot" role="alert">
      <span class="comment__unsent">{t('comments.unsent')}</span>
      <button type="button" class="quiet-button" onClick={() => resend(comment)}>
        {t('try-again')}
      </button>
      <button type="button" class="quiet-button" onClick={() => removeComment(comment)}>
        {t('comments.discard')}
      </button>
    </div>
  );
}

/** Who sees a comment that waits; for the author of the post with what can be done about it. */
function Held({ comment, name }: { readonly comment: ShownComment; readonly name: string }) {
  if (!comment.viewer.can_approve) {
    const owner = post(comment.post_id).value?.user.username ?? '';
    return <p class="comment__held">{t('comments.held-own', { name: owner })}</p>;
  }
  return (
    <div class="comment__held">
      <p>{t('comments.held-owner', { name })}</p>
      <div class="comment__held-do">
        <Button small onClick={() => approve(comment)}>
          {t('comments.approve')}
        </Button>
        <Button small onClick={() => removeComment(comment)}>
          {t('comments.delete-held')}
        </Button>
      </div>
    </div>
  );
}
