import * as api from '../../../api/feed.ts';
import type { PostId } from '../../../api/ids.ts';
import { askedPage } from '../../kernel/cursor.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { personCalled } from '../people/read.ts';
import { homeFeed } from './home.ts';
import { profileFeed } from './profile.ts';

export const feedRoutes: readonly BoundRoute[] = [
  route(api.homeFeed, (ctx, { viewer, query }) => {
    const page = askedPage<PostId>(query);
    return homeFeed(ctx, viewer.personId, page.limit, page.before);
  }),

  route(api.profileFeed, async (ctx, { viewer, params, query }) => {
    const page = askedPage<PostId>(query);
    const authorId = await personCalled(ctx, params.username);
    return profileFeed(ctx, authorId, viewer?.personId ?? null, page.limit, page.before);
  }),
];
