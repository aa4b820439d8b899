import { type Static, Type } from 'typebox';
import { MediaId, PostId } from './ids.ts';
import { PageQuery } from './page.ts';
import { Place } from './places.ts';
import { Tagged } from './posts.ts';
import { defineRoute } from './route.ts';

const closed = { additionalProperties: false } as const;
const params = Type.Object({ post_id: PostId }, closed);

export const PostRevision = Type.Object({
  revision: Type.Integer({ description: 'Counts the edits; the newest is what the post is now' }),
  caption: Type.String(),
  location: Type.Union([Place, Type.Null()]),
  tagged: Type.Array(Tagged),
  alts: Type.Array(Type.Object({ media_id: MediaId, alt: Type.String() })),
  at: Type.String({ format: 'date-time' }),
});
export type PostRevision = Static<typeof PostRevision>;

export const postHistory = defineRoute({
  name: 'GET /posts/{post_id}/history',
  summary: 'What the post was, newest first; whoever may see the post may see it',
  access: 'anyone_or_signed_in',
  params,
  query: PageQuery,
  returns: Type.Array(PostRevision),
  list: true,
  errors: ['post_not_found', 'invalid_cursor'],
});
