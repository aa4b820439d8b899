import { type Static, Type } from 'typebox';
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
  summary: 'Follow a person, or ask to, if their account is private; twice is once',
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
  errors: ['user_not_found', 'account_private', 'invalid_cursor'],
});

export const listFollowing = defineRoute({
  name: 'GET /users/{username}/following',
  summary: 'Whom this person follows, newest first',
  access: 'anyone_or_signed_in',
  params,
  query: PageQuery,
  returns: Type.Array(UserInList),
  list: true,
  errors: ['user_not_found', 'account_private', 'invalid_cursor'],
});

const listOfPeople = {
  access: 'signed_in',
  query: PageQuery,
  returns: Type.Array(UserInList),
  list: true,
  errors: ['invalid_cursor'],
} as const;

export const listMutuals = defineRoute({
  name: 'GET /users/{username}/mutuals',
  summary: 'Followers of this person whom you follow',
  access: 'signed_in',
  params,
  query: PageQuery,
  returns: Type.Array(UserInList),
  list: true,
  errors: ['user_not_found', 'account_private', 'invalid_cursor'],
});

export const removeFollower = defineRoute({
  name: 'DELETE /users/{username}/follower',
  summary: 'Make a person stop following you; they are not told',
  access: 'signed_in',
  params,
  returns: Type.Object({}),
  errors: ['user_not_found'],
});

export const listFollowRequests = defineRoute({
  ...listOfPeople,
  name: 'GET /follow-requests',
  summary: 'Who asks to follow you, newest first',
});

export const acceptFollowRequest = defineRoute({
  name: 'POST /follow-requests/{username}/accept',
  summary: 'Let a person follow you',
  access: 'signed_in',
  params,
  returns: Type.Object({}),
  errors: ['user_not_found', 'request_not_found'],
});

export const declineFollowRequest = defineRoute({
  name: 'POST /follow-requests/{username}/decline',
  summary: 'Decline a request to follow you; the person is not told',
  access: 'signed_in',
  params,
  returns: Type.Object({}),
  errors: ['user_not_found'],
});

const toggles = {
  access: 'signed_in',
  params,
  returns: Type.Object({}),
  errors: ['user_not_found', 'cannot_do_to_self'],
} as const;

export const block = defineRoute({
  ...toggles,
  name: 'POST /users/{username}/block',
  summary: 'Block a person: neither sees the other any more, and follows both ways end',
});

export const unblock = defineRoute({
  ...toggles,
  name: 'DELETE /users/{username}/block',
  summary: 'Undo a block; follows do not come back by themselves',
});

export const mute = defineRoute({
  ...toggles,
  name: 'POST /users/{username}/mute',
  summary: 'Keep a person out of your feed; they are not told',
  body: Type.Object(
    {
      posts: Type.Optional(Type.Boolean({ default: true })),
      stories: Type.Optional(Type.Boolean({ default: true })),
      messages: Type.Optional(Type.Boolean({ default: false })),
    },
    { additionalProperties: false },
  ),
});

export const unmute = defineRoute({
  ...toggles,
  name: 'DELETE /users/{username}/mute',
  summary: 'Undo a mute',
});

export const restrict = defineRoute({
  ...toggles,
  name: 'POST /users/{username}/restrict',
  summary: 'Hold what a person comments on your posts until you approve it; they are not told',
});

export const unrestrict = defineRoute({
  ...toggles,
  name: 'DELETE /users/{username}/restrict',
  summary: 'Undo a restriction; what was held stays held until you approve it',
});

export const addCloseFriend = defineRoute({
  ...toggles,
  name: 'POST /users/{username}/close-friend',
  summary: 'Count a person among your close friends; they are not told',
  errors: ['user_not_found', 'cannot_do_to_self', 'too_many_close_friends'],
});

export const removeCloseFriend = defineRoute({
  ...toggles,
  name: 'DELETE /users/{username}/close-friend',
  summary: 'Count a person among your close friends no more',
});

export const listBlocked = defineRoute({
  ...listOfPeople,
  name: 'GET /account/blocked',
  summary: 'Whom you have blocked, newest first',
});

export const MutedUser = Type.Object({
  ...UserInList.properties,
  muted: Type.Object({ posts: Type.Boolean(), stories: Type.Boolean(), messages: Type.Boolean() }),
});

export const listMuted = defineRoute({
  ...listOfPeople,
  name: 'GET /account/muted',
  summary: 'Whom you have muted, newest first',
  returns: Type.Array(MutedUser),
});

export const listRestricted = defineRoute({
  ...listOfPeople,
  name: 'GET /account/restricted',
  summary: 'Whom you restrict, newest first',
});

export const listCloseFriends = defineRoute({
  ...listOfPeople,
  name: 'GET /account/close-friends',
  summary: 'Your close friends, newest first',
});

export const SuggestedUser = Type.Object({
  ...UserInList.properties,
  reason: Type.Object(
    {
      usernames: Type.Array(Type.String(), { description: 'Whom you follow, at most two' }),
      count: Type.Integer({ description: 'How many of those you follow follow this person' }),
    },
    { description: 'Why: people you follow who follow them' },
  ),
});
export type SuggestedUser = Static<typeof SuggestedUser>;

export const listSuggested = defineRoute({
  name: 'GET /users/suggested',
  summary: 'People whom those you follow follow, the most often followed first (at most 30)',
  access: 'signed_in',
  returns: Type.Array(SuggestedUser),
});

export const dismissSuggested = defineRoute({
  ...toggles,
  name: 'DELETE /users/{username}/suggested',
  summary: 'Do not suggest this person again',
});
