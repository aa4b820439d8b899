import * as api from '../../../api/storage.ts';
import { askedPage } from '../../kernel/cursor.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { checkNow } from './scrub.ts';
import { showFaults, showStorage } from './show.ts';

export const storageRoutes: readonly BoundRoute[] = [
  route(api.getStorage, (ctx) => showStorage(ctx)),

  route(api.checkStorage, async (ctx, { viewer }) => {
    await checkNow(ctx);
    ctx.log.info({ by: viewer.personId }, 'a round over all files was asked for');
    return showStorage(ctx);
  }),

  route(api.listStorageFaults, (ctx, { query }) => showFaults(ctx, askedPage<string>(query))),
];
