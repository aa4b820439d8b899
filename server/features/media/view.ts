import type { Media, Rendition } from '../../../api/media.ts';
import type { BlobKey } from '../../ports/blobs/blobs.ts';
import type { RenditionFiles } from './encode.ts';
import type { MediaRow } from './store.ts';

/** The address of a rendition. */
export function mediaUrl(key: BlobKey): string {
  return `/media/${key}`;
}

export function mediaView(row: MediaRow): Media {
  const { renditions } = row;
  return {
    media_id: row.media_id,
    type: 'image',
    url: renditions && mediaUrl(renditions.large.jpeg),
    width: row.width,
    height: row.height,
    alt: row.alt,
    thumbhash: row.thumbhash,
    dominant_color: row.dominant_color,
    sizes: renditions && {
      large: renditionView(renditions.large),
      medium: renditionView(renditions.medium),
      thumbnail: renditionView(renditions.thumbnail),
    },
  };
}

function renditionView({ jpeg, webp, width, height }: RenditionFiles): Rendition {
  return { url: mediaUrl(jpeg), webp: mediaUrl(webp), width, height };
}
