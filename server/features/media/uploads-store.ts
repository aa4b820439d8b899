import type { DraftId, PersonId, PostId, UploadId } from '../../../api/ids.ts';
import type { BlobKey } from '../../ports/blobs/blobs.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';
import type { UploadType } from './keys.ts';

export interface UploadRow {
  person_id: PersonId;
  upload_id: UploadId;
  content_type: UploadType;
  /** Bytes */
  size: number;
  checksum_sha256: string;
  blob_key: BlobKey;
  expires_at: Date;
  created_at: Date;
  used_at: Date | null;
  /** The draft that holds it: it is not swept away then. */
  draft_id: DraftId | null;
  /** Bytes of each part but the last; null: it is sent as a whole. */
  part_size: number | null;
}

/** What is not confirmed so long after it was asked for is swept away. */
export const KEPT_MS = 24 * 60 * 60_000;

export type NewUpload = Omit<UploadRow, 'used_at' | 'draft_id'>;

const UPLOAD_COLUMNS =
  'person_id, upload_id, content_type, size, checksum_sha256, blob_key, expires_at, created_at, used_at, draft_id, part_size';

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
      part_size: 'int4',
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

/** Where one upload stands; see `findUploads`. */
export async function findUpload(
  q: Queryable,
  personId: PersonId,
  uploadId: UploadId,
): Promise<UploadRow | undefined> {
  return (await findUploads(q, personId, [uploadId]))[0];
}
