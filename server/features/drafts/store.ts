import type { DraftContent } from '../../../api/drafts.ts';
import type { DraftId, PersonId } from '../../../api/ids.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';

export interface DraftRow {
  person_id: PersonId;
  draft_id: DraftId;
  draft: DraftContent;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = 'person_id, draft_id, draft, created_at, updated_at';

export async function insertDraft(
  tx: Transaction,
  draft: { personId: PersonId; draftId: DraftId; content: DraftContent; at: Date },
): Promise<void> {
  await tx.query(
    `insert into drafts (person_id, draft_id, draft, created_at, updated_at)
     values ($1, $2, $3, $4, $4)`,
    [draft.personId, draft.draftId, draft.content, draft.at],
  );
}

export async function countDrafts(q: Queryable, personId: PersonId): Promise<number> {
  const [row] = await q.query<{ count: string }>(
    'select count(*) as count from drafts where person_id = $1',
    [personId],
  );
  return Number(row?.count ?? 0);
}

export async function findDraft(q: Queryable, personId: PersonId, draftId: DraftId) {
  const [row] = await q.query<DraftRow>(
    `select ${COLUMNS} from drafts where person_id = $1 and draft_id = $2`,
    [personId, draftId],
  );
  return row ?? null;
}

/** False when there is no such draft. Locks it until the transaction ends. */
export async function updateDraft(
  tx: Transaction,
  draft: { personId: PersonId; draftId: DraftId; content: DraftContent; at: Date },
): Promise<boolean> {
  const rows = await tx.query(
    `update drafts set draft = $3, updated_at = $4 where person_id = $1 and draft_id = $2
     returning draft_id`,
    [draft.personId, draft.draftId, draft.content, draft.at],
  );
  return rows.length > 0;
}

/** Gives the ids of those that were there. */
export async function removeDrafts(
  tx: Transaction,
  personId: PersonId,
  draftIds: readonly DraftId[],
): Promise<DraftId[]> {
  const rows = await tx.query<{ draft_id: DraftId }>(
    'delete from drafts where person_id = $1 and draft_id = any($2::bigint[]) returning draft_id',
    [personId, draftIds],
  );
  return rows.map((row) => row.draft_id);
}

/** Newest first. */
export async function listDrafts(
  q: Queryable,
  personId: PersonId,
  take: number,
  before: DraftId | null,
): Promise<DraftRow[]> {
  return q.query<DraftRow>(
    `select ${COLUMNS} from drafts
     where person_id = $1 and draft_id < coalesce($3::bigint, 9223372036854775807)
     order by draft_id desc limit $2`,
    [personId, take, before],
  );
}
