import * as api from '../../../api/feed.ts';
import type { PostId } from '../../../api/ids.ts';
import { askedPage } from '../../kernel/cursor.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { meetContentOf } from '../graph/relations.ts';
import { homeInOrder } from './order.ts';
import { profileFeed, taggedFeed } from './profile.ts';

export const feedRoutes: readonly BoundRoute[] = [
  route(api.homeFeed, (ctx, { viewer, query }) => homeInOrder(ctx, viewer.personId, query)),

  route(api.profileFeed, (ctx, { viewer, params, query }) => {
    const { limit, before } = askedPage<PostId>(query);
    const viewerId = viewer?.personId ?? null;
    return profileFeed(ctx, { username: params.username, viewerId, limit, before });
  }),

  route(api.taggedFeed, async (ctx, { viewer, params, query }) => {
    const page = askedPage<PostId>(query);
    const viewerId = viewer?.personId ?? null;
    const { person } = await meetContentOf(ctx, params.username, viewerId);
    return taggedFeed(ctx, person.person_id, viewerId, page.limit, page.before);
  }),
];
