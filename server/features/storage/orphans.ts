import type { Context } from '../../context.ts';
import { type BlobKey, BlobMissing } from '../../ports/blobs/blobs.ts';
import { unknownAmong } from './known.ts';
import {
  advanceWalk,
  beginWalk,
  endWalk,
  findWalk,
  forgetClaimed,
  forgetOrphans,
  noteOrphans,
  oldOrphans,
  type WalkRow,
} from './orphans-store.ts';

export const SWEEP_ORPHANS = 'sweep_orphans';
const DAY_MS = 24 * 3600 * 1000;
/** How often all files are looked through. */
const WALK_EVERY_MS = DAY_MS;
/** For so long nobody must have known a file. No job writes a file and claims it later than that. */
const UNKNOWN_FOR_MS = 2 * DAY_MS;
/** After everything else: nobody waits for it. */
const LOW_PRIORITY = 100;
const PAGE = 1000;
const REMOVED_AT_ONCE = 100;
/** More unknown files than this, or than this share, are not what crashes leave. */
const UNKNOWN_MAX = 1000;
const UNKNOWN_SHARE_MAX = 0.05;

/** Looks soon whether it is time to look through all files. */
export async function sweepOrphansSoon(ctx: Context): Promise<void> {
  await ctx.jobs.add(ctx.db, {
    task: SWEEP_ORPHANS,
    key: SWEEP_ORPHANS,
    payload: {},
    priority: LOW_PRIORITY,
  });
}

/**
 * The job that finds files which no row names: left by a kill between writing a file and naming it, or by
 * work that was given up. Once a day it walks through all keys and notes the unknown ones; what was
 * unknown in two walks, two days apart at least, is removed. May be stopped at any moment and run again.
 */
export async function sweepOrphans(ctx: Context, signal: AbortSignal): Promise<void> {
  let walk = await walkDue(ctx);
  while (walk) {
    signal.throwIfAborted();
    const keys = await ctx.blobs.keys(walk.place, PAGE);
    const last = keys.at(-1);
    if (last !== undefined) {
      const unknown = await unknownAmong(ctx, keys);
      await noteOrphans(ctx.db, unknown, ctx.clock.now());
      const page = { place: last, files: keys.length, unknown: unknown.length };
      // Another process is at it.
      if (!(await advanceWalk(ctx.db, walk, page))) return;
    }
    walk = await findWalk(ctx.db);
    if (keys.length === PAGE || !walk) continue;
    await finish(ctx, walk, signal);
    return;
  }
}

/** The walk that is under way, or a new one when it is time. */
async function walkDue(ctx: Context): Promise<WalkRow | null> {
  const last = await findWalk(ctx.db);
  if (last && !last.ended_at) return last;
  if (last && ctx.clock.millis() - last.started_at.getTime() < WALK_EVERY_MS) return null;
  await beginWalk(ctx.db, ctx.clock.now());
  return findWalk(ctx.db);
}

/**
 * True when so many files are unknown that the database is more likely the wrong one (an old backup, an
 * empty one) than the files left over: then nothing is removed.
 */
export function heldBack({ files, unknown }: Pick<WalkRow, 'files' | 'unknown'>): boolean {
  return Number(unknown) > Math.max(UNKNOWN_MAX, Number(files) * UNKNOWN_SHARE_MAX);
}

async function finish(ctx: Context, walk: WalkRow, signal: AbortSignal): Promise<void> {
  let removed = 0;
  if (heldBack(walk)) {
    const { files, unknown } = walk;
    ctx.log.error(
      { files, unknown },
      'far more files than crashes leave are named by nothing in the database: nothing is removed. Is it the database of these files?',
    );
  } else {
    removed = await removeOld(ctx, walk, signal);
    await forgetClaimed(ctx.db, walk.started_at);
  }
  await endWalk(ctx.db, walk, removed, ctx.clock.now());
}

async function removeOld(ctx: Context, walk: WalkRow, signal: AbortSignal): Promise<number> {
  const before = new Date(walk.started_at.getTime() - UNKNOWN_FOR_MS);
  let removed = 0;
  for (let after: BlobKey | undefined = ''; after !== undefined; ) {
    signal.throwIfAborted();
    const which = { before, since: walk.started_at, after };
    const keys: BlobKey[] = await oldOrphans(ctx.db, which, REMOVED_AT_ONCE);
    after = keys.at(-1);
    const unknown = await unknownAmong(ctx, keys);
    for (const key of unknown) if (await removeOrphan(ctx, key)) removed += 1;
    await forgetOrphans(ctx.db, keys);
  }
  if (removed > 0) ctx.log.info({ removed }, 'removed files that nothing names');
  return removed;
}

/**
 * Removes a file, and puts it back when somebody has named it in that very moment: names are of what is
 * in a file, so the same work done again names the same file.
 */
async function removeOrphan(ctx: Context, key: BlobKey): Promise<boolean> {
  const bytes = await ctx.blobs.read(key).catch((error: unknown) => {
    if (error instanceof BlobMissing) return null;
    throw error;
  });
  await ctx.blobs.remove(key);
  if (bytes === null || (await unknownAmong(ctx, [key])).length > 0) return bytes !== null;
  await ctx.blobs.write(key, bytes);
  return false;
}
