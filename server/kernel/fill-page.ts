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

/** The same of what is near: null where that is not enough. */
export interface NearListOf<Row, Item> {
  readonly read: (take: number, before: string | null) => readonly Row[] | null;
  readonly idOf: (row: Row) => string;
  readonly show: (rows: readonly Row[]) => readonly (Item | null)[] | null;
}

/**
 * A page of a list of which the viewer may not see everything. The cursor is the last row that was
 * looked at, so that nothing is lost or doubled while others write, and what is hidden leaves no gap.
 */
export async function fillPage<Row, Item>(
  wish: Wish,
  list: ListOf<Row, Item>,
): Promise<Page<Item>> {
  const filling = new Filling<Row, Item>(wish, list.idOf);
  while (filling.isHungry) {
    const rows = filling.take(await list.read(filling.stretch + 1, filling.cursor));
    filling.add(rows, await list.show(rows));
  }
  return filling.page(list.encode);
}

/** The same without waiting; null when something is not near. */
export function peekPage<Row, Item>(wish: Wish, list: NearListOf<Row, Item>): Page<Item> | null {
  const filling = new Filling<Row, Item>(wish, list.idOf);
  while (filling.isHungry) {
    const found = list.read(filling.stretch + 1, filling.cursor);
    const rows = found && filling.take(found);
    const shown = rows && list.show(rows);
    if (!rows || !shown) return null;
    filling.add(rows, shown);
  }
  return filling.page();
}

interface Wish {
  readonly limit: number;
  readonly before: string | null;
}

/** A page that is being filled, stretch by stretch. */
class Filling<Row, Item> {
  cursor: string | null;
  readonly #limit: number;
  readonly #idOf: (row: Row) => string;
  readonly #items: Item[] = [];
  #more = true;
  #rounds = 0;

  constructor({ limit, before }: Wish, idOf: (row: Row) => string) {
    this.cursor = before;
    this.#limit = limit;
    this.#idOf = idOf;
  }

  get isHungry(): boolean {
    return this.#rounds <= REFILLS_MAX && this.#more && this.#items.length < this.#limit;
  }

  /** How many rows are looked at next; one more is read, to know whether there are more. */
  get stretch(): number {
    return this.#rounds === 0 ? this.#limit : Math.max(this.#limit, REFILL_ROWS);
  }

  take(found: readonly Row[]): readonly Row[] {
    this.#more = found.length > this.stretch;
    return this.#more ? found.slice(0, this.stretch) : found;
  }

  add(rows: readonly Row[], shown: readonly (Item | null)[]): void {
    this.#rounds += 1;
    for (const [index, row] of rows.entries()) {
      if (this.#items.length === this.#limit) {
        this.#more = true;
        return;
      }
      this.cursor = this.#idOf(row);
      const item = shown[index];
      if (item != null) this.#items.push(item);
    }
  }

  page(encode: (place: string) => string = encodeCursor): Page<Item> {
    const next = this.#more && this.cursor !== null ? encode(this.cursor) : null;
    return { items: this.#items, pagination: { next_cursor: next, has_more: next !== null } };
  }
}
