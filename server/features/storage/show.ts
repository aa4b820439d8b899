import type { ScrubRound, Storage, StorageFault, Unclaimed } from '../../../api/storage.ts';
import type { Context } from '../../context.ts';
import { type askedPage, cutPage, type Page } from '../../kernel/cursor.ts';
import { SCRUB_BUCKETS } from '../../ports/blobs/blobs.ts';
import { heldBack } from './orphans.ts';
import { findWalk, type WalkRow } from './orphans-store.ts';
import { lastRounds, listFaults, type RoundRow } from './store.ts';

const ROUNDS_SHOWN = 5;

/** How the store of files is. */
export async function showStorage(ctx: Context): Promise<Storage> {
  const [roots, rounds, walk] = await Promise.all([
    ctx.blobs.roots(),
    lastRounds(ctx.db, ROUNDS_SHOWN),
    findWalk(ctx.db),
  ]);
  return {
    roots: roots.map(({ id, ...root }) => ({ root_id: id, ...root })),
    copies_wanted: ctx.config.blobCopies,
    round_days: ctx.config.scrubDays,
    rounds: rounds.map(roundView),
    unclaimed: walk && unclaimedView(walk),
  };
}

function roundView({ started_at, ended_at, next_bucket, ...row }: RoundRow): ScrubRound {
  return {
    round: row.round,
    pace: row.pace,
    done: next_bucket / SCRUB_BUCKETS,
    started_at: started_at.toISOString(),
    ended_at: ended_at?.toISOString() ?? null,
    files: Number(row.files),
    bytes: Number(row.bytes),
    repaired: Number(row.repaired),
    lost: Number(row.lost),
    removed: Number(row.removed),
  };
}

function unclaimedView(walk: WalkRow): Unclaimed {
  return {
    checked_at: walk.ended_at?.toISOString() ?? null,
    files: Number(walk.files),
    unknown: Number(walk.unknown),
    removed: Number(walk.removed),
    held_back: walk.ended_at !== null && heldBack(walk),
  };
}

/** A page of what rounds came upon. */
export async function showFaults(
  ctx: Context,
  page: ReturnType<typeof askedPage<string>>,
): Promise<Page<StorageFault>> {
  const rows = await listFaults(ctx.db, page.take, page.before);
  const { items, pagination } = cutPage(rows, page.limit, (row) => row.fault_id);
  return {
    items: items.map((row) => ({ ...row, found_at: row.found_at.toISOString() })),
    pagination,
  };
}
