import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { MediaId } from '../../../../api/ids.ts';
import type { Context } from '../../../context.ts';
import { Problem } from '../../../kernel/problem.ts';
import type { BlobKey } from '../../../ports/blobs/blobs.ts';
import { type Ffmpeg, FfmpegFailed } from '../../../ports/ffmpeg/ffmpeg.ts';
import { contentDigest, isVideoType, readOriginalKey, servedKey } from '../keys.ts';
import { renderPicture } from '../render.ts';
import type { Rendered, RenderedVideo } from '../rendered.ts';
import { probeGif } from './gif.ts';
import { storeHls } from './hls.ts';
import { demandReadable, probeApart } from './inspect.ts';
import { INPUT, planVideo, type VideoPlan } from './plan.ts';
import { choosePoster } from './poster.ts';
import type { ProbedVideo } from './probe.ts';

/** A minute at the highest rate, with room to spare; the segments of longer films are far smaller. */
const FILE_BYTES_MAX = 256 * 1024 ** 2;
/** What is left to do when ffmpeg is done. */
const FFMPEG_SHARE = 0.92;
/** From the end, where a poster may be wanted of a frame that is not there. */
const LAST_FRAME_S = 0.1;

export interface VideoToRender {
  readonly originalKey: BlobKey;
  /** Seconds; null: we choose. */
  readonly posterAt: number | null;
  readonly prefix: BlobKey;
  readonly name: MediaId;
  /** From 0 to 1, told now and then. */
  readonly onProgress: (done: number) => void;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/**
 * Makes everything that is served of a video: an MP4 or HLS, and a poster in the sizes of a picture. Doing
 * it again gives the same keys. Throws `video_unavailable`, what `probeVideo` throws (all for good),
 * `storage_full`, `BlobMissing`.
 */
export async function renderVideo(ctx: Context, video: VideoToRender): Promise<Rendered> {
  const { ffmpeg } = ctx;
  if (!ffmpeg) throw new Problem('video_unavailable');
  return await ffmpeg.inFolder(async (folder) => {
    const probed = await fetchOriginal(ctx, video.originalKey, folder);
    demandReadable(ffmpeg, probed);
    const plan = planVideo(probed, posterTime(video.posterAt, probed), ffmpeg);
    await transcode(ffmpeg, plan, folder, video, probed);
    const poster = await storePoster(ctx, ffmpeg, { folder, video, probed });
    const film = await storeFilm(ctx, plan, { folder, video });
    const { width, height } = probed;
    video.onProgress(1);
    const picture = await renderPicture(ctx, { ...video, originalKey: poster, crop: null });
    const stored: RenderedVideo = {
      duration: Math.round((await lengthOf(ctx, probed, film.mp4)) * 1000) / 1000,
      mp4: film.mp4,
      hls: film.hls,
      has_audio: probed.audioIndex !== null,
      loops: probed.container === 'gif',
      files: [...film.files, poster],
    };
    return { ...picture, width, height, video: stored };
  });
}

/** Looks at the original again, because it says how it is to be read, and copies it into the folder. */
async function fetchOriginal(ctx: Context, key: BlobKey, folder: string): Promise<ProbedVideo> {
  const type = readOriginalKey(key);
  if (type !== 'image/gif' && (type === null || !isVideoType(type))) {
    throw new Problem('media_unsupported');
  }
  const head = await ctx.blobs.read(key, { start: 0, end: 15 });
  const probed = type === 'image/gif' ? probeGif(head) : await probeApart(ctx, key, type);
  const file = createWriteStream(join(folder, INPUT), { flags: 'wx' });
  await pipeline(await ctx.blobs.stream(key), file);
  return probed;
}

/** Seconds; of what was a GIF, those of the film that was made of it. */
async function lengthOf(ctx: Context, { container, duration }: ProbedVideo, mp4: BlobKey | null) {
  if (container !== 'gif' || !mp4) return duration;
  return (await probeApart(ctx, mp4, 'video/mp4')).duration;
}

function posterTime(wanted: number | null, { duration }: ProbedVideo): number | null {
  return wanted === null ? null : Math.max(0, Math.min(wanted, duration - LAST_FRAME_S));
}

async function transcode(
  ffmpeg: Ffmpeg,
  plan: VideoPlan,
  folder: string,
  { signal = new AbortController().signal, onProgress }: VideoToRender,
  { duration }: ProbedVideo,
): Promise<void> {
  const limits = { timeoutMs: plan.timeoutMs, fileBytes: FILE_BYTES_MAX };
  const tell = (seconds: number) => onProgress(Math.min(1, seconds / duration) * FFMPEG_SHARE);
  try {
    await ffmpeg.run(plan.args, { folder, limits, signal, onProgress: tell });
  } catch (error) {
    throw error instanceof FfmpegFailed ? asProblem(error) : error;
  }
}

/** What is the file's fault is told to its author; what is not is tried again. */
function asProblem(error: FfmpegFailed): Error {
  const reason = error.message.slice(0, 200);
  switch (error.failure) {
    case 'killed':
      return error;
    case 'timeout':
      return new Problem('video_unavailable', 'This video takes this server too long to read.', {
        reason,
      });
    case 'memory':
    case 'too_large':
      return new Problem('media_unsupported', 'This video takes more memory than is allowed.', {
        reason,
      });
    default:
      return new Problem('media_broken', 'This video is damaged and cannot be read.', { reason });
  }
}

interface Work {
  readonly folder: string;
  readonly video: VideoToRender;
}

/** The frame that stands for the film, stored whole: its sizes are made of it. */
async function storePoster(
  ctx: Context,
  ffmpeg: Ffmpeg,
  { folder, video, probed }: Work & { readonly probed: ProbedVideo },
): Promise<BlobKey> {
  let frame = await choosePoster(folder);
  if (!frame && video.posterAt !== null) {
    // The film is shorter than its file says; how long a GIF is nobody knew.
    const plan = planVideo(probed, 0, ffmpeg);
    await transcode(ffmpeg, plan, folder, video, probed);
    frame = await choosePoster(folder);
  }
  if (!frame) throw new Problem('media_broken', 'There are no pictures in this video.');
  return await store(ctx, video, 'poster', frame, 'jpg');
}

async function storeFilm(
  ctx: Context,
  plan: VideoPlan,
  { folder, video }: Work,
): Promise<Pick<RenderedVideo, 'mp4' | 'hls' | 'files'>> {
  if (plan.kind === 'hls') {
    const put = (part: string, bytes: Buffer, extension: 'mp4' | 'm4s' | 'm3u8') =>
      store(ctx, video, part, bytes, extension);
    return await storeHls(folder, plan, put);
  }
  const mp4 = await store(ctx, video, 'video', await readFile(join(folder, 'video.mp4')), 'mp4');
  return { mp4, hls: null, files: [mp4] };
}

async function store(
  { blobs }: Pick<Context, 'blobs'>,
  { prefix, name }: Pick<VideoToRender, 'prefix' | 'name'>,
  part: string,
  bytes: Buffer,
  extension: 'jpg' | 'mp4' | 'm4s' | 'm3u8',
): Promise<BlobKey> {
  const key = servedKey(prefix, name, part, contentDigest(bytes), extension);
  // Of the same content, and so the same name, when a job runs a second time.
  if (!(await blobs.stat(key))) await blobs.write(key, bytes);
  return key;
}
