import { Type } from 'typebox';
import { PostId } from './ids.ts';
import { PageQuery } from './page.ts';
import { Post } from './posts.ts';
import { defineRoute } from './route.ts';

const closed = { additionalProperties: false } as const;
const params = Type.Object({ post_id: PostId }, closed);
const Time = Type.String({ format: 'date-time' });

const ofOwn = {
  access: 'signed_in',
  params,
  returns: Post,
  errors: ['post_not_found', 'forbidden'],
} as const;

export const restorePost = defineRoute({
  ...ofOwn,
  name: 'POST /posts/{post_id}/restore',
  summary: 'Bring back a post that you deleted in the last 30 days, as it was',
  errors: ['post_not_found', 'forbidden', 'restore_too_late'],
});

export const archivePost = defineRoute({
  ...ofOwn,
  name: 'POST /posts/{post_id}/archive',
  summary: 'Put your own post away: nobody else sees it until you take it out again',
});

export const unarchivePost = defineRoute({
  ...ofOwn,
  name: 'DELETE /posts/{post_id}/archive',
  summary: 'Take a post out of your archive, to where it was',
});

export const pinPost = defineRoute({
  ...ofOwn,
  name: 'POST /posts/{post_id}/pin',
  summary: 'Pin your own post to the top of your grid; three at most',
  errors: ['post_not_found', 'forbidden', 'too_many_pinned'],
});

export const unpinPost = defineRoute({
  ...ofOwn,
  name: 'DELETE /posts/{post_id}/pin',
  summary: 'Unpin a post',
});

const ownList = {
  access: 'signed_in',
  query: PageQuery,
  returns: Type.Array(Post),
  list: true,
  errors: ['invalid_cursor'],
} as const;

export const listArchived = defineRoute({
  ...ownList,
  name: 'GET /account/archived-posts',
  summary: 'Your archive, newest post first',
});

export const listDeleted = defineRoute({
  ...ownList,
  name: 'GET /account/deleted-posts',
  summary: 'Posts that you deleted and can still restore, newest post first',
  returns: Type.Array(Type.Object({ ...Post.properties, deleted_at: Time, gone_at: Time })),
});
