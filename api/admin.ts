import { type Static, Type } from 'typebox';
import { ID_PATTERN } from './ids.ts';
import { PageQuery } from './page.ts';
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
