import * as api from '../../../api/comments.ts';
import type { CommentId, PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { askedPage, cutPage } from '../../kernel/cursor.ts';
import { Problem } from '../../kernel/problem.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { hydratePeople } from '../people/hydrate.ts';
import { visiblePost } from '../posts/read.ts';
import { mayDelete } from './rules.ts';
import { type CommentRow, findComment, listComments } from './store.ts';
import { commentView } from './view.ts';
import { createComment, deleteComment } from './write.ts';

export const commentRoutes: readonly BoundRoute[] = [
  route(api.createComment, async (ctx, { viewer, params, body, idempotencyKey }) => {
    const postId = params.post_id;
    const comment = { postId, authorId: viewer.personId, text: body.text };
    const commentId = await createComment(ctx, comment, idempotencyKey);
    const row = await findComment(ctx.db, postId, commentId);
    const [view] = row
      ? await present(ctx, [row], { author_id: viewer.personId }, viewer.personId)
      : [];
    if (!view) throw new Problem('comment_not_found');
    return view;
  }),

  route(api.listComments, async (ctx, { viewer, params, query }) => {
    const page = askedPage<CommentId>(query);
    const viewerId = viewer?.personId ?? null;
    const { post } = await visiblePost(ctx, params.post_id, viewerId);
    const rows = await listComments(ctx.db, params.post_id, page.take, page.before);
    const { items, pagination } = cutPage(rows, page.limit, (row) => row.comment_id);
    return { items: await present(ctx, items, post, viewerId), pagination };
  }),

  route(api.deleteComment, async (ctx, { viewer, params }) => {
    await deleteComment(ctx, params.post_id, params.comment_id, viewer.personId);
    return {};
  }),
];

async function present(
  ctx: Context,
  rows: readonly CommentRow[],
  post: { author_id: PersonId },
  viewerId: PersonId | null,
): Promise<api.Comment[]> {
  const authors = await hydratePeople(
    ctx.db,
    rows.map((row) => row.author_id),
  );
  return rows.flatMap((row) => {
    const author = authors.get(row.author_id);
    return author ? [commentView(row, author, mayDelete(row, post, viewerId))] : [];
  });
}
