import * as api from '../../../api/near-duplicates.ts';
import { askedPage } from '../../kernel/cursor.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { nearDuplicates } from './list.ts';
import { keepPair } from './store.ts';

export const nearDuplicateRoutes: readonly BoundRoute[] = [
  route(api.listNearDuplicates, (ctx, { viewer, query }) =>
    nearDuplicates(ctx, viewer.personId, askedPage<string>(query)),
  ),

  route(api.keepNearDuplicate, async (ctx, { viewer, params }) => {
    await keepPair(ctx.db, viewer.personId, params.pair_id);
    return {};
  }),
];
