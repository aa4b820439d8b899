import type { Comment } from '../../../api/comments.ts';
import type { CommentId } from '../../../api/ids.ts';
import type { CommentRow } from './store.ts';

/** A read of one page gives up after so many looks and hands out what it has, and a cursor. */
const LOOKS_MAX = 5;

interface Source {
  /** Comments of a page; none is allowed, to learn whether there is one at all. */
  readonly limit: number;
  /** Rows come after this one. */
  readonly from: CommentId | null;
  readonly load: (from: CommentId | null, take: number) => Promise<readonly CommentRow[]>;
  /** Rows → comments in the same order; null for what this viewer is not shown. */
  readonly judge: (rows: readonly CommentRow[]) => Promise<readonly (Comment | null)[]>;
}

export interface Filled {
  readonly items: Comment[];
  /** Where the next page begins. */
  readonly at: CommentId | null;
  /** Whether there may be one. */
  readonly more: boolean;
}

/**
 * A page of what a viewer may see: loads on where rules took rows out, so that a page is short only at
 * the end, or after `LOOKS_MAX` looks.
 */
export async function fillPage({ limit, from, load, judge }: Source): Promise<Filled> {
  const take = limit + 1;
  const shown: Comment[] = [];
  let at = from;
  for (let look = 1; look <= LOOKS_MAX; look += 1) {
    const rows = await load(at, take);
    shown.push(...(await judge(rows)).filter((comment) => comment !== null));
    if (shown.length > limit) {
      const items = shown.slice(0, limit);
      return { items, at: items.at(-1)?.comment_id ?? from, more: true };
    }
    at = rows.at(-1)?.comment_id ?? at;
    if (rows.length < take) return { items: shown, at, more: false };
  }
  return { items: shown, at, more: true };
}
