import { ID_PATTERN } from '../../api/ids.ts';
import { PAGE_LIMIT_DEFAULT, type Pagination } from '../../api/page.ts';
import { Problem } from './problem.ts';

/** One page of a list, as handlers give it. */
export interface Page<Item> {
  readonly items: Item[];
  readonly pagination: Pagination;
}

const idPattern = new RegExp(ID_PATTERN);

/** A cursor is opaque to clients: the last id of the page, with a version to grow by. */
export function encodeCursor(lastId: string): string {
  return Buffer.from(`1:${lastId}`).toString('base64url');
}

/** The id after which the next page begins, or null for the first page. Throws `invalid_cursor`. */
export function decodeCursor<Id extends string>(cursor: string | undefined): Id | null {
  if (cursor === undefined) return null;
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const id = text.slice(2);
  if (!text.startsWith('1:') || !idPattern.test(id) || encodeCursor(id) !== cursor) {
    throw new Problem('invalid_cursor');
  }
  return id as Id;
}

/** What a list route was asked for. `take` is one more than the page, to know whether there is another. */
export function askedPage<Id extends string>(query: { cursor?: string; limit?: number }) {
  const limit = query.limit ?? PAGE_LIMIT_DEFAULT;
  return { before: decodeCursor<Id>(query.cursor), limit, take: limit + 1 };
}

/** Cuts `limit + 1` rows into a page; `idOf` gives the id that the list is ordered by. */
export function cutPage<Row>(rows: readonly Row[], limit: number, idOf: (row: Row) => string) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items,
    pagination: { next_cursor: more ? encodeCursor(idOf(last)) : null, has_more: more },
  };
}
