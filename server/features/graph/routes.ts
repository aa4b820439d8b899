import * as api from '../../../api/graph.ts';
import type { UserInList } from '../../../api/people.ts';
import type { Context } from '../../context.ts';
import { askedPage, cutPage, type Page } from '../../kernel/cursor.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { personCalled } from '../people/read.ts';
import { readCounts } from '../people/store.ts';
import { follow, unfollow } from './follow.ts';
import { listPeople } from './list-people.ts';
import { type EdgeRow, listFollowers, listFollowing } from './store.ts';

export const graphRoutes: readonly BoundRoute[] = [
  route(api.follow, async (ctx, { viewer, params }) => {
    const followeeId = await personCalled(ctx, params.username);
    await follow(ctx, viewer.personId, followeeId);
    const counts = await readCounts(ctx.db, followeeId);
    return { state: 'following' as const, followers_count: counts.followers };
  }),

  route(api.unfollow, async (ctx, { viewer, params }) => {
    const followeeId = await personCalled(ctx, params.username);
    await unfollow(ctx, viewer.personId, followeeId);
    const counts = await readCounts(ctx.db, followeeId);
    return { state: 'not_following' as const, followers_count: counts.followers };
  }),

  route(api.listFollowers, async (ctx, { viewer, params, query }) => {
    const page = askedPage<string>(query);
    const personId = await personCalled(ctx, params.username);
    const edges = await listFollowers(ctx.db, personId, page.take, page.before);
    return present(ctx, viewer, edges, page.limit);
  }),

  route(api.listFollowing, async (ctx, { viewer, params, query }) => {
    const page = askedPage<string>(query);
    const personId = await personCalled(ctx, params.username);
    const edges = await listFollowing(ctx.db, personId, page.take, page.before);
    return present(ctx, viewer, edges, page.limit);
  }),
];

async function present(
  ctx: Context,
  viewer: Viewer | null,
  edges: readonly EdgeRow[],
  limit: number,
): Promise<Page<UserInList>> {
  const { items, pagination } = cutPage(edges, limit, (edge) => edge.follow_id);
  const people = await listPeople(
    ctx,
    viewer,
    items.map((edge) => edge.person_id),
  );
  return { items: people, pagination };
}
