import type { BlobKey } from '../../ports/blobs/blobs.ts';
import type { Queryable } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';

/** How far the search for files that nobody knows is. */
export interface WalkRow {
  started_at: Date;
  ended_at: Date | null;
  /** The last key that was looked at. */
  place: BlobKey | null;
  files: string;
  unknown: string;
  removed: string;
}

const WALK_COLUMNS = 'started_at, ended_at, place, files, unknown, removed';

export async function findWalk(q: Queryable): Promise<WalkRow | null> {
  const [row] = await q.query<WalkRow>(`select ${WALK_COLUMNS} from orphan_walks where only_one`);
  return row ?? null;
}

/** Begins a walk in the place of one that ended; two at once begin one. */
export async function beginWalk(q: Queryable, at: Date): Promise<void> {
  await q.query(
    `insert into orphan_walks (only_one, started_at) values (true, $1)
     on conflict (only_one) do update set started_at = excluded.started_at, ended_at = null,
       place = null, files = 0, unknown = 0, removed = 0
     where orphan_walks.ended_at is not null`,
    [at],
  );
}

/** Goes on to the next page. False when another process did. */
export async function advanceWalk(
  q: Queryable,
  walk: WalkRow,
  page: { readonly place: BlobKey; readonly files: number; readonly unknown: number },
): Promise<boolean> {
  const rows = await q.query(
    `update orphan_walks set place = $3, files = files + $4, unknown = unknown + $5
     where started_at = $1 and place is not distinct from $2 and ended_at is null
     returning started_at`,
    [walk.started_at, walk.place, page.place, page.files, page.unknown],
  );
  return rows.length > 0;
}

export async function endWalk(
  q: Queryable,
  walk: WalkRow,
  removed: number,
  at: Date,
): Promise<void> {
  await q.query(
    `update orphan_walks set ended_at = $2, removed = removed + $3
     where started_at = $1 and ended_at is null`,
    [walk.started_at, at, removed],
  );
}

/** Notes files that nobody knows at `at`; of those that were noted before only that they still are there. */
export async function noteOrphans(q: Queryable, keys: readonly BlobKey[], at: Date): Promise<void> {
  await insertMany(q, {
    table: 'orphans',
    columns: { blob_key: 'text', found_at: 'timestamptz', seen_at: 'timestamptz' },
    key: ['blob_key'],
    rows: keys.map((blob_key) => ({ blob_key, found_at: at, seen_at: at })),
    onConflict: '(blob_key) do update set seen_at = excluded.seen_at',
  });
}

/** Files that were noted before `before` and still unknown at `since`, in order, after `after`. */
export async function oldOrphans(
  q: Queryable,
  { before, since, after }: { before: Date; since: Date; after: BlobKey },
  take: number,
): Promise<BlobKey[]> {
  const rows = await q.query<{ blob_key: BlobKey }>(
    `select blob_key from orphans
     where blob_key > $1 and found_at <= $2 and seen_at >= $3 order by blob_key limit $4`,
    [after, before, since, take],
  );
  return rows.map((row) => row.blob_key);
}

export async function forgetOrphans(q: Queryable, keys: readonly BlobKey[]): Promise<void> {
  await q.query('delete from orphans where blob_key = any($1::text[])', [keys]);
}

/** Forgets what was not unknown any more, or not there, at `since`. */
export async function forgetClaimed(q: Queryable, since: Date): Promise<void> {
  await q.query('delete from orphans where seen_at < $1', [since]);
}
