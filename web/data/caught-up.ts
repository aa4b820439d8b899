import type { Post } from '../../api/posts.ts';
import type { FeedOrder } from '../../api/ranking.ts';

/** Posts in a row at the end that were all seen before, from which on a ranked feed counts as read. */
const ENOUGH = 6;

/**
 * What was said of each post when it came into the list: seen on an earlier visit or not; nothing of
 * one's own. Not what is true now: the mark must not follow the reader.
 */
const told: Readonly<Record<FeedOrder, Map<string, boolean>>> = {
  latest: new Map(),
  ranked: new Map(),
};

/** Takes in posts of an answer; what was said of one before stays. */
export function tellSeen(order: FeedOrder, posts: readonly Post[]): void {
  const known = told[order];
  for (const { post_id, viewer } of posts) {
    if (!viewer.is_author && !known.has(post_id)) known.set(post_id, viewer.seen);
  }
}

/** A new visit: what is told from now on decides. */
export function forgetSeen(order: FeedOrder): void {
  told[order].clear();
}

/** Ids of those that were seen before, to keep over a reload. */
export function seenBefore(order: FeedOrder): string[] {
  return [...told[order]].flatMap(([id, seen]) => (seen ? [id] : []));
}

/** The post above which all is new, or null: there is none, or it has not come yet. */
export function caughtUpAt(
  order: FeedOrder,
  ids: readonly string[],
  ended: boolean,
): string | null {
  const seen = (id: string | undefined) => id !== undefined && told[order].get(id) === true;
  if (order === 'latest') return ids.find(seen) ?? null;
  // Seen posts sink among the others, so that only an unbroken row of them is an end.
  const from = ids.findLastIndex((id) => told.ranked.get(id) === false) + 1;
  const first = ids.slice(from).find(seen);
  if (first === undefined) return null;
  return ended || ids.length - ids.indexOf(first) >= ENOUGH ? first : null;
}
