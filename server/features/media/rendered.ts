import type { BlobKey } from '../../ports/blobs/blobs.ts';
import type { Size } from './crop.ts';

/** One rendition: the keys of its files, and its pixels. */
export interface RenditionFiles {
  readonly jpeg: BlobKey;
  readonly webp: BlobKey;
  /** Made some time after the others. */
  readonly avif?: BlobKey;
  readonly width: number;
  readonly height: number;
}

/** How a processed video is played. */
export interface StoredVideo {
  /** Seconds */
  readonly duration: number;
  readonly mp4: BlobKey | null;
  /** The playlist of playlists. */
  readonly hls: BlobKey | null;
  readonly has_audio: boolean;
  readonly loops: boolean;
}

export interface RenderedVideo extends StoredVideo {
  /** Every file that belongs to it, those above too: a thousand of a long one. */
  readonly files: readonly BlobKey[];
}

export type Renditions = Readonly<Record<'large' | 'medium' | 'thumbnail', RenditionFiles>>;

/** All that is known of a picture when it has been processed. */
export interface Rendered extends Size {
  /** Base64 */
  readonly thumbhash: string;
  /** `#rrggbb` */
  readonly dominantColor: string;
  readonly renditions: Renditions;
  /** 64 bits, as a signed number in decimal digits; null: not known. */
  readonly phash: string | null;
  /** null: a picture. */
  readonly video: RenderedVideo | null;
}
