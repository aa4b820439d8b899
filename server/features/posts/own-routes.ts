import type { PersonId, PostId } from '../../../api/ids.ts';
import { getOriginal } from '../../../api/media.ts';
import * as api from '../../../api/own-posts.ts';
import * as history from '../../../api/post-history.ts';
import type { Context } from '../../context.ts';
import { askedPage } from '../../kernel/cursor.ts';
import { type BoundRoute, type Call, route } from '../../kernel/route.ts';
import { archivePost, pinPost, unarchivePost, unpinPost } from './archive.ts';
import { restorePost } from './delete.ts';
import { postHistory } from './history.ts';
import { showOriginal } from './original.ts';
import { archivedPosts, deletedPosts } from './own-lists.ts';
import { showPost } from './read.ts';

/** Changes one's own post, then shows it. */
const changing =
  (change: (ctx: Context, postId: PostId, viewerId: PersonId) => Promise<void>) =>
  async (
    ctx: Context,
    { viewer, params }: Pick<Call<typeof api.archivePost>, 'viewer' | 'params'>,
  ) => {
    await change(ctx, params.post_id, viewer.personId);
    return showPost(ctx, params.post_id, viewer.personId);
  };

export const ownPostRoutes: readonly BoundRoute[] = [
  route(api.restorePost, changing(restorePost)),
  route(api.archivePost, changing(archivePost)),
  route(api.unarchivePost, changing(unarchivePost)),
  route(api.pinPost, changing(pinPost)),
  route(api.unpinPost, changing(unpinPost)),

  route(api.listArchived, (ctx, { viewer, query }) =>
    archivedPosts(ctx, viewer.personId, askedPage<PostId>(query)),
  ),

  route(api.listDeleted, (ctx, { viewer, query }) =>
    deletedPosts(ctx, viewer.personId, askedPage<PostId>(query)),
  ),

  route(getOriginal, (ctx, { viewer, params }) => showOriginal(ctx, viewer.personId, params)),

  route(history.postHistory, (ctx, { viewer, params, query }) =>
    postHistory(ctx, params.post_id, viewer?.personId ?? null, askedPage<string>(query)),
  ),
];
