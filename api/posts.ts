import { type Static, Type } from 'typebox';
import { PostId, UploadId } from './ids.ts';
import { CAPTION_MAX } from './limits.ts';
import { ALT_MAX, MEDIA_PER_POST_MAX, Media } from './media.ts';
import { PageQuery } from './page.ts';
import { UserInList, UserSummary } from './people.ts';
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

export const Post = Type.Object({
  post_id: PostId,
  status: PostStatus,
  failure: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()]),
  user: UserSummary,
  media: Type.Array(Media),
  caption: Type.String(),
  likes_count: Type.Integer(),
  comments_count: Type.Integer(),
  viewer: Type.Object({ liked: Type.Boolean(), is_author: Type.Boolean() }),
  edited_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  created_at: Type.String({ format: 'date-time' }),
});
export type Post = Static<typeof Post>;

/** A rectangle of the upright picture, as fractions of its width and height. */
export const Crop = Type.Object(
  {
    x: Type.Number({ minimum: 0, maximum: 1 }),
    y: Type.Number({ minimum: 0, maximum: 1 }),
    width: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
    height: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
  },
  closed,
);
export type Crop = Static<typeof Crop>;

const NewPost = Type.Object(
  {
    upload_ids: Type.Array(UploadId, {
      minItems: 1,
      maxItems: MEDIA_PER_POST_MAX,
      uniqueItems: true,
      description: 'In the order in which they are shown',
    }),
    media: Type.Optional(
      Type.Array(
        Type.Object(
          {
            upload_id: UploadId,
            alt: Type.Optional(Type.String({ maxLength: ALT_MAX })),
            crop: Type.Optional(Crop),
          },
          closed,
        ),
        { maxItems: MEDIA_PER_POST_MAX, description: 'What is said of single pictures' },
      ),
    ),
    caption: Type.Optional(Type.String({ maxLength: CAPTION_MAX, default: '' })),
  },
  closed,
);

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
  summary: 'Edit the caption or alt texts of your own post',
  access: 'signed_in',
  params,
  body: Type.Object(
    {
      caption: Type.Optional(Type.String({ maxLength: CAPTION_MAX })),
      media: Type.Optional(
        Type.Array(
          Type.Object(
            { media_id: Media.properties.media_id, alt: Type.String({ maxLength: ALT_MAX }) },
            closed,
          ),
          { maxItems: MEDIA_PER_POST_MAX },
        ),
      ),
    },
    { ...closed, minProperties: 1 },
  ),
  returns: Post,
  errors: ['post_not_found', 'forbidden'],
});

export const deletePost = defineRoute({
  name: 'DELETE /posts/{post_id}',
  summary: 'Delete your own post',
  access: 'signed_in',
  params,
  returns: Type.Object({}),
  errors: ['post_not_found', 'forbidden'],
});

export const LikeState = Type.Object({ liked: Type.Boolean(), likes_count: Type.Integer() });

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
