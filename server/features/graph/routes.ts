import * as api from '../../../api/graph.ts';
import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { askedPage } from '../../kernel/cursor.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { readCounts } from '../people/store.ts';
import { follow, unfollow } from './follow.ts';
import { pageOfPeople, showInList } from './list-people.ts';
import { listMutuals } from './mutuals.ts';
import { meetAnother } from './pair.ts';
import { meet, meetContentOf } from './relations.ts';
import { acceptRequest, declineRequest } from './requests.ts';
import { listRequests } from './requests-store.ts';
import { standingRoutes } from './standing-routes.ts';
import { listFollowers, listFollowing } from './store.ts';
import { dismissSuggestion, suggestedPeople } from './suggested.ts';

export const graphRoutes: readonly BoundRoute[] = [
  route(api.follow, async (ctx, { viewer, params }) => {
    const { person } = await meet(ctx, params.username, viewer.personId);
    const state = await follow(ctx, viewer.personId, person.person_id);
    return { state, followers_count: await followersOf(ctx, person.person_id) };
  }),

  route(api.unfollow, async (ctx, { viewer, params }) => {
    const { person } = await meet(ctx, params.username, viewer.personId);
    await unfollow(ctx, viewer.personId, person.person_id);
    const followers_count = await followersOf(ctx, person.person_id);
    return { state: 'not_following' as const, followers_count };
  }),

  route(api.removeFollower, async (ctx, { viewer, params }) => {
    const { person } = await meet(ctx, params.username, viewer.personId);
    await unfollow(ctx, person.person_id, viewer.personId);
    return {};
  }),

  route(api.listFollowers, async (ctx, { viewer, params, query }) => {
    const page = askedPage<string>(query);
    const { person } = await meetContentOf(ctx, params.username, viewer?.personId ?? null);
    return pageOfPeople(ctx, viewer, page, {
      read: (take, before) => listFollowers(ctx.db, person.person_id, take, before),
      show: showInList,
    });
  }),

  route(api.listFollowing, async (ctx, { viewer, params, query }) => {
    const page = askedPage<string>(query);
    const { person } = await meetContentOf(ctx, params.username, viewer?.personId ?? null);
    return pageOfPeople(ctx, viewer, page, {
      read: (take, before) => listFollowing(ctx.db, person.person_id, take, before),
      show: showInList,
    });
  }),

  route(api.listMutuals, async (ctx, { viewer, params, query }) => {
    const page = askedPage<string>(query);
    const { person } = await meetContentOf(ctx, params.username, viewer.personId);
    return pageOfPeople(ctx, viewer, page, {
      read: (take, before) => listMutuals(ctx.db, viewer.personId, person.person_id, take, before),
      show: showInList,
    });
  }),

  route(api.listFollowRequests, (ctx, { viewer, query }) =>
    pageOfPeople(ctx, viewer, askedPage(query), {
      read: (take, before) => listRequests(ctx.db, viewer.personId, take, before),
      show: showInList,
    }),
  ),

  route(api.acceptFollowRequest, async (ctx, { viewer, params }) => {
    const { person } = await meet(ctx, params.username, viewer.personId);
    await acceptRequest(ctx, viewer.personId, person.person_id);
    return {};
  }),

  route(api.declineFollowRequest, async (ctx, { viewer, params }) => {
    const { person } = await meet(ctx, params.username, viewer.personId);
    await declineRequest(ctx, viewer.personId, person.person_id);
    return {};
  }),

  route(api.listSuggested, (ctx, { viewer }) => suggestedPeople(ctx, viewer.personId)),

  route(api.dismissSuggested, async (ctx, { viewer, params }) => {
    const { person } = await meetAnother(ctx, params.username, viewer.personId);
    await dismissSuggestion(ctx, viewer.personId, person.person_id);
    return {};
  }),

  ...standingRoutes,
];

async function followersOf(ctx: Context, personId: PersonId): Promise<number> {
  return (await readCounts(ctx.db, personId)).followers;
}
