import * as api from '../../../api/sharing.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { sharePost } from './share.ts';

export const sharingRoutes: readonly BoundRoute[] = [
  route(api.sharePost, async (ctx, { viewer, params, body, origin }) => {
    const { path, isPublic } = await sharePost(ctx, params.post_id, viewer.personId, body.channel);
    return { url: origin + path, is_public: isPublic };
  }),
];
