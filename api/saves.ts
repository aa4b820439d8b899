import { type Static, Type } from 'typebox';
import { CollectionId, PostId } from './ids.ts';
import { COLLECTION_NAME_MAX } from './limits.ts';
import { PageQuery } from './page.ts';
import { Post } from './posts.ts';
import { defineRoute } from './route.ts';

const closed = { additionalProperties: false } as const;
const params = Type.Object({ post_id: PostId }, closed);
const ofCollection = Type.Object({ collection_id: CollectionId }, closed);
const Name = Type.String({ minLength: 1, maxLength: COLLECTION_NAME_MAX, pattern: '\\S' });

export const SaveState = Type.Object({
  saved: Type.Boolean(),
  collection_ids: Type.Array(CollectionId, { description: 'Your collections that hold the post' }),
});
export type SaveState = Static<typeof SaveState>;

export const savePost = defineRoute({
  name: 'POST /posts/{post_id}/save',
  summary: 'Save a post, and put it into a collection if one is named; only you see it',
  access: 'signed_in',
  params,
  body: Type.Object({ collection_id: Type.Optional(CollectionId) }, closed),
  returns: SaveState,
  errors: ['post_not_found', 'collection_not_found'],
});

export const unsavePost = defineRoute({
  name: 'DELETE /posts/{post_id}/save',
  summary: 'Save a post no more, or only take it out of one collection',
  access: 'signed_in',
  params,
  query: Type.Object({ collection_id: Type.Optional(CollectionId) }, closed),
  returns: SaveState,
});

export const getSaveState = defineRoute({
  name: 'GET /posts/{post_id}/save',
  summary: 'Whether, and in which collections, you saved a post',
  access: 'signed_in',
  params,
  returns: SaveState,
  errors: ['post_not_found'],
});

export const savedFeed = defineRoute({
  name: 'GET /feed/saved',
  summary: 'What you saved, newest first; of one collection if it is named',
  access: 'signed_in',
  query: Type.Object(
    { ...PageQuery.properties, collection_id: Type.Optional(CollectionId) },
    closed,
  ),
  returns: Type.Array(Post),
  list: true,
  errors: ['collection_not_found', 'invalid_cursor'],
});

export const Collection = Type.Object({
  collection_id: CollectionId,
  name: Type.String(),
  posts_count: Type.Integer({ description: 'With those that you may not see at the moment' }),
  cover: Type.Array(Type.String(), {
    maxItems: 4,
    description: 'Addresses of thumbnails of its newest posts that you may see',
  }),
  created_at: Type.String({ format: 'date-time' }),
});
export type Collection = Static<typeof Collection>;

export const createCollection = defineRoute({
  name: 'POST /collections',
  summary: 'Make a collection for saved posts',
  access: 'signed_in',
  idempotent: true,
  body: Type.Object({ name: Name }, closed),
  returns: Collection,
  status: 201,
  errors: [
    'collection_name_taken',
    'too_many_collections',
    'collection_not_found',
    'idempotency_key_reused',
  ],
});

export const listCollections = defineRoute({
  name: 'GET /collections',
  summary: 'Your collections, newest first',
  access: 'signed_in',
  query: PageQuery,
  returns: Type.Array(Collection),
  list: true,
  errors: ['invalid_cursor'],
});

export const renameCollection = defineRoute({
  name: 'PUT /collections/{collection_id}',
  summary: 'Give a collection another name',
  access: 'signed_in',
  params: ofCollection,
  body: Type.Object({ name: Name }, closed),
  returns: Collection,
  errors: ['collection_not_found', 'collection_name_taken'],
});

export const deleteCollection = defineRoute({
  name: 'DELETE /collections/{collection_id}',
  summary: 'Delete a collection; its posts stay saved',
  access: 'signed_in',
  params: ofCollection,
  returns: Type.Object({}),
});
