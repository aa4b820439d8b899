import * as api from '../../../api/comments.ts';
import type { CommentId, PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { approveComment } from './approve.ts';
import { createComment } from './create.ts';
import { deleteComment } from './delete.ts';
import { setCommentLiked } from './like.ts';
import { setCommentPinned } from './pin.ts';
import { showComments, showReplies, visibleComment } from './read.ts';

interface Named {
  readonly post_id: PostId;
  readonly comment_id: CommentId;
}

async function show(ctx: Context, { post_id, comment_id }: Named, viewerId: PersonId | null) {
  return (await visibleComment(ctx, post_id, comment_id, viewerId)).view;
}

const like = (ctx: Context, { post_id, comment_id }: Named, personId: PersonId, liked: boolean) =>
  setCommentLiked(ctx, post_id, comment_id, personId, liked);

async function pin(ctx: Context, named: Named, personId: PersonId, pinned: boolean) {
  await setCommentPinned(ctx, named.post_id, named.comment_id, personId, pinned);
  return show(ctx, named, personId);
}

export const commentRoutes: readonly BoundRoute[] = [
  route(api.createComment, async (ctx, { viewer, params, body, idempotencyKey }) => {
    const { post_id } = params;
    const parentId = body.parent_comment_id ?? null;
    const wish = { postId: post_id, authorId: viewer.personId, text: body.text, parentId };
    const comment_id = await createComment(ctx, wish, idempotencyKey);
    return show(ctx, { post_id, comment_id }, viewer.personId);
  }),

  route(api.listComments, (ctx, { viewer, params, query }) =>
    showComments(ctx, params.post_id, viewer?.personId ?? null, query),
  ),

  route(api.listReplies, (ctx, { viewer, params, query }) => {
    const place = { postId: params.post_id, rootId: params.comment_id };
    return showReplies(ctx, place, viewer?.personId ?? null, query);
  }),

  route(api.getComment, (ctx, { viewer, params }) => show(ctx, params, viewer?.personId ?? null)),

  route(api.deleteComment, async (ctx, { viewer, params }) => {
    await deleteComment(ctx, params.post_id, params.comment_id, viewer.personId);
    return {};
  }),

  route(api.likeComment, (ctx, { viewer, params }) => like(ctx, params, viewer.personId, true)),
  route(api.unlikeComment, (ctx, { viewer, params }) => like(ctx, params, viewer.personId, false)),
  route(api.pinComment, (ctx, { viewer, params }) => pin(ctx, params, viewer.personId, true)),
  route(api.unpinComment, (ctx, { viewer, params }) => pin(ctx, params, viewer.personId, false)),

  route(api.approveComment, async (ctx, { viewer, params }) => {
    await approveComment(ctx, params.post_id, params.comment_id, viewer.personId);
    return show(ctx, params, viewer.personId);
  }),
];
