import { type Static, Type } from 'typebox';
import { PostId } from './ids.ts';
import { defineRoute } from './route.ts';

const closed = { additionalProperties: false } as const;

export const ShareChannel = Type.Union([
  Type.Literal('link'),
  Type.Literal('system'),
  Type.Literal('facebook'),
  Type.Literal('x'),
  Type.Literal('tumblr'),
  Type.Literal('bluesky'),
  Type.Literal('mastodon'),
  Type.Literal('email'),
]);
export type ShareChannel = Static<typeof ShareChannel>;

export const sharePost = defineRoute({
  name: 'POST /posts/{post_id}/share',
  summary: 'Say that you share a post, and get its address; counted once a person and channel',
  access: 'signed_in',
  params: Type.Object({ post_id: PostId }, closed),
  body: Type.Object({ channel: ShareChannel }, closed),
  returns: Type.Object({
    url: Type.String({ description: 'Absolute address of the post’s page' }),
    is_public: Type.Boolean({ description: 'False: only those who may see the post can open it' }),
  }),
  errors: ['post_not_found'],
});

/** oEmbed 1.0 (oembed.com), the `photo` or `rich` answer. Outside the envelope, as its readers expect. */
export const Oembed = Type.Object({
  version: Type.Literal('1.0'),
  type: Type.Literal('rich'),
  title: Type.String(),
  author_name: Type.String(),
  author_url: Type.String(),
  provider_name: Type.String(),
  provider_url: Type.String(),
  cache_age: Type.Integer(),
  thumbnail_url: Type.Optional(Type.String()),
  thumbnail_width: Type.Optional(Type.Integer()),
  thumbnail_height: Type.Optional(Type.Integer()),
  html: Type.String(),
  width: Type.Integer(),
  height: Type.Union([Type.Integer(), Type.Null()]),
});
export type Oembed = Static<typeof Oembed>;
