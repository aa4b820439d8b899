import { type Static, Type } from 'typebox';
import { ID_PATTERN } from './ids.ts';
import { PageQuery } from './page.ts';
import { RoleName, Username, UserSummary } from './people.ts';
import { defineRoute } from './route.ts';

/** A job that has failed for good: every try is used up. */
export const DeadJob = Type.Object({
  job_id: Type.String(),
  task: Type.String(),
  payload: Type.String({ description: 'As JSON text, at most 2,000 characters' }),
  attempts: Type.Integer(),
  error: Type.String(),
  failed_at: Type.String({ format: 'date-time' }),
});
export type DeadJob = Static<typeof DeadJob>;

const params = Type.Object(
  { job_id: Type.String({ pattern: ID_PATTERN }) },
  { additionalProperties: false },
);

export const listDeadJobs = defineRoute({
  name: 'GET /admin/dead-jobs',
  summary: 'Jobs that have failed for good, newest first',
  access: 'admin',
  query: PageQuery,
  returns: Type.Array(DeadJob),
  list: true,
  errors: ['forbidden', 'invalid_cursor'],
});

export const retryDeadJob = defineRoute({
  name: 'POST /admin/dead-jobs/{job_id}/retry',
  summary: 'Try a dead job again, with all its tries',
  access: 'admin',
  params,
  returns: Type.Object({}),
  errors: ['forbidden', 'job_not_found'],
});

export const PersonInAdmin = Type.Object({
  ...UserSummary.properties,
  role: RoleName,
  state: Type.Union([Type.Literal('active'), Type.Literal('suspended'), Type.Literal('deleted')]),
  posts_count: Type.Integer(),
  followers_count: Type.Integer(),
  created_at: Type.String({ format: 'date-time' }),
});
export type PersonInAdmin = Static<typeof PersonInAdmin>;

const byUsername = Type.Object({ username: Username }, { additionalProperties: false });

export const listPeople = defineRoute({
  name: 'GET /admin/people',
  summary: 'Everyone, newest first; of one role, in one state, or whose username begins so',
  access: 'moderator',
  query: Type.Object(
    {
      ...PageQuery.properties,
      q: Type.Optional(Type.String({ minLength: 1, maxLength: 30 })),
      role: Type.Optional(RoleName),
      state: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('suspended')])),
    },
    { additionalProperties: false },
  ),
  returns: Type.Array(PersonInAdmin),
  list: true,
  errors: ['forbidden', 'invalid_cursor'],
});

export const changeRole = defineRoute({
  name: 'PUT /admin/people/{username}/role',
  summary: 'Make a person member, moderator or admin; the last admin stays one',
  access: 'admin',
  params: byUsername,
  body: Type.Object({ role: RoleName }, { additionalProperties: false }),
  returns: PersonInAdmin,
  errors: ['forbidden', 'user_not_found', 'last_admin'],
});

export const suspendPerson = defineRoute({
  name: 'POST /admin/people/{username}/suspend',
  summary: 'Suspend a member: they are logged out at once and nobody sees them or their posts',
  access: 'moderator',
  params: byUsername,
  body: Type.Object(
    { reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) },
    { additionalProperties: false },
  ),
  returns: PersonInAdmin,
  errors: ['forbidden', 'user_not_found'],
});

export const reinstatePerson = defineRoute({
  name: 'DELETE /admin/people/{username}/suspend',
  summary: 'Undo a suspension; everything is as it was',
  access: 'moderator',
  params: byUsername,
  returns: PersonInAdmin,
  errors: ['forbidden', 'user_not_found'],
});
