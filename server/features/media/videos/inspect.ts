import type { ErrorDetails } from '../../../../api/errors.ts';
import type { Context } from '../../../context.ts';
import { Problem } from '../../../kernel/problem.ts';
import type { VideoType } from '../keys.ts';
import type { UploadRow } from '../uploads-store.ts';
import { type ProbedVideo, probeVideo } from './probe.ts';
import { demandReadable } from './render.ts';

/** A whole file of the longest film is read in a fifth of that. */
const TIME_LIMIT_MS = 15_000;

/** Judges an uploaded video. Throws what `probeVideo` throws, and `video_unavailable`. */
export async function inspectVideo(
  ctx: Pick<Context, 'blobs' | 'ffmpeg'>,
  upload: Pick<UploadRow, 'blob_key' | 'size'>,
  type: VideoType,
  details: ErrorDetails,
): Promise<ProbedVideo> {
  if (!ctx.ffmpeg) throw new Problem('video_unavailable', undefined, details);
  const until = performance.now() + TIME_LIMIT_MS;
  const read = async (start: number, end: number) => {
    if (performance.now() > until) {
      throw new Problem('media_broken', 'This video takes too long to look through.', details);
    }
    return await ctx.blobs.read(upload.blob_key, { start, end: end - 1 });
  };
  const probed = await probeVideo(read, upload.size, type, details);
  demandReadable(ctx.ffmpeg, probed, details);
  return probed;
}
