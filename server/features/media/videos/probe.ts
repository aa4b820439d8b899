import {
  CustomSource,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
  MP4,
  QTFF,
  WEBM,
} from 'mediabunny';
import type { ErrorDetails } from '../../../../api/errors.ts';
import { PICTURE_PIXELS_MAX, VIDEO_SECONDS_MAX } from '../../../../api/media.ts';
import { Problem } from '../../../kernel/problem.ts';
import type { VideoCodec } from '../../../ports/ffmpeg/ffmpeg.ts';
import { detectType } from '../detect-type.ts';
import { SIDE_MIN, SIDE_RATIO_MAX } from '../inspect.ts';
import type { VideoType } from '../keys.ts';
import { BrokenStructure } from '../structures/faults.ts';
import { demandWholeMp4, demandWholeWebm, FRAMES_MAX, type Read } from './whole.ts';

/** What phones write in slow motion, and a little for rounding. */
const FRAME_RATE_MAX = 250;
/** Files are often a frame longer than what was asked for. */
const SECONDS_GRACE = 1;
/** Enough to know the rate of a file that does not change it. */
const PACKETS_FOR_RATE = 500;
const TRACKS_MAX = 16;
const CACHE_BYTES = 4_000_000;

/** What a video file says of itself. */
export interface ProbedVideo {
  /** Upright, with square pixels. */
  readonly width: number;
  readonly height: number;
  /** Seconds */
  readonly duration: number;
  readonly codec: VideoCodec;
  /** Frames a second, on average. */
  readonly frameRate: number;
  /** In the wide range of PQ or HLG. */
  readonly isHdr: boolean;
  /** Which of its video tracks is shown, and which of its audio tracks is heard; from 0. */
  readonly videoIndex: number;
  readonly audioIndex: number | null;
  readonly sampleRate: number;
  /** By ffmpeg's names. */
  readonly container: 'mov' | 'matroska' | 'gif';
}

/** How Matroska, and WebM with it, begins. */
const EBML = '\x1aE\xdf\xa3';

const CODECS: Readonly<Record<string, VideoCodec>> = {
  avc: 'h264',
  hevc: 'hevc',
  vp8: 'vp8',
  vp9: 'vp9',
  av1: 'av1',
};

/**
 * Judges a video by its content, without decoding: is it whole, of a kind that is taken, within the limits.
 * `details` go into every Problem. Throws `media_type_mismatch`, `media_broken`, `media_unsupported`,
 * `media_too_long`, `media_too_many_pixels`, `media_bad_dimensions`.
 */
export async function probeVideo(
  read: Read,
  size: number,
  announced: VideoType,
  details: ErrorDetails = {},
): Promise<ProbedVideo> {
  const container = demandContainer(await read(0, Math.min(size, 16)), announced, details);
  try {
    if (container === 'mov') await demandWholeMp4(read, size);
    else await demandWholeWebm(read, size);
    const source = new CustomSource({
      getSize: () => size,
      read,
      maxCacheSize: CACHE_BYTES,
      prefetchProfile: 'none',
    });
    const formats = container === 'mov' ? [MP4, QTFF] : [WEBM];
    using input = new Input({ source, formats });
    return { ...(await probeInput(input)), container };
  } catch (error) {
    throw explain(error, details);
  }
}

/** What may be a fault of the file, as one; the library says of most faults that an assertion failed. */
function explain(error: unknown, details: ErrorDetails): Error {
  if (error instanceof Problem) {
    return new Problem(error.code, error.message, { ...details, ...error.details });
  }
  if (!(error instanceof Error)) return new Error(String(error));
  if ('code' in error && error.code !== undefined) return error;
  const why = error instanceof BrokenStructure ? error.message : 'it cannot be read';
  const reason = error.message.split('\n')[0]?.slice(0, 200) ?? '';
  return new Problem('media_broken', `This video is damaged: ${why}.`, { ...details, reason });
}

function demandContainer(
  head: Uint8Array,
  announced: VideoType,
  details: ErrorDetails,
): 'mov' | 'matroska' {
  const text = Buffer.from(head).toString('latin1');
  const found = text.startsWith(EBML)
    ? 'matroska'
    : /^....(ftyp(?!avi|hei|hev|mif1|msf1)|moov|mdat|wide|free|skip|pnot)/s.test(text)
      ? 'mov'
      : null;
  // Whether it calls itself MP4 or QuickTime decides nothing: phones and programs mix them up.
  if (found === (announced === 'video/webm' ? 'matroska' : 'mov')) return found;
  const content = found === 'mov' ? 'MP4' : found === 'matroska' ? 'WebM' : detectType(head);
  throw new Problem(
    'media_type_mismatch',
    `This file was announced as ${announced}, but its content is ${content}.`,
    details,
  );
}

async function probeInput(input: Input): Promise<Omit<ProbedVideo, 'container'>> {
  const tracks = await input.getTracks();
  if (tracks.length > TRACKS_MAX) throw new BrokenStructure('it has too many tracks');
  const videos = await input.getVideoTracks();
  const video = await input.getPrimaryVideoTrack();
  if (!video) throw new Problem('media_unsupported', 'There are no pictures in this video.');
  const codec = CODECS[(await video.getCodec()) ?? ''];
  if (!codec) {
    const kind = await video.getInternalCodecId();
    const name = typeof kind === 'string' ? ` (${kind.slice(0, 20)})` : '';
    const message = `This video is coded in a way that is not taken${name}. H.264, HEVC, VP9 and AV1 are.`;
    throw new Problem('media_unsupported', message);
  }
  const size = await demandSize(video);
  const duration = await demandDuration(video);
  const frameRate = await demandFrames(video, duration);
  const audio = await firstKnownAudio(input);
  return {
    ...size,
    ...{ duration, codec, frameRate },
    isHdr: await video.hasHighDynamicRange(),
    videoIndex: videos.indexOf(video),
    audioIndex: audio?.index ?? null,
    sampleRate: audio ? await audio.track.getSampleRate() : 0,
  };
}

async function demandSize(video: InputVideoTrack): Promise<{ width: number; height: number }> {
  const width = Math.round(await video.getDisplayWidth());
  const height = Math.round(await video.getDisplayHeight());
  const pixels = (await video.getCodedWidth()) * (await video.getCodedHeight());
  const size = `${width} × ${height} pixels`;
  if (!(Math.max(pixels, width * height) <= PICTURE_PIXELS_MAX)) {
    const most = PICTURE_PIXELS_MAX / 1e6;
    const message = `This video has ${size}; at most ${most} megapixels are taken.`;
    throw new Problem('media_too_many_pixels', message);
  }
  const [short, long] = width < height ? [width, height] : [height, width];
  if (!(short >= SIDE_MIN)) {
    const message = `This video has ${size}; each side needs at least ${SIDE_MIN}.`;
    throw new Problem('media_bad_dimensions', message);
  }
  if (!(long <= short * SIDE_RATIO_MAX)) {
    const message = `This video has ${size}; one side may be at most ${SIDE_RATIO_MAX} times the other.`;
    throw new Problem('media_bad_dimensions', message);
  }
  return { width, height };
}

async function demandDuration(video: InputVideoTrack): Promise<number> {
  const duration = await video.computeDuration();
  if (!(duration > 0)) throw new BrokenStructure('it has no frames');
  if (duration > VIDEO_SECONDS_MAX + SECONDS_GRACE) {
    const [minutes, seconds] = [Math.floor(duration / 60), Math.floor(duration % 60)];
    const has = `${minutes}:${String(seconds).padStart(2, '0')} minutes`;
    const message = `This video is ${has} long; at most ${VIDEO_SECONDS_MAX / 60} minutes are taken.`;
    throw new Problem('media_too_long', message);
  }
  return duration;
}

async function demandFrames(video: InputVideoTrack, duration: number): Promise<number> {
  const { averagePacketRate } = await video.computePacketStats(PACKETS_FOR_RATE);
  if (!(averagePacketRate > 0)) throw new BrokenStructure('it has no frames');
  // A short one is mostly its first frames; a still picture with sound has one frame for all its time.
  const rate = Number.isFinite(averagePacketRate) ? averagePacketRate : 1 / duration;
  if (rate > FRAME_RATE_MAX || rate * duration > FRAMES_MAX) {
    const message = `This video has ${Math.round(rate)} frames a second; at most ${FRAME_RATE_MAX} are taken.`;
    throw new Problem('media_unsupported', message);
  }
  return rate;
}

/** Phones add tracks of sound that only they can read. */
async function firstKnownAudio(
  input: Input,
): Promise<{ readonly track: InputAudioTrack; readonly index: number } | null> {
  for (const [index, track] of (await input.getAudioTracks()).entries()) {
    if (await track.getCodec()) return { track, index };
  }
  return null;
}
