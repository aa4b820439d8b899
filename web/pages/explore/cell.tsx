import { Images } from 'lucide';
import { useState } from 'preact/hooks';
import { exploreReason, reasonText } from '../../data/explore-reasons.ts';
import { post } from '../../data/posts.ts';
import { t } from '../../strings/strings.ts';
import { Icon } from '../../ui/icon.tsx';
import { newElementId } from '../../ui/ids.ts';
import { Link } from '../../ui/link.tsx';
import { PostPhoto } from '../post/post-photo.tsx';
import { nameOfPost, VideoMark } from '../profile/cell.tsx';

/** How wide cells stand on the page; the same figures are in explore.css. */
const SIZES = '(min-width: 1040px) 320px, 33vw';
const LARGE_SIZES = '(min-width: 1040px) 640px, 66vw';

interface ExploreCellProps {
  readonly id: string;
  readonly large: boolean;
  /** Among the first of the page. */
  readonly first: boolean;
}

/** A recommended post: its picture; whose it is and why it is here, to who rests on it or hears it. */
export function ExploreCell({ id, large, first }: ExploreCellProps) {
  const [said] = useState(() => newElementId('reason'));
  const shown = post(id).value;
  const all = shown?.reposted?.media ?? shown?.media ?? [];
  const [media] = all;
  if (!shown || !media) return null;
  const reason = exploreReason(id);
  const name = shown.user.username;
  return (
    <li class={`explore__cell${large ? ' explore__cell--large' : ''}`}>
      <Link
        href={`/p/${id}`}
        over
        aria-label={t('explore.by', { post: nameOfPost(shown), name })}
        aria-describedby={reason ? said : undefined}
      >
        <PostPhoto
          post={shown}
          media={media}
          ratio={1}
          fit="cover"
          first={first}
          sizes={large ? LARGE_SIZES : SIZES}
        />
      </Link>
      <span class="explore__marks">
        {media.video && all.length === 1 && <VideoMark video={media.video} />}
        {all.length > 1 && <Icon of={Images} size={20} label={t('profile.several')} />}
      </span>
      <div class="explore__said" aria-hidden="true">
        <strong class="ellipsis">{name}</strong>
        {reason && (
          <span id={said} dir="auto">
            {reasonText(reason)}
          </span>
        )}
      </div>
    </li>
  );
}
