let last = 0;

/** A new id for an element, to tie labels and descriptions to it. */
export function newElementId(prefix: string): string {
  last += 1;
  return `${prefix}-${last}`;
}
