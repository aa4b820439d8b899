import { type Static, Type } from 'typebox';
import { TagParam } from './hashtags.ts';
import { PlaceId } from './ids.ts';
import { PageQuery } from './page.ts';
import { Username } from './people.ts';
import { Post } from './posts.ts';
import { FeedOrder } from './ranking.ts';
import { defineRoute } from './route.ts';

const closed = { additionalProperties: false } as const;

export const homeFeed = defineRoute({
  name: 'GET /feed/home',
  summary: 'Posts of the people and hashtags you follow and your own',
  access: 'signed_in',
  query: Type.Object(
    {
      ...PageQuery.properties,
      order: Type.Optional(
        Type.Unsafe<FeedOrder>({
          ...FeedOrder,
          description: 'As you have chosen (GET /feed/ranking) when it is left out',
        }),
      ),
    },
    closed,
  ),
  returns: Type.Array(Post),
  list: true,
  errors: ['invalid_cursor'],
});

export const profileFeed = defineRoute({
  name: 'GET /feed/user/{username}',
  summary: 'Posts of one person, latest first; the pinned ones on top of the first page',
  access: 'anyone_or_signed_in',
  params: Type.Object({ username: Username }, closed),
  query: PageQuery,
  returns: Type.Array(Post),
  list: true,
  errors: ['user_not_found', 'account_private', 'invalid_cursor'],
});

export const taggedFeed = defineRoute({
  name: 'GET /feed/tagged/{username}',
  summary: 'Posts that a person is tagged in, latest first',
  access: 'anyone_or_signed_in',
  params: Type.Object({ username: Username }, closed),
  query: PageQuery,
  returns: Type.Array(Post),
  list: true,
  errors: ['user_not_found', 'account_private', 'invalid_cursor'],
});

const PageOrder = Type.Union([Type.Literal('top'), Type.Literal('recent')], {
  default: 'top',
  description: 'top: the most liked and talked about of late; recent: latest first',
});

export const hashtagFeed = defineRoute({
  name: 'GET /feed/hashtag/{tag}',
  summary: 'Posts with a hashtag',
  access: 'anyone_or_signed_in',
  params: Type.Object({ tag: TagParam }, closed),
  query: Type.Object({ ...PageQuery.properties, order: Type.Optional(PageOrder) }, closed),
  returns: Type.Array(Post),
  list: true,
  errors: ['hashtag_not_found', 'invalid_cursor'],
});

export const locationFeed = defineRoute({
  name: 'GET /feed/location/{place_id}',
  summary: 'Posts at a place',
  access: 'anyone_or_signed_in',
  params: Type.Object({ place_id: PlaceId }, closed),
  query: Type.Object({ ...PageQuery.properties, order: Type.Optional(PageOrder) }, closed),
  returns: Type.Array(Post),
  list: true,
  errors: ['place_not_found', 'invalid_cursor'],
});

/** Why a post that one does not follow is shown. */
export const ExploreReason = Type.Object({
  kind: Type.Union([
    Type.Literal('liked_together'),
    Type.Literal('liked_by_followed'),
    Type.Literal('hashtag'),
    Type.Literal('popular'),
  ]),
  label: Type.Union([Type.String(), Type.Null()], {
    description: 'Of whom or what: a username, a hashtag',
  }),
});
export type ExploreReason = Static<typeof ExploreReason>;

export const ExplorePost = Type.Object({ ...Post.properties, reason: ExploreReason });
export type ExplorePost = Static<typeof ExplorePost>;

export const exploreFeed = defineRoute({
  name: 'GET /feed/explore',
  summary: 'Posts of people whom you do not follow, with the reason for each',
  access: 'signed_in',
  query: PageQuery,
  returns: Type.Array(ExplorePost),
  list: true,
  errors: ['invalid_cursor'],
});
