import type { Marks } from '../marks/store.ts';

/** Whether somebody has come across a post before, as far as we know: then it is not recommended any more. */
export function isKnown(marks: Marks): boolean {
  return Object.values(marks).some(Boolean);
}
