import { Type } from 'typebox';
import { PostId } from './ids.ts';
import { CAPTION_MAX } from './limits.ts';
import { Post } from './posts.ts';
import { defineRoute } from './route.ts';

const closed = { additionalProperties: false } as const;
const params = Type.Object({ post_id: PostId }, closed);

export const repostPost = defineRoute({
  name: 'POST /posts/{post_id}/repost',
  summary: 'Share a public post with your followers, with its author’s name; twice is once',
  access: 'signed_in',
  params,
  body: Type.Object(
    { caption: Type.Optional(Type.String({ maxLength: CAPTION_MAX })) },
    { additionalProperties: false },
  ),
  returns: Post,
  status: 201,
  errors: ['post_not_found', 'cannot_repost'],
});

export const unrepostPost = defineRoute({
  name: 'DELETE /posts/{post_id}/repost',
  summary: 'Take your repost of this post back',
  access: 'signed_in',
  params,
  returns: Type.Object({ reposts_count: Type.Integer() }),
  errors: ['post_not_found'],
});
