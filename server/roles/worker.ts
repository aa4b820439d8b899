import type { PersonId, PostId, UploadId } from '../../api/ids.ts';
import type { Context } from '../context.ts';
import { SEND_ACCOUNT_MAIL } from '../features/accounts/mails/queue.ts';
import { sendAccountMail } from '../features/accounts/mails/send.ts';
import { START_RESET, startReset } from '../features/accounts/reset-password.ts';
import { MAKE_EXPLORE, makeExplore } from '../features/explore/make.ts';
import { FIND_POPULAR_POSTS, findPopularPosts } from '../features/explore/popular.ts';
import { FEED_JOBS_AT_ONCE, feedConsumers, feedTasks } from '../features/feed/jobs.ts';
import { BRING_OPENED, bringOpened } from '../features/feed/opened-author.ts';
import { ACCEPT_REQUESTS, acceptAllRequests } from '../features/graph/requests.ts';
import {
  FIND_POPULAR,
  findPopular,
  SUGGEST,
  suggest,
  suggestAfterFollow,
} from '../features/graph/suggest.ts';
import { findNearDuplicates } from '../features/near-duplicates/find.ts';
import { MAKE_AVIF, makeAvif } from '../features/posts/make-avif.ts';
import { PROCESS_FILM, PROCESS_POST, processPost } from '../features/posts/process.ts';
import { PURGE_POST } from '../features/posts/purge.ts';
import { purgePost } from '../features/privacy/purge-post.ts';
import {
  MAKE_AVATAR,
  makeAvatar,
  REMOVE_AVATAR,
  removeAvatar,
} from '../features/profiles/avatar.ts';
import { SWEEP_ORPHANS, sweepOrphans } from '../features/storage/orphans.ts';
import { SCRUB, scrub, scrubSoon } from '../features/storage/scrub.ts';
import { INDEX_AUTHOR, indexAuthor, indexAuthors } from '../features/topics/index-author.ts';
import { indexPosts } from '../features/topics/index-post.ts';
import { RANK_TOPIC, rankTopic } from '../features/topics/rank.ts';
import { topicNamed } from '../features/topics/topic.ts';
import { admissionOf } from '../http/admission/admission.ts';
import { yieldingTo, yieldTo } from '../http/admission/yield.ts';
import { deliverEvents, EVENTS_TASK } from '../kernel/deliver-events.ts';
import type { Consumer } from '../kernel/events.ts';
import type { JobWorker, TaskHandler } from '../ports/jobs/jobs.ts';
import { startDeliveries } from './deliveries.ts';
import { SWEEP, sweep } from './sweep.ts';

/** Pictures that are made at once: as many as the sandbox has places. */
const HEAVY_AT_ONCE = 2;
/** Pictures made smaller at once, of those that are shown already: nobody waits for it. */
const SLOW_AT_ONCE = 1;
/** Films made at once: one keeps all cores busy. */
const FILMS_AT_ONCE = 1;
/** Mails sent at once. */
const MAILS_AT_ONCE = 2;
/** One that reads every file, and one that looks for files of nobody. */
const STORAGE_AT_ONCE = 2;

/** Everyone who wants to hear of events; a feature adds a line. */
export const consumers: readonly Consumer[] = [
  indexAuthors,
  indexPosts,
  ...feedConsumers,
  suggestAfterFollow,
  findNearDuplicates,
];

/** Jobs that are a few statements each; a feature adds a line. */
export function quickTasks(ctx: Context): Record<string, TaskHandler> {
  return {
    [EVENTS_TASK]: (payload) => deliverEvents(ctx, consumers, payload),
    [PURGE_POST]: ({ post_id }) => purgePost(ctx, String(post_id) as PostId),
    [REMOVE_AVATAR]: ({ person_id, keys }) =>
      removeAvatar(ctx, String(person_id) as PersonId, String(keys).split(' ')),
    [START_RESET]: ({ email_index }) => startReset(ctx, String(email_index)),
    [ACCEPT_REQUESTS]: ({ person_id }, signal) =>
      acceptAllRequests(ctx, String(person_id) as PersonId, signal),
    [SUGGEST]: ({ person_id }) => suggest(ctx, String(person_id) as PersonId),
    [FIND_POPULAR]: async () => void (await findPopular(ctx)),
    [BRING_OPENED]: ({ person_id }) => bringOpened(ctx, String(person_id) as PersonId),
    [INDEX_AUTHOR]: ({ person_id }) => indexAuthor(ctx, String(person_id) as PersonId),
    [RANK_TOPIC]: async ({ topic }) => void (await rankTopic(ctx, topicNamed(String(topic)))),
    [FIND_POPULAR_POSTS]: async () => void (await findPopularPosts(ctx)),
    [MAKE_EXPLORE]: async ({ person_id }) =>
      void (await makeExplore(ctx, String(person_id) as PersonId)),
    [SWEEP]: () => sweep(ctx),
  };
}

/** Jobs that keep a processor busy. They have workers of their own, so that pictures never hold up a feed. */
function heavyTasks(ctx: Context): Record<string, TaskHandler> {
  return {
    [PROCESS_POST]: ({ post_id }, signal) => processPost(ctx, String(post_id) as PostId, signal),
    [MAKE_AVATAR]: ({ person_id, upload_id, original_key }) =>
      makeAvatar(ctx, {
        personId: String(person_id) as PersonId,
        uploadId: String(upload_id) as UploadId,
        originalKey: String(original_key),
      }),
  };
}

/** Jobs that keep a processor busy and that nobody waits for: they never take the place of those above. */
function slowTasks(ctx: Context): Record<string, TaskHandler> {
  return { [MAKE_AVIF]: ({ post_id }) => makeAvif(ctx, String(post_id) as PostId) };
}

/** Jobs that keep all processors busy for minutes. */
function filmTasks(ctx: Context): Record<string, TaskHandler> {
  return {
    [PROCESS_FILM]: ({ post_id }, signal) => processPost(ctx, String(post_id) as PostId, signal),
  };
}

/** Jobs that wait for servers of others, which may take their time: those hold up nobody else. */
function mailTasks(ctx: Context): Record<string, TaskHandler> {
  return {
    [SEND_ACCOUNT_MAIL]: ({ person_id, mail_id }, signal) =>
      sendAccountMail(ctx, String(person_id) as PersonId, String(mail_id), signal),
  };
}

/** Jobs that read all files, for hours: nobody waits for them. */
function storageTasks(ctx: Context): Record<string, TaskHandler> {
  return {
    [SCRUB]: (_payload, signal) => scrub(ctx, signal),
    [SWEEP_ORPHANS]: (_payload, signal) => sweepOrphans(ctx, signal),
  };
}

/** The role `worker`: runs jobs, and brings events to their consumers. */
export async function startWorker(ctx: Context, deliver = startDeliveries): Promise<JobWorker> {
  await ctx.jobs.add(ctx.db, { task: SWEEP, key: SWEEP, payload: {} });
  await scrubSoon(ctx);
  const { admission } = admissionOf(ctx);
  const quick = await ctx.jobs.work(
    yieldingTo(admission, quickTasks(ctx)),
    ctx.config.jobConcurrency,
  );
  const feeds = await ctx.jobs.work(yieldingTo(admission, feedTasks(ctx)), FEED_JOBS_AT_ONCE);
  const heavy = await ctx.jobs.work(heavyTasks(ctx), HEAVY_AT_ONCE);
  const slow = await ctx.jobs.work(slowTasks(ctx), SLOW_AT_ONCE);
  const film = await ctx.jobs.work(filmTasks(ctx), FILMS_AT_ONCE);
  const mail = await ctx.jobs.work(mailTasks(ctx), MAILS_AT_ONCE);
  const storage = await ctx.jobs.work(storageTasks(ctx), STORAGE_AT_ONCE);
  const deliveries = deliver(ctx, consumers, (signal) => yieldTo(admission, signal));
  const all = [quick, feeds, heavy, slow, film, mail, storage, deliveries];
  return {
    async stop(timeoutMs) {
      await Promise.all(all.map((worker) => worker.stop(timeoutMs)));
    },
  };
}
