import { Type } from 'typebox';
import { PageQuery } from './page.ts';
import { UserInList, Username } from './people.ts';
import { defineRoute } from './route.ts';

const params = Type.Object({ username: Username }, { additionalProperties: false });

export const FollowState = Type.Object({
  state: Type.Union([
    Type.Literal('following'),
    Type.Literal('requested'),
    Type.Literal('not_following'),
  ]),
  followers_count: Type.Integer(),
});

export const follow = defineRoute({
  name: 'POST /users/{username}/follow',
  summary: 'Follow a person; following twice is following once',
  access: 'signed_in',
  params,
  returns: FollowState,
  errors: ['user_not_found', 'cannot_follow_self'],
});

export const unfollow = defineRoute({
  name: 'DELETE /users/{username}/follow',
  summary: 'Stop following a person',
  access: 'signed_in',
  params,
  returns: FollowState,
  errors: ['user_not_found'],
});

export const listFollowers = defineRoute({
  name: 'GET /users/{username}/followers',
  summary: 'Who follows this person, newest first',
  access: 'anyone_or_signed_in',
  params,
  query: PageQuery,
  returns: Type.Array(UserInList),
  list: true,
  errors: ['user_not_found', 'invalid_cursor'],
});

export const listFollowing = defineRoute({
  name: 'GET /users/{username}/following',
  summary: 'Whom this person follows, newest first',
  access: 'anyone_or_signed_in',
  params,
  query: PageQuery,
  returns: Type.Array(UserInList),
  list: true,
  errors: ['user_not_found', 'invalid_cursor'],
});
