import type { FastifyInstance } from 'fastify';
import { API_BASE, splitRouteName } from '../../api/route.ts';
import type { Role } from '../config.ts';
import type { Context } from '../context.ts';
import { authenticate } from '../features/accounts/authenticate.ts';
import { accountRoutes } from '../features/accounts/routes.ts';
import { adminRoutes } from '../features/admin/routes.ts';
import { commentRoutes } from '../features/comments/routes.ts';
import { draftRoutes } from '../features/drafts/routes.ts';
import { exploreRoutes } from '../features/explore/routes.ts';
import { feedRoutes } from '../features/feed/routes.ts';
import { graphRoutes } from '../features/graph/routes.ts';
import { hashtagRoutes } from '../features/hashtags/routes.ts';
import { mediaRoutes } from '../features/media/routes.ts';
import { nearDuplicateRoutes } from '../features/near-duplicates/routes.ts';
import { placeRoutes } from '../features/places/routes.ts';
import { ownPostRoutes } from '../features/posts/own-routes.ts';
import { postRoutes } from '../features/posts/routes.ts';
import { profileRoutes } from '../features/profiles/routes.ts';
import { rankingRoutes } from '../features/ranking/routes.ts';
import { saveRoutes } from '../features/saves/routes.ts';
import { settingsRoutes } from '../features/settings/routes.ts';
import { sharingRoutes } from '../features/sharing/routes.ts';
import { storageRoutes } from '../features/storage/routes.ts';
import { topicRoutes } from '../features/topics/routes.ts';
import { bindRoutes } from '../http/bind-routes.ts';
import type { Drain } from '../http/drain.ts';
import type { BoundRoute } from '../kernel/route.ts';
import { openFeedLane } from './feed-lane.ts';

/** Every route of the product; a feature adds a line. */
export const allRoutes: readonly BoundRoute[] = [
  ...accountRoutes,
  ...settingsRoutes,
  ...profileRoutes,
  ...graphRoutes,
  ...mediaRoutes,
  ...postRoutes,
  ...ownPostRoutes,
  ...draftRoutes,
  ...commentRoutes,
  ...feedRoutes,
  ...exploreRoutes,
  ...rankingRoutes,
  ...hashtagRoutes,
  ...placeRoutes,
  ...topicRoutes,
  ...saveRoutes,
  ...sharingRoutes,
  ...nearDuplicateRoutes,
  ...adminRoutes,
  ...storageRoutes,
];

/** The roles `read` and `write`: GET routes and the others, in one process or apart. */
export async function serveApi(
  app: FastifyInstance,
  ctx: Context,
  drain: Drain,
  roles: ReadonlySet<Role>,
) {
  if (roles.has('read')) openFeedLane(app, ctx, drain);
  const routes = allRoutes.filter(({ contract }) =>
    roles.has(splitRouteName(contract.name).method === 'GET' ? 'read' : 'write'),
  );
  bindRoutes(app, ctx, authenticate, routes);
  if (!roles.has('read')) return;
  app.get(`${API_BASE}/openapi.json`, { schema: { hide: true } }, (_request, reply) => {
    reply.header('cache-control', 'public, max-age=300').send(app.swagger());
  });
}
