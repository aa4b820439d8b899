import type { PersonId, PostId, UploadId } from '../../api/ids.ts';
import type { Context } from '../context.ts';
import { feedConsumers } from '../features/feed/fan-out.ts';
import { PURGE_POST } from '../features/posts/delete.ts';
import { PROCESS_POST, processPost } from '../features/posts/process.ts';
import { purgePost } from '../features/privacy/purge-post.ts';
import { MAKE_AVATAR, makeAvatar } from '../features/profiles/avatar.ts';
import { type Consumer, deliverEvents, EVENTS_TASK } from '../kernel/events.ts';
import type { JobWorker, TaskHandler } from '../ports/jobs/jobs.ts';
import { SWEEP, sweep } from './sweep.ts';

/** Everyone who wants to hear of events; a feature adds a line. */
export const consumers: readonly Consumer[] = [...feedConsumers];

/** Every kind of job; a feature adds a line. */
function tasks(ctx: Context): Record<string, TaskHandler> {
  return {
    [EVENTS_TASK]: (payload) => deliverEvents(ctx, consumers, payload),
    [PROCESS_POST]: ({ post_id }) => processPost(ctx, String(post_id) as PostId),
    [PURGE_POST]: ({ post_id }) => purgePost(ctx, String(post_id) as PostId),
    [MAKE_AVATAR]: ({ person_id, upload_id, original_key }) =>
      makeAvatar(ctx, {
        personId: String(person_id) as PersonId,
        uploadId: String(upload_id) as UploadId,
        originalKey: String(original_key),
      }),
    [SWEEP]: () => sweep(ctx),
  };
}

/** The role `worker`: runs jobs, and through them brings events to their consumers. */
export async function startWorker(ctx: Context): Promise<JobWorker> {
  await ctx.jobs.add(ctx.db, { task: SWEEP, key: SWEEP, payload: {} });
  return ctx.jobs.work(tasks(ctx), ctx.config.jobConcurrency);
}
