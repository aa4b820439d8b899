import { CircleHelp, Image, Link2, Pencil, Trash } from 'lucide';
import { useState } from 'preact/hooks';
import type { Post } from '../../../api/posts.ts';
import { person } from '../../data/people.ts';
import { t } from '../../strings/strings.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Link } from '../../ui/link.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { go } from '../../ui/router.ts';
import { toast } from '../../ui/toast.tsx';
import { copyLink, removePost } from './acts.ts';
import { EditSheet } from './edit-sheet.tsx';
import { Name } from './name.tsx';

interface HeaderProps {
  readonly post: Post;
  /** In a feed: the age leads to the post, and the menu says why it is there. */
  readonly inFeed: boolean;
  /** Runs when the author has deleted it. */
  readonly onDeleted?: (() => void) | undefined;
}

/** Whose post it is, how old, and what can be done about it. */
export function PostHeader({ post, inFeed, onDeleted }: HeaderProps) {
  const [editing, setEditing] = useState(false);
  const user = person(post.user.user_id).value ?? post.user;
  const address = `/p/${post.post_id}`;
  const own: readonly MenuItem[] = [
    { label: t('post.edit'), icon: Pencil, run: () => setEditing(true) },
    {
      label: t('post.delete'),
      icon: Trash,
      danger: true,
      run: () => {
        removePost(post.post_id);
        onDeleted?.();
      },
    },
  ];
  const why: MenuItem = {
    label: t('post.why'),
    icon: CircleHelp,
    run: () =>
      toast({
        text: post.viewer.is_author
          ? t('post.why-own')
          : t('post.why-followed', { name: user.full_name }),
      }),
  };
  const items: readonly MenuItem[] = [
    ...(inFeed
      ? [{ label: t('post.open'), icon: Image, run: () => go(address, { over: true }) }]
      : []),
    { label: t('post.copy-link'), icon: Link2, run: () => void copyLink(post.post_id) },
    ...(inFeed ? [why] : []),
    ...(post.viewer.is_author ? own : []),
  ];
  return (
    <header class="post-header">
      <Link href={`/${user.username}`} class="post-header__face" tabIndex={-1} aria-hidden="true">
        <Avatar src={user.profile_picture} name={user.full_name} size={36} />
      </Link>
      <div class="post-header__who">
        <Name user={user} />
        <span class="post-header__age">
          {inFeed ? (
            <Link href={address} over>
              <RelativeTime at={post.created_at} />
            </Link>
          ) : (
            <RelativeTime at={post.created_at} />
          )}
          {post.edited_at && ` · ${t('post.edited')}`}
        </span>
      </div>
      <Menu label={t('post.menu')} items={items} />
      {editing && <EditSheet post={post} onClose={() => setEditing(false)} />}
    </header>
  );
}
