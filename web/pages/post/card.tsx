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
import { labelOf, useOriginal } from './original.ts';
import { RepostLine } from './repost-line.tsx';
import { useSeen } from './use-seen.ts';
import { Why } from './why.tsx';

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
  const original = useOriginal(post);
  // What is done with a repost is done with the original.
  const shownId = original?.post_id ?? id;
  const card = useRef<HTMLElement>(null);
  const [why, setWhy] = useState(false);
  const [comments, setComments] = useState<'closed' | 'reading' | 'writing'>('closed');

  useEffect(() => {
    const element = card.current;
    if (!element) return;
    let end: (() => void) | null = null;
    const watch = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) end ??= watchPost(shownId);
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
  }, [shownId]);
  useSeen(card, post);

  if (!post || original === null) return null;
  const shown = original ?? post;
  return (
    <article ref={card} class="post-card" tabIndex={-1} aria-label={labelOf(post)}>
      {original && <RepostLine post={post} inFeed />}
      <PostHeader post={shown} inFeed onWhy={() => setWhy(true)} />
      <PostMedia post={shown} sizes={FEED_SIZES} first={first} />
      <div class="post-card__foot">
        <Actions post={shown} onComment={() => setComments('writing')} />
        <Caption post={shown} />
        <div class="post-card__more">
          {shown.comments_count > 0 && !shown.comments_off && (
            <button type="button" class="quiet-button" onClick={() => setComments('reading')}>
              {t('post.comments', { count: shown.comments_count })}
            </button>
          )}
          <button type="button" class="quiet-button" onClick={() => setWhy(true)}>
            {t('why.open')}
          </button>
        </div>
      </div>
      {why && <Why entry={post} shown={shown} onClose={() => setWhy(false)} />}
      {comments !== 'closed' && (
        <CommentsSheet
          postId={shownId}
          writing={comments === 'writing'}
          onClose={() => setComments('closed')}
        />
      )}
    </article>
  );
}
