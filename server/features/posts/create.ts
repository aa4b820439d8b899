import type { MediaId, PersonId, PostId, UploadId } from '../../../api/ids.ts';
import type { Crop } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import { type IdempotencyKey, once } from '../../kernel/idempotency.ts';
import { fieldProblem } from '../../kernel/problem.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { insertMedia } from '../media/store.ts';
import { type CheckedUpload, checkUploads, useUploads } from '../media/uploads.ts';
import { PROCESS_POST } from './process.ts';
import { insertPost } from './store.ts';

export interface NewPost {
  readonly upload_ids: readonly UploadId[];
  readonly media?: readonly { upload_id: UploadId; alt?: string; crop?: Crop }[];
  readonly caption?: string;
}

/**
 * Makes a post of uploads whose bytes are there and are pictures, and hands it to the worker. The row,
 * the claim on the uploads and the job commit together. Throws what `checkUploads` throws.
 */
export async function createPost(
  ctx: Context,
  authorId: PersonId,
  idempotencyKey: IdempotencyKey | null,
  newPost: NewPost,
): Promise<PostId> {
  const details = detailsByUpload(newPost);
  const check = () => checkUploads(ctx, authorId, newPost.upload_ids);
  const write = async (tx: Transaction, uploads: readonly CheckedUpload[]) => {
    const at = ctx.clock.now();
    const postId = ctx.ids.next<PostId>();
    await useUploads(ctx, tx, authorId, newPost.upload_ids, postId);
    await insertPost(tx, {
      postId,
      authorId,
      caption: newPost.caption ?? '',
      at,
    });
    await insertMedia(
      tx,
      uploads.map((upload, position) => ({
        postId,
        mediaId: ctx.ids.next<MediaId>(),
        position,
        upload,
        alt: details.get(upload.uploadId)?.alt ?? '',
        crop: details.get(upload.uploadId)?.crop ?? null,
        at,
      })),
    );
    await ctx.jobs.add(tx, {
      task: PROCESS_POST,
      key: `${PROCESS_POST}:${postId}`,
      payload: { post_id: postId },
    });
    return postId;
  };
  return once(ctx, authorId, idempotencyKey, write, check);
}

function detailsByUpload(newPost: NewPost) {
  const details = new Map((newPost.media ?? []).map((item) => [item.upload_id, item]));
  const known = new Set(newPost.upload_ids);
  for (const [index, item] of (newPost.media ?? []).entries()) {
    if (!known.has(item.upload_id)) {
      throw fieldProblem({ [`body.media.${index}.upload_id`]: 'is not one of upload_ids' });
    }
  }
  if (details.size !== (newPost.media?.length ?? 0)) {
    throw fieldProblem({ 'body.media': 'names an upload twice' });
  }
  return details;
}
