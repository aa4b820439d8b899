import * as api from '../../../api/feed.ts';
import { PAGE_LIMIT_DEFAULT } from '../../../api/page.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { decodeRankCursor } from '../topics/cursor.ts';
import { exploreFeed } from './feed.ts';

export const exploreRoutes: readonly BoundRoute[] = [
  route(api.exploreFeed, (ctx, { viewer, query }) =>
    exploreFeed(ctx, viewer.personId, {
      limit: query.limit ?? PAGE_LIMIT_DEFAULT,
      cursor: decodeRankCursor(query.cursor),
    }),
  ),
];
