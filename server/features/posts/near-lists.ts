import type { PersonId } from '../../../api/ids.ts';
import { compareIds } from '../../kernel/ids.ts';
import { NearCache, perContext } from '../../kernel/near-cache.ts';
import { ofPostsBy } from '../../kernel/touch-keys.ts';
import { type GridEntry, listGrid } from './author-store.ts';
import { announcedPost } from './post-in-list.ts';

/** Five pages. */
const NEAR_REFS = 100;
/** Some 10 KB each where an author has as many. */
const AUTHORS_MAX = 5_000;
const LISTS_TTL_MS = 15 * 60 * 1000;

/** The front of what somebody has published. */
export interface NearPosts {
  /** The newest, newest first, pinned or not. */
  readonly refs: readonly GridEntry[];
  /** What they have pinned, the last one first. */
  readonly pins: readonly GridEntry[];
  /** The newest that are not pinned. */
  readonly others: readonly GridEntry[];
  /** There are no more below. */
  readonly whole: boolean;
}

/** The newest posts of authors, for their grids and for feeds that merge them. */
export const nearPostsBy = perContext((ctx) => {
  const take = Math.min(NEAR_REFS, ctx.config.feedEntries);
  return new NearCache<PersonId, NearPosts>(ctx, {
    max: AUTHORS_MAX,
    ttlMs: LISTS_TTL_MS,
    keyOf: ofPostsBy,
    load: async (ids) => {
      const lists = ids.map(async (id) => frontOf(await listGrid(ctx.db, id, take, null), take));
      const found = await Promise.all(lists);
      return new Map(ids.map((id, nth) => [id, found[nth] as NearPosts]));
    },
    changed: (change) => {
      const entry = { ...announcedPost(change), pinned: false };
      return (front) => withEntry(front, entry, take);
    },
  });
});

function frontOf(grid: readonly GridEntry[], take: number): NearPosts {
  const pins = grid.filter(({ pinned }) => pinned);
  const others = grid.slice(pins.length);
  const whole = others.length < take;
  return { refs: pins.length === 0 ? others : inTime(grid, whole, others), pins, others, whole };
}

/** What is pinned below all others is left out where more may stand between: the list has no gap. */
function inTime(grid: readonly GridEntry[], whole: boolean, others: readonly GridEntry[]) {
  const sorted = [...grid].sort((a, b) => compareIds(b.post_id, a.post_id));
  const end = whole ? undefined : others.at(-1);
  return end ? sorted.slice(0, sorted.indexOf(end) + 1) : sorted;
}

/** A post that was published, in its place; it may stand there already. */
function withEntry(front: NearPosts, entry: GridEntry, take: number): NearPosts {
  if (front.refs.some(({ post_id }) => post_id === entry.post_id)) return front;
  const last = front.others.at(-1);
  const isBelow = last !== undefined && compareIds(entry.post_id, last.post_id) < 0;
  // What comes back from the archive may be older than all that lies near.
  if (isBelow && !front.whole) return front;
  const others = [...front.others, entry].sort(newestFirst);
  const refs = [...front.refs, entry].sort(newestFirst);
  if (others.length <= take) return { ...front, refs, others };
  const cut = others.slice(0, take);
  const end = cut.at(-1) as GridEntry;
  return {
    ...front,
    refs: refs.filter(({ post_id }) => compareIds(post_id, end.post_id) >= 0),
    others: cut,
    whole: false,
  };
}

const newestFirst = (a: GridEntry, b: GridEntry) => compareIds(b.post_id, a.post_id);
