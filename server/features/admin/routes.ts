import * as api from '../../../api/admin.ts';
import { askedPage, cutPage } from '../../kernel/cursor.ts';
import { Problem } from '../../kernel/problem.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { changeRole, listPeople, reinstate, suspend } from './people.ts';

export const adminRoutes: readonly BoundRoute[] = [
  route(api.listDeadJobs, async (ctx, { query }) => {
    const page = askedPage<string>(query);
    const jobs = await ctx.jobs.listDead(ctx.db, page.take, page.before ?? undefined);
    const { items, pagination } = cutPage(jobs, page.limit, (job) => job.id);
    return {
      items: items.map((job) => ({
        job_id: job.id,
        task: job.task,
        payload: job.payload,
        attempts: job.attempts,
        error: job.error,
        failed_at: job.failedAt.toISOString(),
      })),
      pagination,
    };
  }),

  route(api.retryDeadJob, async (ctx, { params }) => {
    const found = await ctx.jobs.retryDead(ctx.db, params.job_id);
    if (!found) throw new Problem('job_not_found');
    return {};
  }),

  route(api.listPeople, (ctx, { query }) => listPeople(ctx, query)),

  route(api.changeRole, (ctx, { params, body }) => changeRole(ctx, params.username, body.role)),

  route(api.suspendPerson, (ctx, { viewer, params, body }) =>
    suspend(ctx, viewer, params.username, body.reason.trim()),
  ),

  route(api.reinstatePerson, (ctx, { viewer, params }) => reinstate(ctx, viewer, params.username)),
];
