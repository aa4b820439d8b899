import type { MediaId } from '../../../../api/ids.ts';
import type { Context } from '../../../context.ts';
import { Problem } from '../../../kernel/problem.ts';
import type { BlobKey } from '../../../ports/blobs/blobs.ts';
import type { Rendered } from '../rendered.ts';

/** Makes everything that is served of a video. Throws `video_unavailable`. */
export async function renderVideo(
  _ctx: Context,
  _video: {
    readonly originalKey: BlobKey;
    /** Seconds; null: we choose. */
    readonly posterAt: number | null;
    readonly prefix: BlobKey;
    readonly name: MediaId;
    /** From 0 to 1, told now and then. */
    readonly onProgress: (done: number) => void;
  },
): Promise<Rendered> {
  throw new Problem('video_unavailable');
}
