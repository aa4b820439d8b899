import type { PersonId } from '../../../api/ids.ts';
import * as api from '../../../api/people.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { maySeeContentOf } from '../../kernel/visibility.ts';
import { noteVisit } from '../affinity/visits.ts';
import { previewMutuals } from '../graph/mutuals.ts';
import { meet } from '../graph/relations.ts';
import { countRequests } from '../graph/requests-store.ts';
import { readCounts } from '../people/store.ts';
import { profileView } from '../people/view.ts';
import { editProfile } from './edit.ts';

export const profileRoutes: readonly BoundRoute[] = [
  route(api.getProfile, async (ctx, { viewer, params }) =>
    showProfile(ctx, params.username, viewer?.personId ?? null),
  ),

  route(api.editProfile, async (ctx, { viewer, params, body }) => {
    const { person } = await meet(ctx, params.username, viewer.personId);
    const { person_id: personId } = person;
    if (personId !== viewer.personId) throw new Problem('forbidden', 'This is not your profile.');
    await editProfile(ctx, personId, body);
    return showProfile(ctx, params.username, personId);
  }),
];

/** As the contract says of `follow_requests_count`. */
const REQUESTS_COUNTED = 100;

async function showProfile(ctx: Context, username: string, viewerId: PersonId | null) {
  const met = await meet(ctx, username, viewerId);
  const { person, relation } = met;
  const isSelf = person.person_id === viewerId;
  if (viewerId !== null) noteVisit(ctx, viewerId, person.person_id);
  const canSee = maySeeContentOf(met);
  const [counts, waiting] = await Promise.all([
    readCounts(ctx.db, person.person_id),
    isSelf ? countRequests(ctx.db, person.person_id, REQUESTS_COUNTED) : null,
  ]);
  const mutual =
    viewerId !== null && canSee
      ? await previewMutuals(ctx, viewerId, person.person_id, counts.followers)
      : { usernames: [], count: 0 };
  return profileView(
    person,
    counts,
    { mutual_followers: mutual, follow_requests_count: waiting },
    {
      is_self: isSelf,
      can_see_posts: canSee,
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
