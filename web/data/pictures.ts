import type { Media } from '../../api/media.ts';
import type { Picture } from '../ui/photo.tsx';

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
  };
}
