import { type Static, Type } from 'typebox';
import { DraftId, MediaId, PersonId, PlaceId, PostId, UploadId } from './ids.ts';
import {
  ALT_MAX,
  CAPTION_MAX,
  HASHTAG_MAX,
  HASHTAGS_PER_POST_MAX,
  MENTIONS_PER_TEXT_MAX,
  TAGGED_PER_POST_MAX,
} from './limits.ts';
import { MEDIA_PER_POST_MAX, Media } from './media.ts';
import { NewMedia, TagWish } from './new-media.ts';
import { PageQuery } from './page.ts';
import { UserInList, UserSummary } from './people.ts';
import { Place } from './places.ts';
import { defineRoute } from './route.ts';

export { CAPTION_MAX } from './limits.ts';

const closed = { additionalProperties: false } as const;
const params = Type.Object({ post_id: PostId }, closed);

export const PostStatus = Type.Union([
  Type.Literal('processing'),
  Type.Literal('published'),
  Type.Literal('failed'),
]);
export type PostStatus = Static<typeof PostStatus>;

export const Audience = Type.Union(
  [Type.Literal('everyone'), Type.Literal('followers'), Type.Literal('close_friends')],
  { description: 'Who may see the post. Of a private account, everyone means its followers' },
);
export type Audience = Static<typeof Audience>;

const Time = Type.String({ format: 'date-time' });
const Nullable = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) =>
  Type.Union([schema, Type.Null()]);

/** Somebody tagged on a spot of a picture, as fractions of its width and height. */
export const Tagged = Type.Object({
  user_id: PersonId,
  username: Type.String(),
  media_id: MediaId,
  x: Type.Number({ minimum: 0, maximum: 1 }),
  y: Type.Number({ minimum: 0, maximum: 1 }),
});
export type Tagged = Static<typeof Tagged>;

/** What everyone who may see a post sees of it. */
const shown = {
  post_id: PostId,
  user: UserSummary,
  media: Type.Array(Media),
  caption: Type.String(),
  mentions: Type.Array(Type.String(), {
    maxItems: MENTIONS_PER_TEXT_MAX,
    description: 'Usernames of the caption that lead somewhere; others are plain text',
  }),
  hashtags: Type.Array(Type.String({ maxLength: HASHTAG_MAX }), {
    maxItems: HASHTAGS_PER_POST_MAX,
    description: 'Those of the caption, folded to one form, without #',
  }),
  location: Nullable(Place),
  tagged: Type.Array(Tagged, { maxItems: TAGGED_PER_POST_MAX }),
  edited_at: Nullable(Time),
  created_at: Time,
};

/**
 * What of a post is the same for all who may see it, but for those of its mentions and tags who are
 * hidden from some. It stands first in every post, so that the server can write it once for all.
 */
const head = {
  ...shown,
  status: PostStatus,
  failure: Nullable(Type.Object({ code: Type.String(), message: Type.String() })),
  audience: Audience,
  is_public: Type.Boolean({ description: 'Anyone may see it, whoever has its address' }),
  likes_hidden: Type.Boolean(),
  comments_off: Type.Boolean(),
  archived_at: Nullable(Time),
};
export const PostHead = Type.Object(head);
export type PostHead = Static<typeof PostHead>;

/** What depends on who looks, and when. */
const tail = {
  likes_count: Nullable(
    Type.Integer({ description: 'null when its author hides it, except for the author' }),
  ),
  comments_count: Type.Integer(),
  reposts_count: Type.Integer(),
  pinned: Type.Boolean({ description: 'On top of the author’s grid; told by the grid only' }),
  viewer: Type.Object({
    liked: Type.Boolean(),
    saved: Type.Boolean(),
    reposted: Type.Boolean(),
    seen: Type.Boolean({ description: 'Was on your screen before; told by the home feed only' }),
    is_author: Type.Boolean(),
    is_tagged: Type.Boolean(),
    can_comment: Type.Boolean(),
    can_repost: Type.Boolean({ description: 'True also when it is reposted already' }),
  }),
};
export const PostTail = Type.Object(tail);
export type PostTail = Static<typeof PostTail>;

/** All of a post but its `reposted`. */
const whole = { ...head, ...tail };

/** The original, inside its repost: a post of its own as well, but the web app acts on the original. */
export const Reposted = Type.Object(whole);
export type Reposted = Static<typeof Reposted>;
export const Post = Type.Object({ ...whole, reposted: Nullable(Reposted) });
export type Post = Static<typeof Post>;

/** What is said of the whole post, when it is made and when it is edited. */
const said = {
  caption: Type.Optional(
    Type.String({
      maxLength: CAPTION_MAX,
      description: `With at most ${HASHTAGS_PER_POST_MAX} #hashtags and ${MENTIONS_PER_TEXT_MAX} @mentions`,
    }),
  ),
  place_id: Type.Optional(Nullable(PlaceId)),
  audience: Type.Optional(Audience),
  likes_hidden: Type.Optional(Type.Boolean()),
  comments_off: Type.Optional(Type.Boolean()),
};

export const NewPost = Type.Object(
  {
    ...said,
    upload_ids: Type.Array(UploadId, {
      minItems: 1,
      maxItems: MEDIA_PER_POST_MAX,
      uniqueItems: true,
      description: 'In the order in which they are shown',
    }),
    media: Type.Optional(
      Type.Array(NewMedia, {
        maxItems: MEDIA_PER_POST_MAX,
        description: 'What is said of single pictures',
      }),
    ),
    draft_id: Type.Optional(
      Type.Unsafe<DraftId>({ ...DraftId, description: 'The draft that this was: it is removed' }),
    ),
  },
  closed,
);
export type NewPost = Static<typeof NewPost>;

const creates = {
  access: 'signed_in',
  idempotent: true,
  body: NewPost,
  returns: Post,
  status: 202,
  errors: [
    'upload_not_found',
    'upload_incomplete',
    'upload_used',
    'media_type_mismatch',
    'media_unsupported',
    'media_broken',
    'media_too_many_pixels',
    'media_bad_dimensions',
    'media_too_long',
    'media_busy',
    'video_unavailable',
    'storage_full',
    'storage_unavailable',
    'place_not_found',
    'not_taking_tags',
    'idempotency_key_reused',
  ],
} as const;

export const confirmPost = defineRoute({
  ...creates,
  name: 'POST /posts/confirm',
  summary: 'Make a post of uploads whose bytes have arrived; it is published when processed',
});

export const createPost = defineRoute({
  ...creates,
  name: 'POST /posts',
  summary: 'The same as confirm, for media that was uploaded before',
});

export const getPost = defineRoute({
  name: 'GET /posts/{post_id}',
  summary: 'One post',
  access: 'anyone_or_signed_in',
  params,
  returns: Post,
  errors: ['post_not_found'],
});

export const editPost = defineRoute({
  name: 'PUT /posts/{post_id}',
  summary: 'Edit your own post; fields that are left out stay as they are',
  access: 'signed_in',
  params,
  body: Type.Object(
    {
      ...said,
      media: Type.Optional(
        Type.Array(
          Type.Object(
            {
              media_id: MediaId,
              alt: Type.Optional(Type.String({ maxLength: ALT_MAX })),
              tagged: Type.Optional(
                Type.Array(TagWish, {
                  maxItems: TAGGED_PER_POST_MAX,
                  description: 'All who are tagged in this picture, in place of those before',
                }),
              ),
            },
            closed,
          ),
          { maxItems: MEDIA_PER_POST_MAX },
        ),
      ),
      edited_at: Type.Optional(
        Type.Union([Time, Type.Null()], {
          description: 'As last seen: when the post was edited since, edit_conflict',
        }),
      ),
    },
    { ...closed, minProperties: 1 },
  ),
  returns: Post,
  errors: ['post_not_found', 'forbidden', 'place_not_found', 'not_taking_tags', 'edit_conflict'],
});

export const deletePost = defineRoute({
  name: 'DELETE /posts/{post_id}',
  summary: 'Delete your own post; it can be restored for 30 days',
  access: 'signed_in',
  params,
  returns: Type.Object({}),
  errors: ['post_not_found', 'forbidden'],
});

export const LikeState = Type.Object({
  liked: Type.Boolean(),
  likes_count: Type.Union([Type.Integer(), Type.Null()], { description: 'null when hidden' }),
});

export type LikeState = Static<typeof LikeState>;

export const likePost = defineRoute({
  name: 'POST /posts/{post_id}/like',
  summary: 'Like a post; liking twice is liking once',
  access: 'signed_in',
  params,
  returns: LikeState,
  errors: ['post_not_found'],
});

export const unlikePost = defineRoute({
  name: 'DELETE /posts/{post_id}/like',
  summary: 'Take a like back',
  access: 'signed_in',
  params,
  returns: LikeState,
  errors: ['post_not_found'],
});

export const listLikes = defineRoute({
  name: 'GET /posts/{post_id}/likes',
  summary: 'Who liked a post, newest first',
  access: 'anyone_or_signed_in',
  params,
  query: PageQuery,
  returns: Type.Array(UserInList),
  list: true,
  errors: ['post_not_found', 'invalid_cursor'],
});

export const removeOwnTag = defineRoute({
  name: 'DELETE /posts/{post_id}/tag',
  summary: 'Take yourself off the pictures of a post, for good',
  access: 'signed_in',
  params,
  returns: Post,
  errors: ['post_not_found'],
});
