import type { ErrorDetails } from '../../../api/errors.ts';
import { VIDEO_SECONDS_MAX } from '../../../api/media.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { inspectPicture } from './inspect.ts';
import { isVideoType } from './keys.ts';
import type { MediaKind } from './store.ts';
import type { UploadRow } from './uploads-store.ts';
import { inspectVideo } from './videos/inspect.ts';

export interface InspectedUpload {
  readonly kind: MediaKind;
  /** Upright */
  readonly width: number;
  readonly height: number;
}

/**
 * Judges an upload by its content: is it what was announced, is it whole, can it be shown. A GIF that moves
 * is a video. `details` go into every Problem. Throws what `inspectPicture` and `inspectVideo` throw, and
 * `media_too_long`.
 */
export async function inspectUpload(
  ctx: Pick<Context, 'blobs' | 'ffmpeg' | 'sandbox'>,
  upload: Pick<UploadRow, 'blob_key' | 'content_type'>,
  details: ErrorDetails = {},
): Promise<InspectedUpload> {
  const type = upload.content_type;
  if (isVideoType(type)) {
    const { width, height } = await inspectVideo(ctx, upload.blob_key, type, details);
    return { kind: 'video', width, height };
  }
  const open = () => ctx.blobs.stream(upload.blob_key);
  const { width, height, animation } = await inspectPicture(open, type, details);
  if (!animation) return { kind: 'image', width, height };
  if (animation.seconds > VIDEO_SECONDS_MAX) {
    throw new Problem('media_too_long', undefined, details);
  }
  return { kind: 'video', width, height };
}
