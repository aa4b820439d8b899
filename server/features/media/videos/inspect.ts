import type { ErrorDetails } from '../../../../api/errors.ts';
import type { Context } from '../../../context.ts';
import { Problem } from '../../../kernel/problem.ts';
import { type BlobKey, BlobMissing } from '../../../ports/blobs/blobs.ts';
import type { Ffmpeg } from '../../../ports/ffmpeg/ffmpeg.ts';
import {
  type RunOptions,
  SandboxBusy,
  type Task,
  TaskDied,
} from '../../../ports/sandbox/sandbox.ts';
import type { VideoType } from '../keys.ts';
import type { ProbedVideo } from './probe.ts';
import type * as Tasks from './tasks.ts';

const PROBE: Task<typeof Tasks.probe> = {
  module: new URL('./tasks.ts', import.meta.url).href,
  name: 'probe',
};
/** 200 MB of WebM, read from its first byte to its last, take a second. */
const TIME_LIMIT_MS = 15_000;
/** How soon somebody who was turned away may ask again. */
const RETRY_SECONDS = 5;

/**
 * Judges an uploaded video, in a child process. Throws what `probeVideo` throws, `video_unavailable`, and
 * `media_busy` when too many wait for the same.
 */
export async function inspectVideo(
  ctx: Pick<Context, 'blobs' | 'ffmpeg' | 'sandbox'>,
  key: BlobKey,
  type: VideoType,
  details: ErrorDetails,
): Promise<ProbedVideo> {
  try {
    if (!ctx.ffmpeg) throw new Problem('video_unavailable');
    const probed = await probeApart(ctx, key, type, { whenBusy: 'refuse' });
    demandReadable(ctx.ffmpeg, probed);
    return probed;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(error.code, error.message, { ...details, ...error.details });
  }
}

/** Runs `probeVideo` on a stored file, in a child process. */
export async function probeApart(
  ctx: Pick<Context, 'blobs' | 'sandbox'>,
  key: BlobKey,
  type: VideoType,
  options: Pick<RunOptions, 'whenBusy'> = {},
): Promise<ProbedVideo> {
  const found = await ctx.blobs.stat(key);
  if (!found) throw new BlobMissing(key);
  const { size } = found;
  const stream = (start: number, end: number) => ctx.blobs.stream(key, { start, end });
  const limits = { limitMs: TIME_LIMIT_MS, source: { size, stream } };
  try {
    return (await ctx.sandbox.run(PROBE, type, { ...options, ...limits })).value;
  } catch (error) {
    if (error instanceof TaskDied) {
      const message = 'This video cannot be looked through: it is damaged, or made to do harm.';
      throw new Problem('media_broken', message, { reason: error.death });
    }
    if (error instanceof SandboxBusy) {
      throw new Problem('media_busy', undefined, { retry_after: RETRY_SECONDS });
    }
    throw error;
  }
}

/** Throws `video_unavailable` when this server's ffmpeg does not know how the video is coded. */
export function demandReadable(ffmpeg: Ffmpeg, { codec }: Pick<ProbedVideo, 'codec'>): void {
  if (ffmpeg.decodes.has(codec)) return;
  const names = { h264: 'H.264', hevc: 'HEVC', vp8: 'VP8', vp9: 'VP9', av1: 'AV1', gif: 'GIF' };
  throw new Problem(
    'video_unavailable',
    `This server cannot read ${names[codec]}. Send the video as H.264; or its operator can install an ffmpeg that reads it.`,
  );
}
