import type { PersonId } from '../../../api/ids.ts';
import type { UserInList } from '../../../api/people.ts';
import type { Context } from '../../context.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { userInList } from '../people/view.ts';
import { meetable } from './relations.ts';

/**
 * Ids → people as they stand in any list, in the same order, with what the viewer has to do with them.
 * Those who are not there for the viewer are left out.
 */
export async function listPeople(
  ctx: Context,
  viewer: Viewer | null,
  ids: readonly PersonId[],
): Promise<UserInList[]> {
  const viewerId = viewer?.personId ?? null;
  const met = await meetable(ctx.db, viewerId, ids);
  return ids.flatMap((id) => {
    const found = met.get(id);
    if (!found) return [];
    const { following, requested } = found.relation;
    return [userInList(found.person, { following, requested, is_self: id === viewerId })];
  });
}
