import * as api from '../../../api/drafts.ts';
import type { DraftId, PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { askedPage, cutPage } from '../../kernel/cursor.ts';
import { Problem } from '../../kernel/problem.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { originalAddress } from '../media/private-address.ts';
import { findUploads, type UploadRow } from '../media/uploads-store.ts';
import { createDraft, deleteDraft, saveDraft } from './keep.ts';
import { type DraftRow, findDraft, listDrafts } from './store.ts';

export const draftRoutes: readonly BoundRoute[] = [
  route(api.createDraft, async (ctx, { viewer, body, idempotencyKey }) => {
    const draftId = await createDraft(ctx, viewer.personId, idempotencyKey, body);
    return showDraft(ctx, viewer.personId, draftId);
  }),

  route(api.listDrafts, async (ctx, { viewer, query }) => {
    const page = askedPage<DraftId>(query);
    const rows = await listDrafts(ctx.db, viewer.personId, page.take, page.before);
    const { items, pagination } = cutPage(rows, page.limit, (row) => row.draft_id);
    return { items: await present(ctx, viewer.personId, items), pagination };
  }),

  route(api.getDraft, (ctx, { viewer, params }) =>
    showDraft(ctx, viewer.personId, params.draft_id),
  ),

  route(api.saveDraft, async (ctx, { viewer, params, body }) => {
    await saveDraft(ctx, viewer.personId, params.draft_id, body);
    return showDraft(ctx, viewer.personId, params.draft_id);
  }),

  route(api.deleteDraft, async (ctx, { viewer, params }) => {
    await deleteDraft(ctx, viewer.personId, params.draft_id);
    return {};
  }),
];

async function showDraft(ctx: Context, personId: PersonId, draftId: DraftId): Promise<api.Draft> {
  const row = await findDraft(ctx.db, personId, draftId);
  const [draft] = row ? await present(ctx, personId, [row]) : [];
  if (!draft) throw new Problem('draft_not_found');
  return draft;
}

/** Drafts as their owner sees them: nobody else ever does, so nothing is to be judged. */
async function present(
  ctx: Context,
  personId: PersonId,
  rows: readonly DraftRow[],
): Promise<api.Draft[]> {
  const ids = rows.flatMap(({ draft }) => (draft.media ?? []).map(({ upload_id }) => upload_id));
  const uploads = ids.length > 0 ? await findUploads(ctx.db, personId, ids) : [];
  const byId = new Map(uploads.map((row) => [row.upload_id, row]));
  return rows.map((row) => draftView(ctx, row, byId));
}

function draftView(
  ctx: Context,
  { draft_id, draft, created_at, updated_at }: DraftRow,
  uploads: ReadonlyMap<string, UploadRow>,
): api.Draft {
  // A picture that has become a post by itself is no longer the draft's.
  const held = (draft.media ?? []).filter(
    ({ upload_id }) => uploads.get(upload_id)?.draft_id === draft_id,
  );
  return {
    draft_id,
    content: draft.media ? { ...draft, media: held } : draft,
    pictures: held.flatMap(({ upload_id }) => {
      const upload = uploads.get(upload_id);
      if (!upload) return [];
      const { content_type, blob_key } = upload;
      return [{ upload_id, url: originalAddress(ctx, blob_key), content_type }];
    }),
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}
