import type { DraftId, PersonId, UploadId } from '../../../api/ids.ts';
import type { Transaction } from '../../ports/db/db.ts';
import type { AbandonedUpload } from './uploads-store.ts';

/** Gives those of `uploadIds` that the draft holds from now on: free ones, in no other draft. */
export async function holdUploads(
  tx: Transaction,
  personId: PersonId,
  draftId: DraftId,
  uploadIds: readonly UploadId[],
): Promise<Set<UploadId>> {
  const rows = await tx.query<{ upload_id: UploadId }>(
    `update uploads set draft_id = $3
     where person_id = $1 and upload_id = any($2::bigint[]) and used_at is null
       and abandoned_at is null and (draft_id is null or draft_id = $3)
     returning upload_id`,
    [personId, uploadIds, draftId],
  );
  return new Set(rows.map((row) => row.upload_id));
}

/** Lets go of what a draft held, but for `kept`: free again, and swept away when it is old. */
export async function releaseUploads(
  tx: Transaction,
  personId: PersonId,
  draftId: DraftId,
  kept: readonly UploadId[],
): Promise<void> {
  await tx.query(
    `update uploads set draft_id = null
     where person_id = $1 and draft_id = $2 and upload_id <> all($3::bigint[])`,
    [personId, draftId, kept],
  );
}

/** Lets nobody use what these drafts held any more, and gives it; see `discardAbandoned`. */
export async function abandonHeld(
  tx: Transaction,
  personId: PersonId,
  draftIds: readonly DraftId[],
  at: Date,
): Promise<AbandonedUpload[]> {
  return tx.query<AbandonedUpload>(
    `update uploads set draft_id = null, abandoned_at = $3
     where person_id = $1 and draft_id = any($2::bigint[]) and used_at is null
     returning person_id, upload_id, blob_key`,
    [personId, draftIds, at],
  );
}
