import './post-video.css';
import { Play } from 'lucide';
import { freshen, waitsForAddresses } from '../../data/fresh-post.ts';
import { clipOf } from '../../data/pictures.ts';
import { tellPlayed } from '../../data/seen.ts';
import { t } from '../../strings/strings.ts';
import { durationText } from '../../ui/duration.ts';
import { Icon } from '../../ui/icon.tsx';
import { Lazy } from '../../ui/lazy.tsx';
import { PostPhoto, type PostPhotoProps } from './post-photo.tsx';

/** A video of a post: its poster, and over it what plays it, whose code comes when it is needed. */
export function PostVideo(props: PostPhotoProps) {
  const { post, media, ratio } = props;
  const clip = clipOf(media);
  const own = media.width / media.height;
  return (
    <div class="post-video">
      <PostPhoto {...props} />
      {clip && (
        <>
          <span class="post-video__mark figures" aria-hidden="true">
            <Icon of={Play} size={16} filled />
            {clip.loops ? 'GIF' : durationText(clip.duration)}
          </span>
          <Lazy
            load={async () => (await import('../../ui/video/player.tsx')).Player}
            props={{
              clip,
              label: t(clip.loops ? 'video.gif' : 'video.label'),
              ratio: own,
              box: ratio ?? own,
              held: waitsForAddresses(post),
              onFail: () => freshen(post.post_id),
              onPlayed: (share) => tellPlayed(post.post_id, share),
            }}
          />
        </>
      )}
    </div>
  );
}
