import { Heart, MessageCircle, Send } from 'lucide';
import { useState } from 'preact/hooks';
import type { Post } from '../../../api/posts.ts';
import { showLikeCounts } from '../../data/like-counts.ts';
import { t } from '../../strings/strings.ts';
import { IconButton } from '../../ui/button.tsx';
import { Lazy } from '../../ui/lazy.tsx';
import { like } from './acts.ts';
import { LikesSheet } from './likes-sheet.tsx';
import { SaveButton } from './save-button.tsx';

interface ActionsProps {
  readonly post: Post;
  readonly onComment: () => void;
}

/** What can be done with a post, and how many liked and reposted it. */
export function Actions({ post, onComment }: ActionsProps) {
  const [listed, setListed] = useState(false);
  const [sharing, setSharing] = useState(false);
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
          aria-haspopup="dialog"
          onClick={() => setSharing(true)}
        />
        <SaveButton post={post} />
      </div>
      <Counts post={post} onLikes={() => setListed(true)} />
      {listed && <LikesSheet postId={post.post_id} onClose={() => setListed(false)} />}
      {sharing && (
        <Lazy
          load={() => import('./share-sheet.tsx').then((code) => code.ShareSheet)}
          props={{ post, onClose: () => setSharing(false) }}
        />
      )}
    </div>
  );
}

function Counts({ post, onLikes }: { readonly post: Post; readonly onLikes: () => void }) {
  const { reposts_count } = post;
  const likes_count = post.viewer.is_author || showLikeCounts.value ? post.likes_count : null;
  if (!likes_count && reposts_count === 0) return null;
  return (
    <p class="actions__counts figures">
      {likes_count !== null && likes_count > 0 && (
        <button type="button" class="actions__likes figures" onClick={onLikes}>
          {t('post.likes', { count: likes_count })}
          {post.likes_hidden && <span class="quiet"> · {t('own.only-you')}</span>}
        </button>
      )}
      {reposts_count > 0 && (
        <span class="quiet">{t('repost.count', { count: reposts_count })}</span>
      )}
    </p>
  );
}
