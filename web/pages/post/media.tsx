import { Heart } from 'lucide';
import { useRef, useState } from 'preact/hooks';
import type { Post } from '../../../api/posts.ts';
import { Carousel } from '../../ui/carousel.tsx';
import { Icon } from '../../ui/icon.tsx';
import { hasRail } from '../../ui/viewport.ts';
import { like } from './acts.ts';
import { PostPhoto } from './post-photo.tsx';
import { PostVideo } from './post-video.tsx';
import { Tags } from './tags.tsx';

/**
 * Width by height of the flattest and the tallest box that a post may have. A phone held upright has
 * room for the 2:3 of a camera from edge to edge; in a column of 600 px that would be taller than
 * most windows. A post on its own page may be as tall as a phone's own photo, 9:16.
 */
const FLATTEST = 16 / 9;
const TALLEST_PHONE = 2 / 3;
const TALLEST_COLUMN = 4 / 5;
const TALLEST_WHOLE = 9 / 16;

/** The shape of a post's box: its first photo's, within what keeps a feed readable. */
export function boxRatio(post: Post, whole = false): number {
  const first = post.media[0];
  if (!first) return 1;
  const own = first.width / first.height;
  // Of a video the lower edge must be seen as well, where its buttons are.
  if (whole && (hasRail.value || first.type === 'image')) return Math.max(TALLEST_WHOLE, own);
  return Math.min(FLATTEST, Math.max(hasRail.value ? TALLEST_COLUMN : TALLEST_PHONE, own));
}

interface PostMediaProps {
  readonly post: Post;
  /** How wide it stands on the page, as in the `sizes` of an image. */
  readonly sizes: string;
  readonly first: boolean;
  /** On a page of its own: the box has the photo's own shape. */
  readonly whole?: boolean | undefined;
}

/**
 * The photos and videos of a post. A tap on a photo shows who is tagged, another one puts them away;
 * a double tap or double click likes it, with a heart that grows and fades.
 */
export function PostMedia({ post, sizes, first, whole }: PostMediaProps) {
  const [beat, setBeat] = useState(0);
  const lastTap = useRef({ at: 0, x: 0, y: 0 });
  const pointer = useRef('mouse');
  const ratio = boxRatio(post, whole);
  const [named, setNamed] = useState(false);
  const [slide, setSlide] = useState(0);

  const love = () => {
    setBeat((now) => now + 1);
    // Never takes a like back: who taps twice means yes.
    if (!post.viewer.liked) like(post.post_id, true);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: shortcuts; there are buttons for both.
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above.
    <div
      class="post-media"
      style={{ '--ratio': String(ratio) }}
      onDblClick={(event) => {
        event.preventDefault();
        // Fingers are counted below: not every browser makes a double click of two taps.
        if (pointer.current === 'mouse') love();
      }}
      onPointerUp={(event) => {
        pointer.current = event.pointerType;
        if (event.pointerType === 'mouse') return;
        const { at, x, y } = lastTap.current;
        const near = Math.hypot(event.clientX - x, event.clientY - y) < 32;
        const twice = event.timeStamp - at < 300 && near;
        lastTap.current = { at: twice ? 0 : event.timeStamp, x: event.clientX, y: event.clientY };
        if (twice) love();
      }}
      onClick={({ target }) => {
        // Twice, as for a like, it is as it was.
        if (target instanceof Element && !target.closest('a, button, .player')) setNamed(!named);
      }}
    >
      <Carousel
        onSlide={setSlide}
        slides={post.media.map((media, index) => {
          const Shown = media.type === 'video' ? PostVideo : PostPhoto;
          return (
            <div
              key={media.media_id}
              class={`post-media__slide${media.type === 'video' ? ' post-media__slide--video' : ''}`}
            >
              <Shown
                post={post}
                media={media}
                sizes={sizes}
                ratio={ratio}
                first={first && index === 0}
              />
              {index === slide && (
                <Tags
                  tagged={post.tagged.filter(({ media_id }) => media_id === media.media_id)}
                  shown={named}
                  onShown={setNamed}
                  ratio={media.width / media.height}
                  box={ratio}
                />
              )}
            </div>
          );
        })}
      />
      {beat > 0 && (
        <span key={beat} class="post-media__heart" aria-hidden="true">
          <Icon of={Heart} filled size={96} />
        </span>
      )}
    </div>
  );
}
