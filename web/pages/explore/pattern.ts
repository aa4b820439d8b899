/**
 * The grid goes round every twelve cells in three columns: a large one with two beside it, a row of
 * three, a large one at the other side between two, a row of three. Large cells take two by two.
 */
const ROUND = 12;
const LARGE_FIRST = 0;
const LARGE_SECOND = 7;

/** Whether the cell at `index` of `count` is large; not where the cells beside it are missing. */
export function isLarge(index: number, count: number): boolean {
  const at = index % ROUND;
  if (at === LARGE_FIRST) return index + 2 < count;
  return at === LARGE_SECOND && index + 1 < count;
}
