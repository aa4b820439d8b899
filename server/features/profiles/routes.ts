import type { PersonId } from '../../../api/ids.ts';
import * as api from '../../../api/people.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { followedAmong } from '../graph/store.ts';
import { personCalled } from '../people/read.ts';
import { findPerson, readCounts } from '../people/store.ts';
import { profileView } from '../people/view.ts';
import { editProfile } from './edit.ts';

export const profileRoutes: readonly BoundRoute[] = [
  route(api.getProfile, async (ctx, { viewer, params }) =>
    showProfile(ctx, await personCalled(ctx, params.username), viewer?.personId ?? null),
  ),

  route(api.editProfile, async (ctx, { viewer, params, body }) => {
    const personId = await personCalled(ctx, params.username);
    if (personId !== viewer.personId) throw new Problem('forbidden', 'This is not your profile.');
    await editProfile(ctx, personId, body);
    return showProfile(ctx, personId, personId);
  }),
];

async function showProfile(ctx: Context, personId: PersonId, viewerId: PersonId | null) {
  const others = viewerId && viewerId !== personId ? viewerId : null;
  const [person, counts, following, followedBy] = await Promise.all([
    findPerson(ctx.db, personId),
    readCounts(ctx.db, personId),
    others ? followedAmong(ctx.db, others, [personId]) : new Set<PersonId>(),
    others ? followedAmong(ctx.db, personId, [others]) : new Set<PersonId>(),
  ]);
  if (!person) throw new Problem('user_not_found');
  return profileView(person, counts, {
    is_self: personId === viewerId,
    following: following.size > 0,
    followed_by: followedBy.size > 0,
  });
}
