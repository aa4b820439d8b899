import { Heart, MessageCircle, Send } from 'lucide';
import { useState } from 'preact/hooks';
import type { Post } from '../../../api/posts.ts';
import { t } from '../../strings/strings.ts';
import { IconButton } from '../../ui/button.tsx';
import { like, share } from './acts.ts';
import { LikesSheet } from './likes-sheet.tsx';

interface ActionsProps {
  readonly post: Post;
  readonly onComment: () => void;
}

/** What can be done with a post, and how many liked it. */
export function Actions({ post, onComment }: ActionsProps) {
  const [listed, setListed] = useState(false);
  const { liked } = post.viewer;
  return (
    <div class="actions">
      <div class="actions__row">
        <IconButton
          class={liked ? 'actions__liked' : undefined}
          icon={Heart}
          filled={liked}
          label={liked ? t('post.unlike') : t('post.like')}
          aria-pressed={liked}
          onClick={() => like(post.post_id, !liked)}
        />
        <IconButton icon={MessageCircle} label={t('post.comment')} onClick={onComment} />
        <IconButton
          icon={Send}
          directed
          label={t('post.share')}
          onClick={() => void share(post.post_id, t('post.title', { name: post.user.full_name }))}
        />
      </div>
      {post.likes_count !== null && post.likes_count > 0 && (
        <button type="button" class="actions__likes figures" onClick={() => setListed(true)}>
          {t('post.likes', { count: post.likes_count })}
          {post.likes_hidden && <span class="quiet"> · {t('own.only-you')}</span>}
        </button>
      )}
      {listed && <LikesSheet postId={post.post_id} onClose={() => setListed(false)} />}
    </div>
  );
}
