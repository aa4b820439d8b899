import { type Static, Type } from 'typebox';
import { CommentId, PostId } from './ids.ts';
import { COMMENT_MAX } from './limits.ts';
import { PageQuery } from './page.ts';
import { UserSummary } from './people.ts';
import { defineRoute } from './route.ts';

export { COMMENT_MAX } from './limits.ts';

const closed = { additionalProperties: false } as const;
const params = Type.Object({ post_id: PostId }, closed);

export const Comment = Type.Object({
  comment_id: CommentId,
  post_id: PostId,
  user: UserSummary,
  text: Type.String(),
  created_at: Type.String({ format: 'date-time' }),
  viewer: Type.Object({ can_delete: Type.Boolean() }),
});
export type Comment = Static<typeof Comment>;

export const createComment = defineRoute({
  name: 'POST /posts/{post_id}/comments',
  summary: 'Comment on a post',
  access: 'signed_in',
  idempotent: true,
  params,
  body: Type.Object(
    { text: Type.String({ minLength: 1, maxLength: COMMENT_MAX, pattern: '\\S' }) },
    closed,
  ),
  returns: Comment,
  status: 201,
  errors: ['post_not_found', 'idempotency_key_reused'],
});

export const listComments = defineRoute({
  name: 'GET /posts/{post_id}/comments',
  summary: 'Comments on a post, newest first',
  access: 'anyone_or_signed_in',
  params,
  query: PageQuery,
  returns: Type.Array(Comment),
  list: true,
  errors: ['post_not_found', 'invalid_cursor'],
});

export const deleteComment = defineRoute({
  name: 'DELETE /posts/{post_id}/comments/{comment_id}',
  summary: 'Delete a comment (its author, or the author of the post)',
  access: 'signed_in',
  params: Type.Object({ post_id: PostId, comment_id: CommentId }, closed),
  returns: Type.Object({}),
  errors: ['post_not_found', 'comment_not_found', 'forbidden'],
});
