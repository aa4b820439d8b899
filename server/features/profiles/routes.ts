import type { PersonId } from '../../../api/ids.ts';
import * as api from '../../../api/people.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { maySeeContentOf } from '../../kernel/visibility.ts';
import { meet } from '../graph/relations.ts';
import { personCalled } from '../people/read.ts';
import { readCounts } from '../people/store.ts';
import { profileView } from '../people/view.ts';
import { editProfile } from './edit.ts';

export const profileRoutes: readonly BoundRoute[] = [
  route(api.getProfile, async (ctx, { viewer, params }) =>
    showProfile(ctx, params.username, viewer?.personId ?? null),
  ),

  route(api.editProfile, async (ctx, { viewer, params, body }) => {
    const personId = await personCalled(ctx, params.username);
    if (personId !== viewer.personId) throw new Problem('forbidden', 'This is not your profile.');
    await editProfile(ctx, personId, body);
    return showProfile(ctx, params.username, personId);
  }),
];

async function showProfile(ctx: Context, username: string, viewerId: PersonId | null) {
  const met = await meet(ctx, username, viewerId);
  const { person, relation } = met;
  const counts = await readCounts(ctx.db, person.person_id);
  return profileView(
    person,
    counts,
    { usernames: [], count: 0 },
    {
      is_self: person.person_id === viewerId,
      can_see_posts: maySeeContentOf(met),
      following: relation.following,
      requested: relation.requested,
      followed_by: relation.followed_by,
      blocking: relation.blocking,
      muting: relation.muting,
      restricting: relation.restricting,
      close_friend: relation.close_friend,
    },
  );
}
