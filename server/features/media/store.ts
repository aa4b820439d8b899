import type { DraftId, MediaId, PersonId, PostId, UploadId } from '../../../api/ids.ts';
import type { Crop } from '../../../api/posts.ts';
import type { BlobKey, Blobs } from '../../ports/blobs/blobs.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';
import { croppedArea } from './crop.ts';
import type { RenditionFiles } from './encode.ts';
import type { PictureType } from './keys.ts';
import type { Rendered, Renditions } from './render.ts';

export interface UploadRow {
  person_id: PersonId;
  upload_id: UploadId;
  content_type: PictureType;
  /** Bytes */
  size: number;
  checksum_sha256: string;
  blob_key: BlobKey;
  expires_at: Date;
  created_at: Date;
  used_at: Date | null;
  /** The draft that holds it: it is not swept away then. */
  draft_id: DraftId | null;
}

export type NewUpload = Omit<UploadRow, 'used_at' | 'draft_id'>;

export interface MediaRow {
  post_id: PostId;
  media_id: MediaId;
  position: number;
  original_key: BlobKey;
  width: number;
  height: number;
  alt: string;
  crop: Crop | null;
  thumbhash: string | null;
  dominant_color: string | null;
  renditions: Renditions | null;
  created_at: Date;
}

/** A picture of a post that is not processed yet. */
export interface NewMedia {
  readonly postId: PostId;
  readonly mediaId: MediaId;
  readonly position: number;
  readonly upload: {
    readonly originalKey: BlobKey;
    readonly width: number;
    readonly height: number;
  };
  readonly alt: string;
  readonly crop: Crop | null;
  readonly at: Date;
}

const UPLOAD_COLUMNS =
  'person_id, upload_id, content_type, size, checksum_sha256, blob_key, expires_at, created_at, used_at, draft_id';
const MEDIA_COLUMNS = `post_id, media_id, position, original_key, width, height, alt,
  crop_x, crop_y, crop_width, crop_height, thumbhash, dominant_color, renditions, created_at`;

export async function insertUploads(q: Queryable, uploads: readonly NewUpload[]): Promise<void> {
  await insertMany(q, {
    table: 'uploads',
    columns: {
      person_id: 'int8',
      upload_id: 'int8',
      content_type: 'text',
      size: 'int4',
      checksum_sha256: 'text',
      blob_key: 'text',
      expires_at: 'timestamptz',
      created_at: 'timestamptz',
    },
    key: ['person_id', 'upload_id'],
    rows: uploads,
  });
}

/** This person's uploads among `uploadIds`, used ones too. Those that are being swept are not there. */
export async function findUploads(
  q: Queryable,
  personId: PersonId,
  uploadIds: readonly UploadId[],
): Promise<UploadRow[]> {
  return await q.query<UploadRow>(
    `select ${UPLOAD_COLUMNS} from uploads
     where person_id = $1 and upload_id = any($2::bigint[]) and abandoned_at is null
     order by upload_id`,
    [personId, uploadIds],
  );
}

/** Marks uploads as used where they are free, and gives the ids of those. `postId` null: the profile. */
export async function takeUploads(
  tx: Transaction,
  personId: PersonId,
  uploadIds: readonly UploadId[],
  postId: PostId | null,
  at: Date,
): Promise<Set<UploadId>> {
  const rows = await tx.query<{ upload_id: UploadId }>(
    `update uploads set used_by_post = $3, used_at = $4, draft_id = null
     where person_id = $1 and upload_id = any($2::bigint[])
       and used_at is null and abandoned_at is null
     returning upload_id`,
    [personId, uploadIds, postId, at],
  );
  return new Set(rows.map((row) => row.upload_id));
}

export type AbandonedUpload = Pick<UploadRow, 'person_id' | 'upload_id' | 'blob_key'>;

/**
 * Gives up to `limit` uploads that were asked for before `before`, never used and held by no draft, so
 * that from now on nobody can use them; and those that an earlier sweep did not finish.
 */
export async function abandonUploads(
  q: Queryable,
  before: Date,
  at: Date,
  limit: number,
): Promise<AbandonedUpload[]> {
  return await q.query(
    `update uploads set abandoned_at = $2
     where (person_id, upload_id) in (
         select person_id, upload_id from uploads
         where created_at < $1 and used_at is null and draft_id is null
         order by created_at, person_id, upload_id limit $3)
       and used_at is null and draft_id is null
     returning person_id, upload_id, blob_key`,
    [before, at, limit],
  );
}

/** Removes the row of an abandoned upload, when its bytes are gone. */
export async function removeAbandoned(
  q: Queryable,
  personId: PersonId,
  uploadId: UploadId,
): Promise<void> {
  await q.query(
    `delete from uploads
     where person_id = $1 and upload_id = $2 and abandoned_at is not null`,
    [personId, uploadId],
  );
}

/** Removes the rows of uploads that were asked for before `before` and used. Their bytes stay. */
export async function forgetUsedUploads(
  q: Queryable,
  before: Date,
  limit: number,
): Promise<number> {
  const rows = await q.query<{ upload_id: UploadId }>(
    `delete from uploads
     where (person_id, upload_id) in (
         select person_id, upload_id from uploads
         where created_at < $1 and used_at is not null
         order by created_at, person_id, upload_id limit $2)
     returning upload_id`,
    [before, limit],
  );
  return rows.length;
}

export async function insertMedia(tx: Transaction, media: readonly NewMedia[]): Promise<void> {
  await insertMany(tx, {
    table: 'media',
    columns: {
      post_id: 'int8',
      media_id: 'int8',
      position: 'int2',
      original_key: 'text',
      width: 'int4',
      height: 'int4',
      alt: 'text',
      crop_x: 'float8',
      crop_y: 'float8',
      crop_width: 'float8',
      crop_height: 'float8',
      created_at: 'timestamptz',
    },
    key: ['post_id', 'media_id'],
    rows: media.map(({ postId, mediaId, position, upload, alt, crop, at }) => {
      // As it will be shown; processing repeats it.
      const { width, height } = croppedArea(upload, crop);
      return {
        post_id: postId,
        media_id: mediaId,
        position,
        original_key: upload.originalKey,
        width,
        height,
        alt,
        crop_x: crop?.x ?? null,
        crop_y: crop?.y ?? null,
        crop_width: crop?.width ?? null,
        crop_height: crop?.height ?? null,
        created_at: at,
      };
    }),
  });
}

type StoredMedia = Omit<MediaRow, 'crop'> & {
  crop_x: number | null;
  crop_y: number | null;
  crop_width: number | null;
  crop_height: number | null;
};

/** All pictures of these posts, by post and position. */
export async function findMedia(q: Queryable, postIds: readonly PostId[]): Promise<MediaRow[]> {
  const rows = await q.query<StoredMedia>(
    `select ${MEDIA_COLUMNS} from media where post_id = any($1::bigint[])
     order by post_id, position`,
    [postIds],
  );
  return rows.map(({ crop_x: x, crop_y: y, crop_width: width, crop_height: height, ...row }) => {
    const whole = x === null || y === null || width === null || height === null;
    return { ...row, crop: whole ? null : { x, y, width, height } };
  });
}

/** Keeps what processing found out. False when the picture is gone (its post was deleted meanwhile). */
export async function saveRenditions(
  tx: Transaction,
  postId: PostId,
  mediaId: MediaId,
  rendered: Rendered,
): Promise<boolean> {
  const { width, height, thumbhash, dominantColor, renditions } = rendered;
  const rows = await tx.query(
    `update media set width = $3, height = $4, thumbhash = $5, dominant_color = $6, renditions = $7
     where post_id = $1 and media_id = $2
     returning media_id`,
    [postId, mediaId, width, height, thumbhash, dominantColor, renditions],
  );
  return rows.length > 0;
}

/** False when the post has no such picture. */
export async function editAlt(
  tx: Transaction,
  postId: PostId,
  mediaId: MediaId,
  alt: string,
): Promise<boolean> {
  const rows = await tx.query(
    'update media set alt = $3 where post_id = $1 and media_id = $2 returning media_id',
    [postId, mediaId, alt],
  );
  return rows.length > 0;
}

/** Removes the rows of a post's pictures; their files (`blobKeys`) must be gone before. */
export async function removeMediaOfPost(tx: Transaction, postId: PostId): Promise<void> {
  await tx.query('delete from media where post_id = $1', [postId]);
}

/** Every file of a picture: the original and what was made of it. */
export function blobKeys(media: MediaRow): BlobKey[] {
  return [media.original_key, ...renditionKeys(media.renditions)];
}

export function renditionKeys(renditions: Renditions | null): BlobKey[] {
  const files: RenditionFiles[] = renditions ? Object.values(renditions) : [];
  return files.flatMap(({ jpeg, webp }) => [jpeg, webp]);
}

/** Removes files. Those that are gone already are no error, so that it can be done again. */
export async function removeBlobs(
  ctx: { readonly blobs: Blobs },
  keys: readonly BlobKey[],
): Promise<void> {
  for (const key of keys) await ctx.blobs.remove(key);
}
