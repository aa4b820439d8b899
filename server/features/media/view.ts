import type { Media, Rendition, Video } from '../../../api/media.ts';
import type { BlobKey } from '../../ports/blobs/blobs.ts';
import type { RenditionFiles } from './rendered.ts';
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
    type: row.kind,
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
    video: videoView(row, address),
  };
}

function renditionView(
  { jpeg, webp, avif, width, height }: RenditionFiles,
  address: (key: BlobKey) => string,
): Rendition {
  return {
    url: address(jpeg),
    webp: address(webp),
    avif: avif ? address(avif) : null,
    width,
    height,
  };
}

function videoView({ video, captions }: MediaRow, address: (key: BlobKey) => string): Video | null {
  if (!video) return null;
  return {
    duration: video.duration,
    mp4: video.mp4 && address(video.mp4),
    hls: video.hls && address(video.hls),
    has_audio: video.has_audio,
    loops: video.loops,
    captions: captions.map(({ language, key }) => ({ language, url: address(key) })),
  };
}
