import * as media from '../../../api/media.ts';
import * as api from '../../../api/posts.ts';
import * as reposts from '../../../api/reposts.ts';
import type { Context } from '../../context.ts';
import { askedPage, cutPage } from '../../kernel/cursor.ts';
import { type BoundRoute, type Call, route } from '../../kernel/route.ts';
import { listPeople } from '../graph/list-people.ts';
import { listLikes } from '../marks/store.ts';
import { type CaptionsPlace, deleteCaptions, putCaptions } from './captions.ts';
import { createPost } from './create.ts';
import { deletePost } from './delete.ts';
import { editPost } from './edit.ts';
import { likePost, unlikePost } from './like.ts';
import { showPost, visiblePost } from './read.ts';
import { repostPost, unrepostPost } from './repost.ts';
import { removeOwnTag } from './untag.ts';

async function create(
  ctx: Context,
  {
    viewer,
    body,
    idempotencyKey,
  }: Pick<Call<typeof api.confirmPost>, 'viewer' | 'body' | 'idempotencyKey'>,
) {
  const postId = await createPost(ctx, viewer.personId, idempotencyKey, body);
  return showPost(ctx, postId, viewer.personId);
}

type CaptionsParams = Call<typeof media.deleteCaptions>['params'];

const captionsPlace = ({ post_id, media_id, language }: CaptionsParams): CaptionsPlace => ({
  postId: post_id,
  mediaId: media_id,
  language,
});

export const postRoutes: readonly BoundRoute[] = [
  route(api.confirmPost, create),
  route(api.createPost, create),

  route(api.getPost, (ctx, { viewer, params }) =>
    showPost(ctx, params.post_id, viewer?.personId ?? null),
  ),

  route(api.editPost, async (ctx, { viewer, params, body }) => {
    await editPost(ctx, params.post_id, viewer.personId, body);
    return showPost(ctx, params.post_id, viewer.personId);
  }),

  route(api.deletePost, async (ctx, { viewer, params }) => {
    await deletePost(ctx, params.post_id, viewer.personId);
    return {};
  }),

  route(api.likePost, (ctx, { viewer, params }) => likePost(ctx, params.post_id, viewer.personId)),

  route(api.unlikePost, (ctx, { viewer, params }) =>
    unlikePost(ctx, params.post_id, viewer.personId),
  ),

  route(api.removeOwnTag, async (ctx, { viewer, params }) => {
    await removeOwnTag(ctx, params.post_id, viewer.personId);
    return showPost(ctx, params.post_id, viewer.personId);
  }),

  route(api.listLikes, async (ctx, { viewer, params, query }) => {
    const page = askedPage<string>(query);
    await visiblePost(ctx, params.post_id, viewer?.personId ?? null);
    const likes = await listLikes(ctx.db, params.post_id, page.take, page.before);
    const { items, pagination } = cutPage(likes, page.limit, (like) => like.like_id);
    const people = await listPeople(
      ctx,
      viewer,
      items.map((like) => like.person_id),
    );
    return { items: people, pagination };
  }),

  route(reposts.repostPost, async (ctx, { viewer, params, body }) => {
    const { personId } = viewer;
    const repostId = await repostPost(ctx, params.post_id, personId, body.caption ?? '');
    return showPost(ctx, repostId, personId);
  }),

  route(reposts.unrepostPost, async (ctx, { viewer, params }) => ({
    reposts_count: await unrepostPost(ctx, params.post_id, viewer.personId),
  })),

  route(media.putCaptions, (ctx, { viewer, params, body }) =>
    putCaptions(ctx, viewer.personId, captionsPlace(params), body.webvtt),
  ),

  route(media.deleteCaptions, (ctx, { viewer, params }) =>
    deleteCaptions(ctx, viewer.personId, captionsPlace(params)),
  ),
];
