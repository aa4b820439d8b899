import { Images, Pin, Play } from 'lucide';
import type { ComponentChildren } from 'preact';
import type { Media } from '../../../api/media.ts';
import type { Post } from '../../../api/posts.ts';
import { post } from '../../data/posts.ts';
import { locale, t } from '../../strings/strings.ts';
import { durationText } from '../../ui/duration.ts';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { AudienceMark } from '../post/audience-mark.tsx';
import { PostPhoto } from '../post/post-photo.tsx';

/** How wide a cell of a grid stands on the page. */
export const CELL_SIZES = '(min-width: 1200px) 308px, (min-width: 768px) 30vw, 33vw';

/** What a post is called where only its picture is shown. */
export function nameOfPost(shown: Pick<Post, 'media' | 'caption' | 'created_at'>): string {
  const words = shown.media[0]?.alt || shown.caption;
  if (words) return t('profile.post-alt', { alt: words });
  const date = new Intl.DateTimeFormat(locale.value, { dateStyle: 'long' }).format(
    new Date(shown.created_at),
  );
  return t('profile.post', { date });
}

interface CellProps {
  readonly id: string;
  /** Among the first of the page. */
  readonly first: boolean;
  /** In the grid of its author, where it may be pinned. */
  readonly pinnable?: boolean | undefined;
  /** What can be done with it: a button. */
  readonly children?: ComponentChildren;
}

/** A post in a grid: its first picture as a square, with marks of what it is. */
export function Cell({ id, first, pinnable, children }: CellProps) {
  const shown = post(id).value;
  const all = shown?.reposted?.media ?? shown?.media ?? [];
  const [media] = all;
  if (!shown || !media) return null;
  const several = all.length > 1;
  return (
    <li class="profile-grid__cell">
      <Link href={`/p/${id}`} over aria-label={nameOfPost(shown)}>
        <PostPhoto
          post={shown}
          media={media}
          ratio={1}
          fit="cover"
          first={first}
          sizes={CELL_SIZES}
        />
      </Link>
      <span class="profile-grid__marks">
        {shown.viewer.is_author && <AudienceMark audience={shown.audience} size={20} />}
        {pinnable && shown.pinned && <Icon of={Pin} size={20} filled label={t('grid.pinned')} />}
        {media.video && !several && <VideoMark video={media.video} />}
        {several && <Icon of={Images} size={20} label={t('profile.several')} />}
      </span>
      {children}
    </li>
  );
}

/** On the picture of a video: how long it is. */
export function VideoMark({ video }: { readonly video: NonNullable<Media['video']> }) {
  if (video.loops) {
    return (
      <span class="profile-grid__video" role="img" aria-label={t('video.gif')}>
        GIF
      </span>
    );
  }
  const duration = durationText(video.duration);
  return (
    <span class="profile-grid__video figures" role="img" aria-label={t('video.mark', { duration })}>
      {duration}
      <Icon of={Play} size={16} filled />
    </span>
  );
}
