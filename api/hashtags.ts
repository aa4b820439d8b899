import { type Static, Type } from 'typebox';
import { HASHTAG_MAX } from './limits.ts';
import { PageQuery } from './page.ts';
import { defineRoute } from './route.ts';

const closed = { additionalProperties: false } as const;

/** As written in an address, with or without capitals; looked up in its folded form (api/text.ts). */
export const TagParam = Type.String({
  minLength: 1,
  maxLength: HASHTAG_MAX,
  pattern: '^[#﹟＃]?[\\p{L}\\p{M}\\p{N}_\\u200c\\u200d]+$',
  description: 'Letters, marks, digits and underscores of any script, with or without #',
});
const params = Type.Object({ tag: TagParam }, closed);

export const Hashtag = Type.Object({
  tag: Type.String({ description: 'Folded to one form, without #' }),
  posts_count: Type.Integer({ description: 'Public posts' }),
  viewer: Type.Object({ following: Type.Boolean() }),
});
export type Hashtag = Static<typeof Hashtag>;

export const getHashtag = defineRoute({
  name: 'GET /hashtags/{tag}',
  summary: 'A hashtag; one that nobody has used yet has no posts',
  access: 'anyone_or_signed_in',
  params,
  returns: Hashtag,
  errors: ['hashtag_not_found'],
});

export const followHashtag = defineRoute({
  name: 'POST /hashtags/{tag}/follow',
  summary: 'Have public posts with this hashtag in your home feed; twice is once',
  access: 'signed_in',
  params,
  returns: Hashtag,
  errors: ['hashtag_not_found', 'too_many_hashtags_followed'],
});

export const unfollowHashtag = defineRoute({
  name: 'DELETE /hashtags/{tag}/follow',
  summary: 'Stop following a hashtag',
  access: 'signed_in',
  params,
  returns: Hashtag,
  errors: ['hashtag_not_found'],
});

export const listFollowedHashtags = defineRoute({
  name: 'GET /account/hashtags',
  summary: 'Hashtags that you follow, newest first',
  access: 'signed_in',
  query: PageQuery,
  returns: Type.Array(Hashtag),
  list: true,
  errors: ['invalid_cursor'],
});

export const findHashtags = defineRoute({
  name: 'GET /hashtags',
  summary: 'Hashtags that begin so, the most used first (at most 10), for completion',
  access: 'signed_in',
  query: Type.Object({ q: TagParam }, closed),
  returns: Type.Array(Hashtag),
});
