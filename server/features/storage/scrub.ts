import type { Context } from '../../context.ts';
import { SCRUB_BUCKETS, type ScrubReport } from '../../ports/blobs/blobs.ts';
import type { Transaction } from '../../ports/db/db.ts';
import {
  advanceRound,
  endRound,
  type FaultRow,
  hurryRound,
  insertFaults,
  insertRound,
  lockLastRound,
  type Pace,
  type RoundRow,
  removeRoundsBefore,
} from './store.ts';

export const SCRUB = 'scrub';
const DAY_MS = 24 * 3600 * 1000;
/** How often the places are looked at, so that an empty one is filled soon. */
const LOOK_EVERY_MS = 60_000;
/** A job that hurries makes room for others after this. */
const AT_ONCE_MS = 20_000;
/** After a pause the store is read this much faster at most than in a round that keeps its time. */
const CATCH_UP = 4;
/** A place that is still not filled after a round of its own has another one after this. */
const FILL_AGAIN_MS = 3600 * 1000;
/** After everything else: nobody waits for it. */
const LOW_PRIORITY = 100;
const ROUNDS_KEPT = 100;
const FAULTS_KEPT = 1000;
/** Of one bucket. */
const LOST_NAMED_MAX = 100;

/** Looks soon whether a bucket is due; a look that waits already is brought forward. */
export async function scrubSoon(ctx: Context, tx: Context['db'] | Transaction = ctx.db) {
  await ctx.jobs.add(tx, { task: SCRUB, key: SCRUB, payload: {}, priority: LOW_PRIORITY });
}

/**
 * The job that reads every file, again and again, and has the store repair what it finds: in rounds of
 * 256 buckets, spread over SCRUB_DAYS, or at once where an admin or an empty place wants it. A bucket is
 * counted when it is done, so a run that was cut short is taken up with the same one; two at once count
 * it once. Each run ends by asking for the next.
 */
export async function scrub(ctx: Context, signal: AbortSignal): Promise<void> {
  const until = ctx.clock.millis() + AT_ONCE_MS;
  let next = ctx.clock.millis() + LOOK_EVERY_MS;
  for (;;) {
    const round = await roundNow(ctx);
    const due = round ? dueAt(ctx, round) : Number.POSITIVE_INFINITY;
    next = Math.min(due, ctx.clock.millis() + LOOK_EVERY_MS);
    if (!round || due > ctx.clock.millis()) break;
    // Another process has done it: that one asks for the next.
    if (!(await scrubBucket(ctx, round, signal))) return;
    if (ctx.clock.millis() >= until) break;
  }
  const runAt = new Date(next);
  await ctx.jobs.add(ctx.db, {
    task: SCRUB,
    key: SCRUB,
    payload: {},
    runAt,
    priority: LOW_PRIORITY,
  });
}

/** Begins a round that is read at once, or hurries the one that is under way. */
export async function checkNow(ctx: Context): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const last = await lockLastRound(tx);
    if (last && !last.ended_at) await hurryRound(tx, last.round);
    else await begin(ctx, tx, last, 'at_once', []);
    await scrubSoon(ctx, tx);
  });
}

/** The round that is under way; a new one when it is time, or when a place is to be filled. */
async function roundNow(ctx: Context): Promise<RoundRow | null> {
  const roots = await ctx.blobs.roots({ counted: false });
  const filling = roots.filter((root) => root.state === 'filling').map((root) => root.id);
  return ctx.db.transaction(async (tx) => {
    const last = await lockLastRound(tx);
    const waiting = filling.filter((id) => !last?.filling.includes(id));
    if (last && !last.ended_at) {
      if (waiting.length === 0) return last;
      // The buckets behind it would not be brought to the empty place.
      await endRound(tx, last.round, ctx.clock.now());
      return begin(ctx, tx, last, 'at_once', filling);
    }
    const since = last?.ended_at ? ctx.clock.millis() - last.ended_at.getTime() : 0;
    if (waiting.length > 0 || (filling.length > 0 && since > FILL_AGAIN_MS)) {
      return begin(ctx, tx, last, 'at_once', filling);
    }
    if (last && ctx.clock.millis() < last.started_at.getTime() + roundMs(ctx)) return null;
    return begin(ctx, tx, last, 'spread', []);
  });
}

async function begin(
  ctx: Context,
  tx: Transaction,
  last: RoundRow | null,
  pace: Pace,
  filling: readonly string[],
): Promise<RoundRow | null> {
  const round = (last?.round ?? 0) + 1;
  const begun = await insertRound(tx, { round, pace, filling, started_at: ctx.clock.now() });
  if (begun) await removeRoundsBefore(tx, round - ROUNDS_KEPT);
  return lockLastRound(tx);
}

const roundMs = (ctx: Context) => ctx.config.scrubDays * DAY_MS;

/** When the next bucket of a round is to be read, in milliseconds since 1970. */
function dueAt(ctx: Context, { pace, started_at, next_bucket, last_at }: RoundRow): number {
  if (pace === 'at_once' || next_bucket === 0) return ctx.clock.millis();
  const each = roundMs(ctx) / SCRUB_BUCKETS;
  return Math.max(started_at.getTime() + next_bucket * each, last_at.getTime() + each / CATCH_UP);
}

/** False when another process has counted this bucket. */
async function scrubBucket(ctx: Context, round: RoundRow, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  const bucket = round.next_bucket;
  const report = await ctx.blobs.scrub(bucket, signal);
  // Cut short: it is read again.
  signal.throwIfAborted();
  const at = ctx.clock.now();
  const last = bucket + 1 === SCRUB_BUCKETS;
  const { files, bytes, repaired, removed } = report;
  const found = { files, bytes, repaired, removed, lost: report.lost.length };
  const counted = await ctx.db.transaction(async (tx) => {
    if (!(await advanceRound(tx, { round: round.round, bucket, last, at }, found))) return false;
    await insertFaults(tx, faultsOf(ctx, round, report, at), FAULTS_KEPT);
    return true;
  });
  const where = { round: round.round, bucket };
  if (report.lost.length > 0) {
    const named = report.lost.slice(0, LOST_NAMED_MAX);
    ctx.log.error({ ...where, lost: named, count: report.lost.length }, 'files are lost');
  }
  if (repaired > 0 && round.filling.length === 0) {
    ctx.log.warn({ ...where, repaired }, 'copies were bad or missing, and are whole again');
  }
  return counted;
}

function faultsOf(ctx: Context, round: RoundRow, report: ScrubReport, at: Date): FaultRow[] {
  const fault = (outcome: FaultRow['outcome'], what: string, copies: number): FaultRow => ({
    fault_id: ctx.ids.next<string>(),
    round: round.round,
    outcome,
    what,
    copies,
    found_at: at,
  });
  const lost = report.lost.slice(0, LOST_NAMED_MAX).map((what) => fault('lost', what, 0));
  // What is brought to an empty place is no fault.
  if (report.repaired === 0 || round.filling.length > 0) return lost;
  const part = `${round.next_bucket + 1}/${SCRUB_BUCKETS}`;
  return [fault('repaired', part, report.repaired), ...lost];
}
