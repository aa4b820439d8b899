import {
  Archive,
  ArchiveRestore,
  CircleHelp,
  FileDown,
  Heart,
  HeartOff,
  Image,
  Link2,
  MessageCircle,
  MessageCircleOff,
  Pencil,
  Pin,
  PinOff,
  Trash,
  UserRoundX,
} from 'lucide';
import { useState } from 'preact/hooks';
import type { Post } from '../../../api/posts.ts';
import { t } from '../../strings/strings.ts';
import { Ask } from '../../ui/ask.tsx';
import { Lazy } from '../../ui/lazy.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { go } from '../../ui/router.ts';
import { copyLink } from './acts.ts';
import { withOwnActs } from './with-own-acts.ts';

interface PostMenuProps {
  readonly post: Post;
  readonly inFeed: boolean;
  readonly onWhy?: (() => void) | undefined;
  readonly onDeleted?: (() => void) | undefined;
}

/** What can be done with a post; more of it for its author, and for who is tagged in it. */
export function PostMenu({ post, inFeed, onWhy, onDeleted }: PostMenuProps) {
  const [asking, setAsking] = useState(false);
  const [filing, setFiling] = useState(false);
  const { is_author, is_tagged } = post.viewer;
  const untag: MenuItem = {
    label: t('tagged.remove-me'),
    icon: UserRoundX,
    run: () => setAsking(true),
  };
  const items: readonly MenuItem[] = [
    ...(inFeed ? [openItem(post)] : []),
    { label: t('post.copy-link'), icon: Link2, run: () => void copyLink(post.post_id) },
    ...(onWhy ? [{ label: t('why.open'), icon: CircleHelp, run: onWhy }] : []),
    ...(is_tagged ? [untag] : []),
    ...(is_author ? authorItems(post, () => setFiling(true), onDeleted) : []),
  ];
  return (
    <>
      <Menu label={t('post.menu')} items={items} />
      {asking && (
        <Ask
          title={t('tagged.remove-title')}
          text={t('tagged.remove-text')}
          yes={t('tagged.remove')}
          onYes={() => {
            setAsking(false);
            withOwnActs((acts) => acts.untagMe(post.post_id));
          }}
          onNo={() => setAsking(false)}
        />
      )}
      {filing && (
        <Lazy
          load={() => import('./originals-sheet.tsx').then((code) => code.OriginalsSheet)}
          props={{ post, onClose: () => setFiling(false) }}
        />
      )}
    </>
  );
}

function openItem(post: Post): MenuItem {
  const run = () => go(`/p/${post.post_id}`, { over: true });
  return { label: t('post.open'), icon: Image, run };
}

function authorItems(
  post: Post,
  onOriginals: () => void,
  onDeleted: (() => void) | undefined,
): readonly MenuItem[] {
  const { post_id: id, pinned, archived_at, likes_hidden, comments_off } = post;
  const archived = archived_at !== null;
  const pin: MenuItem = {
    label: t(pinned ? 'own.unpin' : 'own.pin'),
    icon: pinned ? PinOff : Pin,
    run: () => withOwnActs((acts) => acts.pin(id, !pinned)),
  };
  const originals: MenuItem = { label: t('originals.open'), icon: FileDown, run: onOriginals };
  return [
    { label: t('post.edit'), icon: Pencil, run: () => go(`/p/${id}/edit`) },
    ...(archived ? [] : [pin]),
    ...(post.media.length > 0 ? [originals] : []),
    {
      label: t(archived ? 'own.unarchive' : 'own.archive'),
      icon: archived ? ArchiveRestore : Archive,
      run: () => withOwnActs((acts) => acts.archive(id, !archived)),
    },
    {
      label: t(likes_hidden ? 'own.show-likes' : 'own.hide-likes'),
      icon: likes_hidden ? Heart : HeartOff,
      run: () => withOwnActs((acts) => acts.hideLikes(id, !likes_hidden)),
    },
    {
      label: t(comments_off ? 'own.comments-on' : 'own.comments-off'),
      icon: comments_off ? MessageCircle : MessageCircleOff,
      run: () => withOwnActs((acts) => acts.turnCommentsOff(id, !comments_off)),
    },
    {
      label: t('post.delete'),
      icon: Trash,
      danger: true,
      run: () =>
        withOwnActs((acts) => {
          acts.remove(id);
          onDeleted?.();
        }),
    },
  ];
}
