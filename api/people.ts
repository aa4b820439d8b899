import { type Static, Type } from 'typebox';
import { PersonId, SessionId, UploadId } from './ids.ts';
import {
  BIO_MAX,
  EMAIL_MAX,
  FULL_NAME_MAX,
  LINK_MAX,
  PASSWORD_MAX,
  PASSWORD_MIN,
  USERNAME_MAX,
} from './limits.ts';
import { defineRoute } from './route.ts';

export {
  BIO_MAX,
  EMAIL_MAX,
  FULL_NAME_MAX,
  LINK_MAX,
  PASSWORD_MAX,
  PASSWORD_MIN,
  USERNAME_MAX,
  USERNAME_PATTERN,
} from './limits.ts';

const closed = { additionalProperties: false } as const;
const Nullable = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) =>
  Type.Union([schema, Type.Null()]);

/** As asked for in paths and forms: looked up without regard to case. */
export const Username = Type.String({
  minLength: 1,
  maxLength: USERNAME_MAX,
  pattern: '^[A-Za-z0-9_.]+$',
  description: 'Letters, digits, points and underscores; case does not matter',
});

/** A person as they stand beside a post, a comment or in a list. */
export const UserSummary = Type.Object({
  user_id: PersonId,
  username: Type.String(),
  full_name: Type.String(),
  profile_picture: Nullable(Type.String({ description: 'Address of a square picture, 150 px' })),
  is_verified: Type.Boolean(),
});
export type UserSummary = Static<typeof UserSummary>;

export const UserInList = Type.Object({
  ...UserSummary.properties,
  viewer: Type.Object({
    following: Type.Boolean(),
    requested: Type.Boolean({ description: 'Asked to follow; not answered yet' }),
    is_self: Type.Boolean(),
  }),
});
export type UserInList = Static<typeof UserInList>;

export const PrivacyLevel = Type.Union([Type.Literal('public'), Type.Literal('private')], {
  description: 'private: followers are approved, and only they see the posts',
});
export type PrivacyLevel = Static<typeof PrivacyLevel>;

export const Profile = Type.Object({
  ...UserSummary.properties,
  bio: Type.String(),
  link: Nullable(Type.String()),
  profile_picture_large: Nullable(Type.String({ description: 'The same at 640 px' })),
  posts_count: Type.Integer(),
  followers_count: Type.Integer(),
  following_count: Type.Integer(),
  privacy_level: PrivacyLevel,
  created_at: Type.String({ format: 'date-time' }),
  mutual_followers: Type.Object(
    {
      usernames: Type.Array(Type.String(), { description: 'At most two' }),
      count: Type.Integer({ description: 'In all; counted up to 100' }),
    },
    { description: 'Followers of this person whom the viewer follows' },
  ),
  follow_requests_count: Nullable(
    Type.Integer({ description: 'Who wait to follow you, counted up to 100; null for others' }),
  ),
  viewer: Type.Object({
    is_self: Type.Boolean(),
    can_see_posts: Type.Boolean({ description: 'False for a private account not followed' }),
    following: Type.Boolean(),
    requested: Type.Boolean(),
    followed_by: Type.Boolean(),
    blocking: Type.Boolean(),
    muting: Type.Boolean(),
    restricting: Type.Boolean(),
    close_friend: Type.Boolean(),
  }),
});
export type Profile = Static<typeof Profile>;

export const RoleName = Type.Union([
  Type.Literal('member'),
  Type.Literal('moderator'),
  Type.Literal('admin'),
]);
export type RoleName = Static<typeof RoleName>;

export const Session = Type.Object({
  user: UserSummary,
  access_token: Type.String(),
  refresh_token: Nullable(
    Type.String({ description: 'null when it went into the HttpOnly cookie instead' }),
  ),
  expires_in: Type.Integer({ description: 'Seconds until the access token expires' }),
  role: RoleName,
});
export type Session = Static<typeof Session>;

const Keep = Type.Optional(
  Type.Union([Type.Literal('token'), Type.Literal('cookie')], {
    default: 'token',
    description: 'Where the refresh token goes: into the answer, or an HttpOnly cookie (web app)',
  }),
);

export const register = defineRoute({
  name: 'POST /users/register',
  summary: 'Create an account and log in',
  access: 'anyone',
  body: Type.Object(
    {
      username: Type.String({
        minLength: 1,
        maxLength: USERNAME_MAX,
        description:
          'Small letters, digits, points and underscores; no point at the start or the end',
      }),
      email: Type.String({ format: 'email', maxLength: EMAIL_MAX }),
      password: Type.String({ minLength: PASSWORD_MIN, maxLength: PASSWORD_MAX }),
      full_name: Type.String({ minLength: 1, maxLength: FULL_NAME_MAX }),
      keep: Keep,
    },
    closed,
  ),
  returns: Session,
  status: 201,
  errors: ['username_taken', 'email_taken'],
});

export const login = defineRoute({
  name: 'POST /users/login',
  summary: 'Log in with a username or an e-mail address',
  access: 'anyone',
  body: Type.Object(
    {
      username: Type.String({
        minLength: 1,
        maxLength: EMAIL_MAX,
        description: 'Username or e-mail address',
      }),
      password: Type.String({ minLength: 1, maxLength: PASSWORD_MAX }),
      keep: Keep,
    },
    closed,
  ),
  returns: Session,
  errors: ['invalid_credentials', 'account_suspended'],
});

export const refresh = defineRoute({
  name: 'POST /auth/refresh',
  summary: 'Exchange a refresh token (body or cookie) for a new pair; each works once',
  access: 'anyone',
  body: Type.Object(
    { refresh_token: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) },
    closed,
  ),
  returns: Session,
  errors: ['refresh_token_invalid', 'refresh_token_reused', 'origin_refused', 'account_suspended'],
});

export const logout = defineRoute({
  name: 'POST /auth/logout',
  summary: 'End the session of the access token, the refresh token or the cookie',
  access: 'anyone_or_signed_in',
  body: Type.Object(
    { refresh_token: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) },
    closed,
  ),
  returns: Type.Object({}),
  errors: ['origin_refused'],
});

export const SessionInList = Type.Object({
  session_id: SessionId,
  device: Type.String({ description: 'What the browser or app called itself' }),
  created_at: Type.String({ format: 'date-time' }),
  last_used_at: Type.String({ format: 'date-time' }),
  is_current: Type.Boolean(),
});

export const listSessions = defineRoute({
  name: 'GET /auth/sessions',
  summary: 'Where you are logged in (at most 100, newest first)',
  access: 'signed_in',
  returns: Type.Array(SessionInList),
});

export const endSession = defineRoute({
  name: 'DELETE /auth/sessions/{session_id}',
  summary: 'Log one of your sessions out',
  access: 'signed_in',
  params: Type.Object({ session_id: SessionId }, closed),
  returns: Type.Object({}),
  errors: ['not_found'],
});

export const getProfile = defineRoute({
  name: 'GET /users/{username}',
  summary: 'A profile',
  access: 'anyone_or_signed_in',
  params: Type.Object({ username: Username }, closed),
  returns: Profile,
  errors: ['user_not_found'],
});

export const editProfile = defineRoute({
  name: 'PUT /users/{username}',
  summary: 'Edit your own profile; fields that are left out stay as they are',
  access: 'signed_in',
  params: Type.Object({ username: Username }, closed),
  body: Type.Object(
    {
      full_name: Type.Optional(Type.String({ minLength: 1, maxLength: FULL_NAME_MAX })),
      bio: Type.Optional(Type.String({ maxLength: BIO_MAX })),
      link: Type.Optional(
        Nullable(
          Type.String({
            maxLength: LINK_MAX,
            pattern: '^https?://[^\\s]+$',
            description: 'http(s) address',
          }),
        ),
      ),
      privacy_level: Type.Optional(PrivacyLevel),
      profile_picture_upload_id: Type.Optional(
        Type.Union([UploadId, Type.Null()], {
          description:
            'An upload to make the profile picture of (shown when it has been processed), or null to remove it',
        }),
      ),
    },
    { ...closed, minProperties: 1 },
  ),
  returns: Profile,
  errors: [
    'user_not_found',
    'forbidden',
    'upload_not_found',
    'upload_incomplete',
    'upload_used',
    'media_unsupported',
    'media_broken',
    'media_too_many_pixels',
    'media_bad_dimensions',
    'media_busy',
    'storage_full',
    'storage_unavailable',
  ],
});
