import { type Static, Type } from 'typebox';
import { ID_PATTERN, PostId } from './ids.ts';
import { Media } from './media.ts';
import { PageQuery } from './page.ts';
import { defineRoute } from './route.ts';

/** One of two pictures that look alike. */
export const AlikePicture = Type.Object({
  post_id: PostId,
  media: Media,
  media_count: Type.Integer({ description: 'Pictures and videos of the post' }),
  created_at: Type.String({ format: 'date-time', description: 'Of the post' }),
});
export type AlikePicture = Static<typeof AlikePicture>;

/** Two pictures of one's own, in different posts, that look alike. */
export const NearDuplicate = Type.Object({
  pair_id: Type.String(),
  exact: Type.Boolean({ description: 'The same file was uploaded twice' }),
  distance: Type.Integer({
    minimum: 0,
    maximum: 64,
    description: 'Bits of their perceptual hashes that differ',
  }),
  pictures: Type.Array(AlikePicture, {
    minItems: 2,
    maxItems: 2,
    description: 'The later one first',
  }),
});
export type NearDuplicate = Static<typeof NearDuplicate>;

export const listNearDuplicates = defineRoute({
  name: 'GET /me/near-duplicates',
  summary: 'Pairs of one’s own pictures that look alike, last found first',
  access: 'signed_in',
  query: PageQuery,
  returns: Type.Array(NearDuplicate),
  list: true,
  errors: ['invalid_cursor'],
});

export const keepNearDuplicate = defineRoute({
  name: 'DELETE /me/near-duplicates/{pair_id}',
  summary: 'Keep both pictures of a pair: it is not listed any more. Again: no error',
  access: 'signed_in',
  params: Type.Object(
    { pair_id: Type.String({ pattern: ID_PATTERN }) },
    { additionalProperties: false },
  ),
  returns: Type.Object({}),
});
