import type { Dimensions } from './crop.ts';
import { drawSmall } from './draw-small.ts';
import { openClip, seekTo } from './open-clip.ts';

/** What a chosen video is. */
export interface SeenVideo extends Dimensions {
  /** Seconds */
  readonly duration: number;
  /** The frame that stands for it until another one is chosen; null where it cannot be shown. */
  readonly cover: { readonly at: number; readonly picture: Blob } | null;
}

/** The second that is proposed as a cover, but not beyond a tenth: films often begin in the dark. */
const COVER_AT = 1;

/** Looks at a video; null for one that cannot be read. `coverAt`: the second of a cover that was chosen. */
export async function lookAtVideo(
  bytes: Blob,
  coverAt: number | undefined,
): Promise<SeenVideo | null> {
  const address = URL.createObjectURL(bytes);
  const open = await openClip(address);
  try {
    if (!open) return await readHead(bytes);
    const { video } = open;
    // What a browser has recorded itself often does not say how long it is.
    const told = Number.isFinite(video.duration) ? video.duration : null;
    const duration = told ?? (await readHead(bytes))?.duration;
    if (duration === undefined) return null;
    const size = { width: video.videoWidth, height: video.videoHeight };
    const at = coverAt ?? Math.round(Math.min(COVER_AT, duration / 10) * 100) / 100;
    await seekTo(video, at);
    return { ...size, duration, cover: { at, picture: await drawSmall(video, size) } };
  } finally {
    open?.close();
    URL.revokeObjectURL(address);
  }
}

/** What the file itself says, of kinds that this browser does not know, such as HEVC. */
async function readHead(bytes: Blob): Promise<SeenVideo | null> {
  const { BlobSource, Input, MP4, QTFF, WEBM } = await import('mediabunny');
  const input = new Input({ source: new BlobSource(bytes), formats: [MP4, QTFF, WEBM] });
  try {
    const track = await input.getPrimaryVideoTrack();
    if (!track) return null;
    const width = await track.getDisplayWidth();
    const height = await track.getDisplayHeight();
    const duration = await input.computeDuration();
    return width > 0 && height > 0 && duration > 0
      ? { width, height, duration, cover: null }
      : null;
  } catch (error) {
    console.info('A video could not be read:', error);
    return null;
  } finally {
    input.dispose();
  }
}
