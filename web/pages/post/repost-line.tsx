import './repost-line.css';
import { Repeat2 } from 'lucide';
import type { Post } from '../../../api/posts.ts';
import { t } from '../../strings/strings.ts';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Caption } from './caption.tsx';

interface RepostLineProps {
  readonly post: Post;
  readonly inFeed: boolean;
}

/** Above a reposted post: who reposted it, when, and what they say about it. */
export function RepostLine({ post, inFeed }: RepostLineProps) {
  const { user } = post;
  return (
    <div class="repost-line">
      <p class="repost-line__by">
        <Icon of={Repeat2} size={16} />
        <Link href={`/${user.username}`} class="ellipsis">
          {t('repost.by', { name: user.username })}
        </Link>
        {inFeed ? (
          <Link href={`/p/${post.post_id}`} over class="repost-line__age">
            <RelativeTime at={post.created_at} />
          </Link>
        ) : (
          <RelativeTime at={post.created_at} />
        )}
      </p>
      <Caption post={post} whole={!inFeed} />
    </div>
  );
}
