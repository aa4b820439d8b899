import type { MediaId, PersonId, PostId, UploadId } from '../../../api/ids.ts';
import type { NewPost } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import { type IdempotencyKey, once } from '../../kernel/idempotency.ts';
import { fieldProblem } from '../../kernel/problem.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { endDrafts } from '../drafts/keep.ts';
import { insertMedia } from '../media/store.ts';
import { discardAbandoned } from '../media/sweep.ts';
import { type CheckedUpload, checkUploads, useUploads } from '../media/uploads.ts';
import type { AbandonedUpload } from '../media/uploads-store.ts';
import { noteTags, taggedIn } from './grid.ts';
import { PROCESS_FILM, PROCESS_POST } from './process.ts';
import { demandFewTags, type ResolvedTag, readCaption, readPlace, resolveTags } from './said.ts';
import { insertPost, type SaidOfPost } from './store.ts';

/** What was looked up before anything is written. */
interface Checked {
  readonly uploads: readonly CheckedUpload[];
  readonly said: Omit<SaidOfPost, 'tagged'>;
  readonly tags: readonly ResolvedTag<UploadId>[];
}

/**
 * Makes a post of uploads whose bytes are there and are pictures, and hands it to the worker. The row,
 * the claim on the uploads, the end of the draft that it was and the job commit together. Throws what
 * `checkUploads` throws, `place_not_found`, `not_taking_tags`.
 */
export async function createPost(
  ctx: Context,
  authorId: PersonId,
  idempotencyKey: IdempotencyKey | null,
  newPost: NewPost,
): Promise<PostId> {
  const details = detailsByUpload(newPost);
  let left: readonly AbandonedUpload[] = [];
  const check = () => lookUp(ctx, authorId, newPost);
  const write = async (tx: Transaction, { uploads, said, tags }: Checked) => {
    const at = ctx.clock.now();
    const postId = ctx.ids.next<PostId>();
    const drafts = [newPost.draft_id ?? [], uploads.map(({ draftId }) => draftId ?? [])];
    const leftOver = await endDrafts(ctx, tx, authorId, [...new Set(drafts.flat(2))]);
    await useUploads(ctx, tx, authorId, newPost.upload_ids, postId);
    left = await leftOver();
    const pictures = uploads.map((upload) => ({ upload, mediaId: ctx.ids.next<MediaId>() }));
    const tagged = pictures.flatMap(({ upload, mediaId }) =>
      tags
        .filter(({ of }) => of === upload.uploadId)
        .map(({ of: _, ...tag }) => ({ media_id: mediaId, ...tag })),
    );
    await insertPost(tx, { postId, authorId, at, ...said, tagged });
    await noteTags(tx, authorId, taggedIn({ tagged }), { at });
    await insertMedia(
      tx,
      pictures.map(({ upload, mediaId }, position) => ({
        postId,
        mediaId,
        position,
        upload,
        alt: details.get(upload.uploadId)?.alt ?? '',
        crop: details.get(upload.uploadId)?.crop ?? null,
        edit: details.get(upload.uploadId)?.edit ?? null,
        posterAt: details.get(upload.uploadId)?.poster_at ?? null,
        at,
      })),
    );
    const hasFilm = uploads.some(({ kind }) => kind === 'video');
    await ctx.jobs.add(tx, {
      task: hasFilm ? PROCESS_FILM : PROCESS_POST,
      key: `${PROCESS_POST}:${postId}`,
      payload: { post_id: postId },
    });
    return postId;
  };
  const postId = await once(ctx, authorId, idempotencyKey, write, check);
  await discardAbandoned(ctx, left);
  return postId;
}

async function lookUp(ctx: Context, authorId: PersonId, newPost: NewPost): Promise<Checked> {
  const uploads = await checkUploads(ctx, authorId, newPost.upload_ids);
  const wishes = (newPost.media ?? []).map(({ upload_id: of, tagged = [] }) => ({ of, tagged }));
  const [caption, place, tags] = await Promise.all([
    readCaption(ctx.db, authorId, newPost.caption ?? ''),
    readPlace(ctx.db, newPost.place_id ?? null),
    resolveTags(ctx.db, authorId, wishes),
  ]);
  demandFewTags(tags);
  const { audience = 'everyone', likes_hidden = false, comments_off = false } = newPost;
  return { uploads, said: { ...caption, place, audience, likes_hidden, comments_off }, tags };
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
