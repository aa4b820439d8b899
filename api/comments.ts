import { type Static, Type } from 'typebox';
import { CommentId, PostId } from './ids.ts';
import { COMMENT_MAX, MENTIONS_PER_TEXT_MAX } from './limits.ts';
import { PageQuery } from './page.ts';
import { UserSummary } from './people.ts';
import { defineRoute } from './route.ts';

export { COMMENT_MAX } from './limits.ts';

const closed = { additionalProperties: false } as const;
const params = Type.Object({ post_id: PostId }, closed);
const ofComment = Type.Object({ post_id: PostId, comment_id: CommentId }, closed);
const Nullable = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) =>
  Type.Union([schema, Type.Null()]);

export const Comment = Type.Object({
  comment_id: CommentId,
  post_id: PostId,
  parent_comment_id: Nullable(CommentId),
  root_comment_id: Nullable(
    Type.Unsafe<CommentId>({
      ...CommentId,
      description: 'The first comment of its thread; null when it is that one',
    }),
  ),
  reply_to: Nullable(
    Type.String({ description: 'Username of the author of the parent, when it is a reply itself' }),
  ),
  user: UserSummary,
  text: Type.String(),
  mentions: Type.Array(Type.String(), {
    maxItems: MENTIONS_PER_TEXT_MAX,
    description: 'Usernames of the text that lead somewhere; others are plain text',
  }),
  likes_count: Type.Integer(),
  replies_count: Type.Integer({ description: 'Of the whole thread below; 0 for replies' }),
  held_replies_count: Type.Integer({
    description:
      'Replies that wait for approval, beside those counted: all for the post’s author, for others their own',
  }),
  pinned: Type.Boolean(),
  held: Type.Boolean({
    description:
      'Waits for the post’s author to approve it; only they and its own author see it, and it is not counted',
  }),
  created_at: Type.String({ format: 'date-time' }),
  viewer: Type.Object({
    liked: Type.Boolean(),
    can_delete: Type.Boolean(),
    can_pin: Type.Boolean(),
    can_approve: Type.Boolean(),
  }),
});
export type Comment = Static<typeof Comment>;

export const createComment = defineRoute({
  name: 'POST /posts/{post_id}/comments',
  summary: 'Comment on a post, or reply to a comment',
  access: 'signed_in',
  idempotent: true,
  params,
  body: Type.Object(
    {
      text: Type.String({ minLength: 1, maxLength: COMMENT_MAX, pattern: '\\S' }),
      parent_comment_id: Type.Optional(CommentId),
    },
    closed,
  ),
  returns: Comment,
  status: 201,
  errors: [
    'post_not_found',
    'comment_not_found',
    'comments_off',
    'forbidden',
    'idempotency_key_reused',
  ],
});

export const listComments = defineRoute({
  name: 'GET /posts/{post_id}/comments',
  summary: 'Comments on a post: pinned ones, then the newest first; replies are lists of their own',
  access: 'anyone_or_signed_in',
  params,
  query: PageQuery,
  returns: Type.Array(Comment),
  list: true,
  errors: ['post_not_found', 'invalid_cursor'],
});

export const listReplies = defineRoute({
  name: 'GET /posts/{post_id}/comments/{comment_id}/replies',
  summary:
    'All replies of a thread, however deep, oldest first; the thread is named by its first comment',
  access: 'anyone_or_signed_in',
  params: ofComment,
  query: PageQuery,
  returns: Type.Array(Comment),
  list: true,
  errors: ['post_not_found', 'comment_not_found', 'invalid_cursor'],
});

export const getComment = defineRoute({
  name: 'GET /posts/{post_id}/comments/{comment_id}',
  summary: 'One comment',
  access: 'anyone_or_signed_in',
  params: ofComment,
  returns: Comment,
  errors: ['post_not_found', 'comment_not_found'],
});

export const deleteComment = defineRoute({
  name: 'DELETE /posts/{post_id}/comments/{comment_id}',
  summary:
    'Delete a comment (its author, or the author of the post); with a first comment its thread goes',
  access: 'signed_in',
  params: ofComment,
  returns: Type.Object({}),
  errors: ['post_not_found', 'comment_not_found', 'forbidden'],
});

export const CommentLikeState = Type.Object({
  liked: Type.Boolean(),
  likes_count: Type.Integer(),
});

export const likeComment = defineRoute({
  name: 'POST /posts/{post_id}/comments/{comment_id}/like',
  summary: 'Like a comment; liking twice is liking once',
  access: 'signed_in',
  params: ofComment,
  returns: CommentLikeState,
  errors: ['post_not_found', 'comment_not_found'],
});

export const unlikeComment = defineRoute({
  name: 'DELETE /posts/{post_id}/comments/{comment_id}/like',
  summary: 'Take the like of a comment back',
  access: 'signed_in',
  params: ofComment,
  returns: CommentLikeState,
  errors: ['post_not_found', 'comment_not_found'],
});

const byPostAuthor = {
  access: 'signed_in',
  params: ofComment,
  returns: Comment,
  errors: ['post_not_found', 'comment_not_found', 'forbidden'],
} as const;

export const pinComment = defineRoute({
  ...byPostAuthor,
  name: 'POST /posts/{post_id}/comments/{comment_id}/pin',
  summary: 'Pin a first comment on your own post; three at most',
  errors: [...byPostAuthor.errors, 'too_many_pinned'],
});

export const unpinComment = defineRoute({
  ...byPostAuthor,
  name: 'DELETE /posts/{post_id}/comments/{comment_id}/pin',
  summary: 'Unpin a comment',
});

export const approveComment = defineRoute({
  ...byPostAuthor,
  name: 'POST /posts/{post_id}/comments/{comment_id}/approve',
  summary: 'Let everyone see a comment that was held because you restrict its author',
});
