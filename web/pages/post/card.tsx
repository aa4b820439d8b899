import './post.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { post as known } from '../../data/posts.ts';
import { watchPost } from '../../data/socket.ts';
import { t } from '../../strings/strings.ts';
import { Actions } from './actions.tsx';
import { Caption } from './caption.tsx';
import { CommentsSheet } from './comments-sheet.tsx';
import { PostHeader } from './header.tsx';
import { PostMedia } from './media.tsx';

interface PostCardProps {
  readonly id: string;
  /** The first photo of the page. */
  readonly first: boolean;
}

/** How wide a photo stands in the feed; the same figures are in tokens.css. */
export const FEED_SIZES = '(min-width: 2560px) 800px, (min-width: 768px) 600px, 100vw';

/** A post in the feed. */
export function PostCard({ id, first }: PostCardProps) {
  const post = known(id).value;
  const card = useRef<HTMLElement>(null);
  const [comments, setComments] = useState<'closed' | 'reading' | 'writing'>('closed');

  useEffect(() => {
    const element = card.current;
    if (!element) return;
    let end: (() => void) | null = null;
    const watch = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) end ??= watchPost(id);
      else {
        end?.();
        end = null;
      }
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      end?.();
    };
  }, [id]);

  if (!post) return null;
  return (
    <article
      ref={card}
      class="post-card"
      tabIndex={-1}
      aria-label={t('post.label', { name: post.user.full_name })}
    >
      <PostHeader post={post} inFeed />
      <PostMedia post={post} sizes={FEED_SIZES} first={first} />
      <div class="post-card__foot">
        <Actions post={post} onComment={() => setComments('writing')} />
        <Caption post={post} />
        {post.comments_count > 0 && !post.comments_off && (
          <button type="button" class="quiet-button" onClick={() => setComments('reading')}>
            {t('post.comments', { count: post.comments_count })}
          </button>
        )}
      </div>
      {comments !== 'closed' && (
        <CommentsSheet
          postId={id}
          writing={comments === 'writing'}
          onClose={() => setComments('closed')}
        />
      )}
    </article>
  );
}
