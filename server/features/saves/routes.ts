import type { CollectionId } from '../../../api/ids.ts';
import * as api from '../../../api/saves.ts';
import { askedPage, cutPage } from '../../kernel/cursor.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import {
  createCollection,
  deleteCollection,
  renameCollection,
  showCollection,
  showCollections,
} from './collections.ts';
import { savedFeed } from './list.ts';
import { readSaveState, savePost, unsavePost } from './save.ts';
import { listCollections } from './store.ts';

export const saveRoutes: readonly BoundRoute[] = [
  route(api.savePost, (ctx, { viewer, params, body }) =>
    savePost(ctx, params.post_id, viewer.personId, body.collection_id ?? null),
  ),

  route(api.unsavePost, (ctx, { viewer, params, query }) =>
    unsavePost(ctx, params.post_id, viewer.personId, query.collection_id ?? null),
  ),

  route(api.getSaveState, (ctx, { viewer, params }) =>
    readSaveState(ctx, params.post_id, viewer.personId),
  ),

  route(api.savedFeed, (ctx, { viewer, query }) => {
    const collectionId = query.collection_id ?? null;
    return savedFeed(ctx, viewer.personId, collectionId, askedPage<string>(query));
  }),

  route(api.createCollection, async (ctx, { viewer, body, idempotencyKey }) => {
    const { personId } = viewer;
    const id = await createCollection(ctx, personId, body.name, idempotencyKey);
    return showCollection(ctx, personId, id);
  }),

  route(api.listCollections, async (ctx, { viewer, query }) => {
    const { personId } = viewer;
    const page = askedPage<CollectionId>(query);
    const rows = await listCollections(ctx.db, personId, page.take, page.before);
    const { items, pagination } = cutPage(rows, page.limit, (row) => row.collection_id);
    return { items: await showCollections(ctx, personId, items), pagination };
  }),

  route(api.renameCollection, async (ctx, { viewer, params, body }) => {
    await renameCollection(ctx, viewer.personId, params.collection_id, body.name);
    return showCollection(ctx, viewer.personId, params.collection_id);
  }),

  route(api.deleteCollection, async (ctx, { viewer, params }) => {
    await deleteCollection(ctx, viewer.personId, params.collection_id);
    return {};
  }),
];
