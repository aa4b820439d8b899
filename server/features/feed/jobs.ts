import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { Consumer } from '../../kernel/events.ts';
import type { TaskHandler } from '../../ports/jobs/jobs.ts';
import { REBUILD_HOME, rebuildHome } from './away.ts';
import { hashtagBackfill, hashtagFanOut } from './by-hashtag.ts';
import { fanOut } from './fan-out.ts';
import { FAN_OUT, runFanOut } from './fan-out-round.ts';
import { followBackfill } from './follow-backfill.ts';
import { PUSH_AGAIN, pushAgain } from './modes.ts';
import { openedAuthors } from './opened-author.ts';
import { TRIM, trimFeeds } from './trim.ts';

export const feedConsumers: readonly Consumer[] = [
  fanOut,
  hashtagFanOut,
  followBackfill,
  hashtagBackfill,
  openedAuthors,
];

/** Jobs that write into many feeds: so many at once a process, whatever is posted. */
export const FEED_JOBS_AT_ONCE = 2;

export function feedTasks(ctx: Context): Record<string, TaskHandler> {
  return {
    [FAN_OUT]: (payload) => runFanOut(ctx, payload),
    [PUSH_AGAIN]: (payload) => pushAgain(ctx, payload, { posts: fanOut, follows: followBackfill }),
    [REBUILD_HOME]: ({ person_id }) => rebuildHome(ctx, String(person_id) as PersonId),
    [TRIM]: () => trimFeeds(ctx),
  };
}
