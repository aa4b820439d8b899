import type { PersonId, PostId } from '../../../api/ids.ts';
import { idWorker } from '../../kernel/ids.ts';
import { Problem } from '../../kernel/problem.ts';
import { ofCounts } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { HALF_LIFE_MS, HALF_LIVES_MAX, type Heat, likesPerHour, mixHeat } from './heat.ts';

/** So many processes can count likes of one post side by side; more share slots, and wait for each other. */
export const SLOTS = 64;
/** Written by everyone, and there as long as the post. */
const FIRST_SLOT = 0;

/** In which slot the process that made this id counts. */
export const slotOf = (id: string): number => idWorker(id) % SLOTS;

/** How often a post was liked, talked about, and the rest; of one moment, for anybody. */
export interface Counts extends Heat {
  readonly likes: number;
  readonly comments: number;
  readonly reposts: number;
  readonly shares: number;
  readonly saves: number;
  /** In how many slots it is counted. */
  readonly slots: number;
}

/** What posts are ranked by. */
export interface Resonance {
  readonly post_id: PostId;
  readonly likes: number;
  readonly comments: number;
  readonly reposts: number;
  readonly shares: number;
  readonly saves: number;
  /** Of late: each like weighs half as much an hour later. */
  readonly likes_per_hour: number;
}

/** The sums of a post's slots, for `group by post_id`. */
export const SUMS = `sum(likes)::int4 as likes, sum(comments)::int4 as comments,
  sum(reposts)::int4 as reposts`;

/** What is left of a heat as of `from` at `to`, as `heat.ts` says; nothing becomes too small for a number. */
const left = (heat: string, from: string, to: string) => `case
  when ${from} is null or abs(${heat}) < 1e-6
    or ${to} - ${from} > interval '${(HALF_LIVES_MAX * HALF_LIFE_MS) / 1000} seconds' then 0
  else ${heat} * power(0.5::float8,
    greatest(0, extract(epoch from ${to} - ${from}))::float8 / ${HALF_LIFE_MS / 1000}) end`;

/** The heat of a row `p` with another one, as of the later of both. */
const mixed = (heat: string, at: string) =>
  `${left('p.heat', 'p.heat_at', at)} + ${left(heat, at, 'p.heat_at')}`;

interface SlotRow extends Heat {
  post_id: PostId;
  likes: number;
  comments: number;
  reposts: number;
  shares: number;
  saves: number;
}

const SLOT_COLUMNS = 'post_id, likes, comments, reposts, shares, saves, heat, heat_at';

/** The counts of all of `ids` that exist, in one statement; the one read that is worth keeping near. */
export async function readCounts(
  q: Queryable,
  ids: readonly PostId[],
): Promise<Map<PostId, Counts>> {
  const counts = new Map<PostId, Counts>();
  if (ids.length === 0) return counts;
  const rows = await q.query<SlotRow>(
    `select ${SLOT_COLUMNS} from post_counts
     where post_id = any($1::bigint[]) order by post_id, slot`,
    [ids],
  );
  for (const { post_id, ...row } of rows) {
    const before = counts.get(post_id);
    counts.set(post_id, before ? addSlot(before, row) : { ...row, slots: 1 });
  }
  return counts;
}

function addSlot(sum: Counts, row: Omit<SlotRow, 'post_id'>): Counts {
  return {
    likes: sum.likes + row.likes,
    comments: sum.comments + row.comments,
    reposts: sum.reposts + row.reposts,
    shares: sum.shares + row.shares,
    saves: sum.saves + row.saves,
    slots: sum.slots + 1,
    ...mixHeat(sum, row),
  };
}

/** What a post is ranked by at a time, from counts that may have been read before it. */
export function resonance(post_id: PostId, counts: Counts, at: Date): Resonance {
  const { likes, comments, reposts, shares, saves } = counts;
  const likes_per_hour = likesPerHour(counts, at);
  return { post_id, likes, comments, reposts, shares, saves, likes_per_hour };
}

/** The same of many, newest first, in one statement bounded by `ids`. */
export async function resonanceOf(
  q: Queryable,
  ids: readonly PostId[],
  at: Date,
): Promise<Resonance[]> {
  const counts = await readCounts(q, ids);
  return [...counts].map(([postId, one]) => resonance(postId, one, at)).reverse();
}

/** How fast each of these posts is liked at a time, in likes an hour. */
export async function velocityOf(
  q: Queryable,
  ids: readonly PostId[],
  at: Date,
): Promise<Map<PostId, number>> {
  const counts = await readCounts(q, ids);
  return new Map([...counts].map(([postId, one]) => [postId, likesPerHour(one, at)]));
}

/** What everyone who watches a post is told. */
export interface PostCounts {
  likes: number;
  comments: number;
  reposts: number;
  /** In how many slots it is counted. */
  slots: number;
  /** Whose post it is, and whether they alone may know its likes. */
  author_id: PersonId;
  likes_hidden: boolean;
}

/** What `insertCounts` writes. */
export const NO_COUNTS: Counts = {
  likes: 0,
  comments: 0,
  reposts: 0,
  shares: 0,
  saves: 0,
  heat: 0,
  heat_at: null,
  slots: 1,
};

/** The first row, written with the post. */
export async function insertCounts(tx: Transaction, postId: PostId): Promise<void> {
  await tx.query('insert into post_counts (post_id, slot) values ($1, $2)', [postId, FIRST_SLOT]);
}

export async function removeCounts(tx: Transaction, postId: PostId): Promise<void> {
  tx.touchLoosely(ofCounts(postId));
  await tx.query('delete from post_counts where post_id = $1', [postId]);
}

/** Throws `post_not_found` when the post is gone for good. */
export async function readPostCounts(q: Queryable, postId: PostId): Promise<PostCounts> {
  const [row] = await q.query<PostCounts>(
    `select c.likes, c.comments, c.reposts, c.slots, p.author_id, p.likes_hidden
     from (select post_id, ${SUMS}, count(*)::int4 as slots from post_counts
       where post_id = $1 group by post_id) c join posts p on p.post_id = c.post_id
     where p.post_id = $1`,
    [postId],
  );
  if (!row) throw new Problem('post_not_found');
  return row;
}

/** What is added to all but the likes, which have slots. */
export interface CountsChange {
  readonly comments?: number;
  readonly shares?: number;
  readonly saves?: number;
  readonly reposts?: number;
}

/**
 * Adds to the counts in one statement and gives what the first slot, which all but likes are counted in,
 * holds then. Throws `post_not_found` when the post is gone for good.
 */
export async function addToPostCounts(
  tx: Transaction,
  postId: PostId,
  change: CountsChange,
): Promise<Omit<Counts, 'slots'>> {
  const { comments = 0, shares = 0, saves = 0, reposts = 0 } = change;
  tx.touchLoosely(ofCounts(postId));
  const [row] = await tx.query<Omit<Counts, 'slots'>>(
    `update post_counts set comments = comments + $3, shares = shares + $4, saves = saves + $5,
       reposts = reposts + $6 where post_id = $1 and slot = $2
     returning likes, comments, reposts, shares, saves, heat, heat_at`,
    [postId, FIRST_SLOT, comments, shares, saves, reposts],
  );
  if (!row) throw new Problem('post_not_found');
  return row;
}

/** So many likes more or fewer, and what that does to the heat. */
export interface LikesChange {
  readonly likes: number;
  /** One for each new like; less what is left of the weight of those that were taken back. */
  readonly heat: number;
  readonly at: Date;
}

/**
 * Adds to the likes in one slot, whose row is made when it is first needed. To be called once the rows of
 * the likes are written: this lock is taken last. Throws `post_not_found` when the post is gone for good.
 */
export async function addToLikes(
  tx: Transaction,
  postId: PostId,
  slot: number,
  change: LikesChange,
): Promise<void> {
  tx.touchLoosely(ofCounts(postId));
  const values = [postId, slot, change.likes, change.heat, change.at];
  const there = await tx.query(
    `update post_counts p set likes = p.likes + $3, heat = ${mixed('$4::float8', '$5::timestamptz')},
       heat_at = greatest(p.heat_at, $5)
     where p.post_id = $1 and p.slot = $2 returning p.slot`,
    values,
  );
  if (there.length > 0) return;
  // Whoever removes the post for good waits for us here, and then removes this row as well.
  const post = await tx.query('select post_id from posts where post_id = $1 for key share', [
    postId,
  ]);
  if (post.length === 0) throw new Problem('post_not_found');
  await tx.query(
    `insert into post_counts as p (post_id, slot, likes, heat, heat_at) values ($1, $2, $3, $4, $5)
     on conflict (post_id, slot) do update set likes = p.likes + excluded.likes,
       heat = ${mixed('excluded.heat', 'excluded.heat_at')},
       heat_at = greatest(p.heat_at, excluded.heat_at)`,
    values,
  );
}

/** Up to `take` slots that nobody has written since `before`, as the posts that have them. */
export async function idleSlots(q: Queryable, before: Date, take: number): Promise<PostId[]> {
  const rows = await q.query<{ post_id: PostId }>(
    `select post_id from post_counts where slot > 0 and heat_at < $1
     order by post_id limit $2`,
    [before, take],
  );
  return [...new Set(rows.map((row) => row.post_id))];
}

/** Moves what stands in the idle slots of a post into its first one; its counts stay what they are. */
export async function foldSlots(tx: Transaction, postId: PostId, before: Date): Promise<void> {
  const rows = await tx.query<{ likes: number } & Heat>(
    `delete from post_counts where post_id = $1 and slot > 0 and heat_at < $2
     returning likes, heat, heat_at`,
    [postId, before],
  );
  for (const { likes, heat, heat_at } of rows) {
    if (heat_at !== null) await addToLikes(tx, postId, FIRST_SLOT, { likes, heat, at: heat_at });
  }
}
