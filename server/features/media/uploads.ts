import type { DraftId, PersonId, PostId, UploadId } from '../../../api/ids.ts';
import { type askUpload, PART_BYTES, UPLOAD_TYPES, type UploadGrant } from '../../../api/media.ts';
import type { BodyOf } from '../../../api/route.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import type { BlobKey } from '../../ports/blobs/blobs.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { inspectUpload } from './inspect-upload.ts';
import { originalKey, type UploadType } from './keys.ts';
import type { MediaKind } from './store.ts';
import { describeMissing, finishJoin } from './upload-parts.ts';
import { addressExpiry } from './upload-terms.ts';
import {
  findUploads,
  insertUploads,
  type NewUpload,
  takeUploads,
  type UploadRow,
} from './uploads-store.ts';

type AnnouncedFile = BodyOf<typeof askUpload>['files'][number];

/** An upload whose bytes are there, whole, and a picture or video that can be shown. */
export interface CheckedUpload {
  readonly uploadId: UploadId;
  readonly originalKey: BlobKey;
  /** The draft that held it. */
  readonly draftId: DraftId | null;
  readonly kind: MediaKind;
  /** Upright */
  readonly width: number;
  readonly height: number;
}

/** Gives an address for each announced file, in their order. Throws `media_unsupported`. */
export async function askUploads(
  ctx: Context,
  q: Queryable,
  personId: PersonId,
  files: readonly AnnouncedFile[],
): Promise<UploadGrant[]> {
  const now = ctx.clock.now();
  const expiresAt = addressExpiry(now);
  const uploads = files.map((file): NewUpload => {
    const type = demandUploadType(file.content_type);
    const uploadId = ctx.ids.next<UploadId>();
    return {
      person_id: personId,
      upload_id: uploadId,
      content_type: type,
      size: file.size,
      checksum_sha256: file.checksum_sha256,
      blob_key: originalKey(ctx.config.region, personId, {
        uploadId,
        type,
        sha256: file.checksum_sha256,
      }),
      expires_at: expiresAt,
      created_at: now,
      part_size: file.in_parts ? PART_BYTES : null,
    };
  });
  await insertUploads(q, uploads);
  return uploads.map((upload) => {
    const { method, url, headers } = ctx.blobs.signUpload({
      key: upload.blob_key,
      contentType: upload.content_type,
      size: upload.size,
      checksumSha256: upload.checksum_sha256,
      expiresAt,
    });
    return {
      upload_id: upload.upload_id,
      method,
      url,
      headers: { ...headers },
      expires_at: expiresAt.toISOString(),
      part_size: upload.part_size,
    };
  });
}

function demandUploadType(type: string): UploadType {
  const found = UPLOAD_TYPES.find((known) => known === type);
  if (found) return found;
  throw new Problem(
    'media_unsupported',
    `Files of type ${type} are not taken. These are: ${UPLOAD_TYPES.join(', ')}.`,
  );
}

/**
 * Judges uploads before they become a post: they are this person's, free, their bytes have arrived, and
 * each is a whole picture or video of its announced type. Gives them in the order of `uploadIds`. Every Problem
 * names `details.upload_id`: `upload_not_found` (also for somebody else's), `upload_used`,
 * `upload_incomplete`, and what `inspectUpload` throws.
 */
export async function checkUploads(
  ctx: Context,
  personId: PersonId,
  uploadIds: readonly UploadId[],
): Promise<CheckedUpload[]> {
  const rows = await findUploads(ctx.db, personId, uploadIds);
  const byId = new Map(rows.map((row) => [row.upload_id, row]));
  const checked: CheckedUpload[] = [];
  // One after the other, so that the first fault in the order of the person's list is the one that is told.
  for (const uploadId of uploadIds) checked.push(await checkUpload(ctx, uploadId, byId));
  return checked;
}

async function checkUpload(
  ctx: Context,
  uploadId: UploadId,
  rows: ReadonlyMap<UploadId, UploadRow>,
): Promise<CheckedUpload> {
  const row = await demandArrived(ctx, uploadId, rows.get(uploadId));
  const details = { upload_id: uploadId };
  const inspected = await inspectUpload(ctx, row, details);
  return { uploadId, originalKey: row.blob_key, draftId: row.draft_id, ...inspected };
}

/**
 * The row of an upload that is free and whose bytes are all there. Throws `upload_not_found`,
 * `upload_used`, `upload_incomplete`, each with `details.upload_id`.
 */
export async function demandArrived(
  ctx: Pick<Context, 'blobs'>,
  uploadId: UploadId,
  row: UploadRow | undefined,
): Promise<UploadRow> {
  const details = { upload_id: uploadId };
  if (!row) throw new Problem('upload_not_found', undefined, details);
  if (row.used_at) throw new Problem('upload_used', undefined, details);
  const found = await ctx.blobs.stat(row.blob_key);
  if (!found) throw new Problem('upload_incomplete', await describeMissing(ctx, row), details);
  if (found.size !== row.size) {
    const message = `${found.size} of ${row.size} bytes have arrived. Send the file again, then confirm.`;
    throw new Problem('upload_incomplete', message, details);
  }
  await finishJoin(ctx, row);
  return row;
}

/**
 * Marks uploads as used, in the transaction that makes the post (`postId`) or the profile picture (null).
 * Throws `upload_used` when another request was faster, so that the transaction ends without effect.
 */
export async function useUploads(
  ctx: Pick<Context, 'clock'>,
  tx: Transaction,
  personId: PersonId,
  uploadIds: readonly UploadId[],
  postId: PostId | null,
): Promise<void> {
  const taken = await takeUploads(tx, personId, uploadIds, postId, ctx.clock.now());
  const missed = uploadIds.find((id) => !taken.has(id));
  if (missed) throw new Problem('upload_used', undefined, { upload_id: missed });
}
