import { encodeCursor, type Page } from './cursor.ts';

/** How often a page is filled up again when the rules have thinned it out, before it goes out short. */
const REFILLS_MAX = 5;
/** A page that had to be filled up reads at least so many rows at once. */
const REFILL_ROWS = 100;

/** Where the rows of a list come from, newest id first, and what becomes of them. */
export interface ListOf<Row, Item> {
  readonly read: (take: number, before: string | null) => Promise<readonly Row[]>;
  readonly idOf: (row: Row) => string;
  /** What the viewer is shown for each row, in the same order; null for what is not for them. */
  readonly show: (rows: readonly Row[]) => Promise<readonly (Item | null)[]>;
  /** From what `idOf` gives to a cursor, where it is no id. */
  readonly encode?: (place: string) => string;
}

/**
 * A page of a list of which the viewer may not see everything. The cursor is the last row that was
 * looked at, so that nothing is lost or doubled while others write, and what is hidden leaves no gap.
 */
export async function fillPage<Row, Item>(
  { limit, before }: { readonly limit: number; readonly before: string | null },
  list: ListOf<Row, Item>,
): Promise<Page<Item>> {
  const items: Item[] = [];
  let cursor = before;
  let more = true;
  for (let round = 0; round <= REFILLS_MAX && more && items.length < limit; round += 1) {
    const stretch = round === 0 ? limit : Math.max(limit, REFILL_ROWS);
    const found = await list.read(stretch + 1, cursor);
    more = found.length > stretch;
    const rows = found.slice(0, stretch);
    const shown = await list.show(rows);
    for (const [index, row] of rows.entries()) {
      if (items.length === limit) {
        more = true;
        break;
      }
      cursor = list.idOf(row);
      const item = shown[index];
      if (item != null) items.push(item);
    }
  }
  const { encode = encodeCursor } = list;
  const next = more && cursor !== null ? encode(cursor) : null;
  return { items, pagination: { next_cursor: next, has_more: next !== null } };
}
