import type { Draft, deleteDraft, listDrafts } from '../../api/drafts.ts';
import type { DraftId } from '../../api/ids.ts';
import { call } from './client.ts';
import { type List, listNamed } from './lists.ts';

/** The person's drafts at the server, newest first. */
export function draftsList(): List<Draft> {
  return listNamed<Draft>('drafts', {
    load: (cursor) =>
      call<typeof listDrafts>('GET /drafts', { query: cursor === undefined ? {} : { cursor } }),
    idOf: (draft) => draft.draft_id,
  });
}

/** Throws a draft away for good, also while the page is being left. Throws `ApiError`. */
export async function takeDraftAway(draftId: DraftId): Promise<void> {
  draftsList().remove(draftId);
  await call<typeof deleteDraft>('DELETE /drafts/{draft_id}', {
    params: { draft_id: draftId },
    keepalive: true,
  });
}
