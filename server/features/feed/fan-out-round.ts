import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { tell } from '../../kernel/hints.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { isUniqueViolation } from '../../ports/db/errors.ts';
import type { JobPayload } from '../../ports/jobs/jobs.ts';
import { isShown } from '../posts/grid.ts';
import { findPost, type PostInList } from '../posts/store.ts';
import { modeOf } from './authors-store.ts';
import { AWAY_DAYS, daysAgo } from './days.ts';
import {
  beCareful,
  endFanOut,
  type FanOutKey,
  type FanOutRow,
  lockFanOut,
  moveFanOut,
} from './fan-outs-store.ts';
import { type Pushed, pushRound } from './rounds-store.ts';
import { noteGrown, trimSoon } from './trim.ts';

/** Brings a post to one stretch of followers, and asks for the next. */
export const FAN_OUT = 'feed.fan_out_round';
/** A round that takes longer says that the database is behind: then it is left alone for as long, within bounds. */
const SLOW_MS = 500;
const PAUSE_MS_MAX = 5000;
/** Those who have not read lately come after every post for those who have; jobs of smaller numbers go first. */
const REST_PRIORITY = 1;
/** A hint must fit into one NOTIFY of PostgreSQL (8,000 bytes). */
const PEOPLE_PER_HINT = 300;

/** Asks for the next round of a fan-out, or for its first. */
export function addRound(
  ctx: Context,
  tx: Transaction,
  { author_id, post_id, source }: FanOutKey,
  when: { runAt?: Date; priority?: number },
) {
  const key = `${FAN_OUT}:${post_id}:${source}`;
  const payload = { author_id, post_id, source };
  return ctx.jobs.add(tx, { task: FAN_OUT, key, payload, ...when });
}

/**
 * One round of a fan-out. Its progress moves in the same transaction, and its job for the next round
 * stands behind all others that wait: many posts at once take turns.
 */
export async function runFanOut(ctx: Context, payload: JobPayload): Promise<void> {
  const key: FanOutKey = {
    author_id: String(payload.author_id) as PersonId,
    post_id: String(payload.post_id) as PostId,
    source: String(payload.source),
  };
  const done = await round(ctx, key).catch(async (error) => {
    if (!isUniqueViolation(error)) throw error;
    await ctx.db.transaction((tx) => beCareful(tx, key));
    return round(ctx, key);
  });
  if (!done) return;
  if (done.row.told) tellPeople(ctx, done.pushed.people, done.row);
  if (done.grown) trimSoon(ctx);
}

function round(ctx: Context, key: FanOutKey) {
  return ctx.db.transaction(async (tx) => {
    const began = performance.now();
    // They travel together: what is looked up was read after the lock.
    const [row, wanted] = await Promise.all([lockFanOut(tx, key), isWanted(tx, key)]);
    if (!row) return null;
    if (!wanted) {
      await endFanOut(tx, key);
      return null;
    }
    const pushed = await pushRound(tx, {
      post: postOf(row),
      source: row.source,
      turn: row.rest ? 'rest' : 'active',
      careful: row.careful,
      activeSince: row.active_since,
      awayBefore: daysAgo(ctx, AWAY_DAYS),
      after: row.after_id,
      take: ctx.config.fanOutRound,
    });
    const [grown] = await Promise.all([
      noteGrown(ctx, tx, row.post_id, pushed.people),
      goOn(ctx, tx, row, pushed, performance.now() - began),
    ]);
    return { row, pushed, grown };
  });
}

function postOf({ post_id, author_id, repost_of, repost_author_id }: FanOutRow): PostInList {
  return { post_id, author_id, repost_of, repost_author_id };
}

/** What was taken away meanwhile is not pushed any further, nor what a read merges from now on. */
async function isWanted(tx: Transaction, key: FanOutKey): Promise<boolean> {
  const [post, author] = await Promise.all([
    findPost(tx, key.post_id),
    key.source === '' ? modeOf(tx, key.author_id) : null,
  ]);
  return post !== null && !post.deleted_at && isShown(post) && author?.mode !== 'pull';
}

async function goOn(
  ctx: Context,
  tx: Transaction,
  row: FanOutRow,
  { scanned, last, restSeen: seen }: Pushed,
  tookMs: number,
): Promise<void> {
  const restSeen = row.rest_seen || seen;
  const over = scanned < ctx.config.fanOutRound;
  if (over && (row.rest || !restSeen)) {
    await endFanOut(tx, row);
    return;
  }
  const rest = row.rest || over;
  const pause = Math.min(tookMs, PAUSE_MS_MAX);
  await Promise.all([
    moveFanOut(tx, row, { rest, restSeen, after: over ? '0' : (last ?? '0') }),
    addRound(ctx, tx, row, {
      ...(rest && { priority: REST_PRIORITY }),
      ...(tookMs > SLOW_MS && { runAt: new Date(ctx.clock.millis() + pause) }),
    }),
  ]);
}

/** Tells open pages of these people. */
export function tellPeople(
  ctx: Context,
  people: readonly PersonId[],
  { post_id, author_id }: Pick<PostInList, 'post_id' | 'author_id'>,
): void {
  for (let start = 0; start < people.length; start += PEOPLE_PER_HINT) {
    const person_ids = people.slice(start, start + PEOPLE_PER_HINT);
    tell(ctx, 'feed.new_post', { person_ids, post_id, user_id: author_id });
  }
}
