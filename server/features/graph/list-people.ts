import type { PersonId } from '../../../api/ids.ts';
import type { UserInList } from '../../../api/people.ts';
import type { Context } from '../../context.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { hydratePeople } from '../people/hydrate.ts';
import { userInList } from '../people/view.ts';
import { followedAmong } from './store.ts';

/** Ids → people as they stand in any list, in the same order, with what the viewer has to do with them. */
export async function listPeople(
  ctx: Context,
  viewer: Viewer | null,
  ids: readonly PersonId[],
): Promise<UserInList[]> {
  const [people, followed] = await Promise.all([
    hydratePeople(ctx.db, ids),
    viewer ? followedAmong(ctx.db, viewer.personId, ids) : new Set<PersonId>(),
  ]);
  return ids.flatMap((id) => {
    const person = people.get(id);
    if (!person) return [];
    return [userInList(person, { following: followed.has(id), is_self: id === viewer?.personId })];
  });
}
