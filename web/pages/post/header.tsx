import { useState } from 'preact/hooks';
import type { Post } from '../../../api/posts.ts';
import { person } from '../../data/people.ts';
import { t } from '../../strings/strings.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Lazy } from '../../ui/lazy.tsx';
import { Link } from '../../ui/link.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { AudienceMark } from './audience-mark.tsx';
import { PostMenu } from './menu.tsx';
import { Name } from './name.tsx';

interface HeaderProps {
  readonly post: Post;
  /** In a feed: the age leads to the post. */
  readonly inFeed: boolean;
  /** Says why it stands where it stands; none for visitors. */
  readonly onWhy?: (() => void) | undefined;
  /** Runs when the author has deleted it. */
  readonly onDeleted?: (() => void) | undefined;
}

/** Whose post it is, where and how old, and what can be done about it. */
export function PostHeader({ post, inFeed, onWhy, onDeleted }: HeaderProps) {
  const [history, setHistory] = useState(false);
  const user = person(post.user.user_id).value ?? post.user;
  return (
    <header class="post-header">
      <Link href={`/${user.username}`} class="post-header__face" tabIndex={-1} aria-hidden="true">
        <Avatar src={user.profile_picture} name={user.full_name} size={36} />
      </Link>
      <div class="post-header__who">
        <span class="post-header__name">
          <Name user={user} />
          <AudienceMark audience={post.audience} />
        </span>
        <span class="post-header__age">
          {inFeed ? (
            <Link href={`/p/${post.post_id}`} over>
              <RelativeTime at={post.created_at} />
            </Link>
          ) : (
            <RelativeTime at={post.created_at} />
          )}
          {post.edited_at && (
            <>
              <span aria-hidden="true">·</span>
              <button
                type="button"
                class="post-header__edited"
                aria-label={t('history.open')}
                onClick={() => setHistory(true)}
              >
                {t('post.edited')}
              </button>
            </>
          )}
          {post.location && (
            <>
              <span aria-hidden="true">·</span>
              <Link href={`/places/${post.location.place_id}`} class="post-header__place ellipsis">
                <bdi>{post.location.name}</bdi>
              </Link>
            </>
          )}
        </span>
      </div>
      <PostMenu post={post} inFeed={inFeed} onWhy={onWhy} onDeleted={onDeleted} />
      {history && (
        <Lazy
          load={() => import('./history-sheet.tsx').then((code) => code.HistorySheet)}
          props={{ postId: post.post_id, onClose: () => setHistory(false) }}
        />
      )}
    </header>
  );
}
