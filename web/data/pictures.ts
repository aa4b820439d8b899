import type { Media } from '../../api/media.ts';
import type { Picture } from '../ui/photo.tsx';
import type { Clip } from '../ui/video/clip.ts';

/** A picture of a post as the design system shows it. */
export function pictureOf(media: Media): Picture {
  return {
    width: media.width,
    height: media.height,
    alt: media.alt,
    thumbhash: media.thumbhash,
    color: media.dominant_color,
    sources: media.sizes ? [media.sizes.medium, media.sizes.large] : [],
    square: media.sizes?.thumbnail ?? null,
    isPoster: media.type === 'video',
  };
}

/** A video of a post as the design system plays it; null of a picture, and until it is made. */
export function clipOf({ video }: Media): Clip | null {
  if (!video) return null;
  const { duration, mp4, hls, has_audio: hasAudio, loops, captions } = video;
  return { duration, mp4, hls, hasAudio, loops, captions };
}
