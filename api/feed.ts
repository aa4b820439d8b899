import { Type } from 'typebox';
import { PageQuery } from './page.ts';
import { Username } from './people.ts';
import { Post } from './posts.ts';
import { defineRoute } from './route.ts';

const closed = { additionalProperties: false } as const;

export const homeFeed = defineRoute({
  name: 'GET /feed/home',
  summary: 'Posts of the people you follow and your own, latest first',
  access: 'signed_in',
  query: Type.Object(
    {
      ...PageQuery.properties,
      order: Type.Optional(Type.Literal('latest', { default: 'latest' })),
    },
    closed,
  ),
  returns: Type.Array(Post),
  list: true,
  errors: ['invalid_cursor'],
});

export const profileFeed = defineRoute({
  name: 'GET /feed/user/{username}',
  summary: 'Posts of one person, latest first',
  access: 'anyone_or_signed_in',
  params: Type.Object({ username: Username }, closed),
  query: PageQuery,
  returns: Type.Array(Post),
  list: true,
  errors: ['user_not_found', 'invalid_cursor'],
});
