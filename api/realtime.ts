import { type Static, Type } from 'typebox';
import { PersonId, PostId } from './ids.ts';
import { WATCHED_POSTS_MAX } from './limits.ts';
import { PostStatus } from './posts.ts';

export { CLOSE_CODES, REALTIME_PATH, WATCHED_POSTS_MAX } from './limits.ts';

const closed = { additionalProperties: false } as const;

/** Every message that a client may send. */
export const ClientMessage = Type.Union([
  Type.Object(
    { type: Type.Literal('authenticate'), access_token: Type.String({ maxLength: 2000 }) },
    closed,
  ),
  Type.Object(
    {
      type: Type.Literal('watch'),
      post_ids: Type.Array(PostId, {
        maxItems: WATCHED_POSTS_MAX,
        description:
          'The posts on the screen, in place of those said before: their counts come at once and live; of those that are not there, post.deleted',
      }),
    },
    closed,
  ),
]);
export type ClientMessage = Static<typeof ClientMessage>;

/** Every message that a client may hear. Ones of a type that it does not know, it leaves aside. */
export const ServerMessage = Type.Union([
  Type.Object({ type: Type.Literal('ready') }),
  Type.Object({
    type: Type.Literal('feed.new_post'),
    post_id: PostId,
    user_id: PersonId,
  }),
  Type.Object({
    type: Type.Literal('post.status'),
    post_id: PostId,
    status: PostStatus,
    failure: Type.Union([
      Type.Object({ code: Type.String(), message: Type.String() }),
      Type.Null(),
    ]),
  }),
  Type.Object({
    type: Type.Literal('post.progress'),
    post_id: PostId,
    done: Type.Number({ description: 'How much of the work on it is done, from 0 to 1' }),
  }),
  Type.Object({
    type: Type.Literal('post.counts'),
    post_id: PostId,
    likes_count: Type.Union([Type.Integer(), Type.Null()], {
      description: 'null when its author hides it, except for the author',
    }),
    comments_count: Type.Integer(),
  }),
  Type.Object({ type: Type.Literal('post.deleted'), post_id: PostId }),
  Type.Object({
    type: Type.Literal('profile.updated'),
    user_id: PersonId,
    profile_picture: Type.Union([Type.String(), Type.Null()]),
    failure: Type.Union([Type.String(), Type.Null()]),
  }),
]);
export type ServerMessage = Static<typeof ServerMessage>;
