import type { DraftContent } from '../../../api/drafts.ts';
import type { DraftId, PersonId, UploadId } from '../../../api/ids.ts';
import { DRAFTS_MAX } from '../../../api/limits.ts';
import type { Context } from '../../context.ts';
import { type IdempotencyKey, once } from '../../kernel/idempotency.ts';
import { fieldProblem, Problem } from '../../kernel/problem.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { abandonHeld, holdUploads, releaseUploads } from '../media/draft-uploads-store.ts';
import { discardAbandoned } from '../media/sweep.ts';
import { demandArrived } from '../media/uploads.ts';
import { type AbandonedUpload, findUploads } from '../media/uploads-store.ts';
import { lockCounts } from '../people/store.ts';
import { countDrafts, insertDraft, removeDrafts, updateDraft } from './store.ts';

/**
 * Keeps a post for later and gives the draft's id. Its uploads are kept as long as it is. Throws
 * `upload_not_found`, `upload_incomplete`, `upload_used` (also when another draft holds it),
 * `too_many_drafts`.
 */
export async function createDraft(
  ctx: Context,
  personId: PersonId,
  idempotencyKey: IdempotencyKey | null,
  content: DraftContent,
): Promise<DraftId> {
  const check = () => demandUploads(ctx, personId, content);
  const write = async (tx: Transaction, uploadIds: readonly UploadId[]) => {
    // Two at once would both count before either has written.
    await lockCounts(tx, personId);
    if ((await countDrafts(tx, personId)) >= DRAFTS_MAX) throw new Problem('too_many_drafts');
    const draftId = ctx.ids.next<DraftId>();
    await insertDraft(tx, { personId, draftId, content, at: ctx.clock.now() });
    await hold(tx, personId, draftId, uploadIds);
    return draftId;
  };
  return once(ctx, personId, idempotencyKey, write, check);
}

/** Puts `content` in the place of what the draft was. Throws `draft_not_found`, and what uploads bring. */
export async function saveDraft(
  ctx: Context,
  personId: PersonId,
  draftId: DraftId,
  content: DraftContent,
): Promise<void> {
  const uploadIds = await demandUploads(ctx, personId, content);
  await ctx.db.transaction(async (tx) => {
    const there = await updateDraft(tx, { personId, draftId, content, at: ctx.clock.now() });
    if (!there) throw new Problem('draft_not_found');
    await releaseUploads(tx, personId, draftId, uploadIds);
    await hold(tx, personId, draftId, uploadIds);
  });
}

/** Throws a draft and its files away. Doing it again changes nothing. */
export async function deleteDraft(ctx: Context, personId: PersonId, draftId: DraftId) {
  const left = await ctx.db.transaction(async (tx) => {
    const gone = await removeDrafts(tx, personId, [draftId]);
    return abandonHeld(tx, personId, gone, ctx.clock.now());
  });
  await discardAbandoned(ctx, left);
}

/**
 * Ends drafts that become a post in this transaction. To be called before their uploads are taken, and
 * what it gives after: that gives the uploads that the post did not take, to be discarded.
 */
export async function endDrafts(
  ctx: Context,
  tx: Transaction,
  personId: PersonId,
  draftIds: readonly DraftId[],
): Promise<() => Promise<AbandonedUpload[]>> {
  const gone = draftIds.length > 0 ? await removeDrafts(tx, personId, draftIds) : [];
  return async () => (gone.length > 0 ? abandonHeld(tx, personId, gone, ctx.clock.now()) : []);
}

async function demandUploads(ctx: Context, personId: PersonId, { media = [] }: DraftContent) {
  const uploadIds = media.map(({ upload_id }) => upload_id);
  if (new Set(uploadIds).size < uploadIds.length) {
    throw fieldProblem({ 'body.media': 'names an upload twice' });
  }
  const rows = await findUploads(ctx.db, personId, uploadIds);
  const byId = new Map(rows.map((row) => [row.upload_id, row]));
  for (const id of uploadIds) await demandArrived(ctx, id, byId.get(id));
  return uploadIds;
}

async function hold(
  tx: Transaction,
  personId: PersonId,
  draftId: DraftId,
  uploadIds: readonly UploadId[],
): Promise<void> {
  if (uploadIds.length === 0) return;
  const held = await holdUploads(tx, personId, draftId, uploadIds);
  const missed = uploadIds.find((id) => !held.has(id));
  if (!missed) return;
  throw new Problem('upload_used', 'This upload belongs to a post or another draft already.', {
    upload_id: missed,
  });
}
