import type { Media, Rendition } from '../../../api/media.ts';
import type { BlobKey } from '../../ports/blobs/blobs.ts';
import type { RenditionFiles } from './encode.ts';
import type { MediaRow } from './store.ts';

/** The address of a rendition. */
export function mediaUrl(key: BlobKey): string {
  return `/media/${key}`;
}

/** `address` makes an address of a key: `mediaUrl`, or a signed one where not everyone may see the post. */
export function mediaView(row: MediaRow, address: (key: BlobKey) => string): Media {
  const { renditions } = row;
  return {
    media_id: row.media_id,
    type: 'image',
    url: renditions && address(renditions.large.jpeg),
    width: row.width,
    height: row.height,
    alt: row.alt,
    thumbhash: row.thumbhash,
    dominant_color: row.dominant_color,
    sizes: renditions && {
      large: renditionView(renditions.large, address),
      medium: renditionView(renditions.medium, address),
      thumbnail: renditionView(renditions.thumbnail, address),
    },
  };
}

function renditionView(
  { jpeg, webp, width, height }: RenditionFiles,
  address: (key: BlobKey) => string,
): Rendition {
  return { url: address(jpeg), webp: address(webp), width, height };
}
