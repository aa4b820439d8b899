import { compareIds } from '../../kernel/ids.ts';
import type { PostInList } from '../posts/store.ts';

/** Posts newest first. */
export interface Stretch {
  readonly refs: readonly PostInList[];
  /** There are no more below. */
  readonly whole: boolean;
}

/** The part of a feed that is asked for: below `before` (null: from the top), down to `from`. */
export interface Span {
  readonly take: number;
  readonly before: string | null;
  readonly from: string;
}

export interface Merged {
  /** The newest of all stretches in the span, each once. */
  readonly refs: readonly PostInList[];
  /** Which stretches end before the page does, so that something may be missing: places in `others`, -1 for the main one. */
  readonly short: readonly number[];
}

const NONE: readonly number[] = [];

/**
 * Merges the lists of pulled authors into what was pushed. A list that has nothing in the page costs
 * one comparison of ids.
 */
export function mergeNewest(main: Stretch, others: readonly Stretch[], span: Span): Merged {
  const { take, before, from } = span;
  const start = before === null ? 0 : firstBelow(main.refs, before);
  const end = Math.min(start + take, main.refs.length);
  const full = end - start === take;
  const lowest = full ? (main.refs[end - 1]?.post_id ?? from) : from;
  let found: PostInList[] | undefined;
  for (const other of others) found = collect(other.refs, before, lowest, found);
  let refs: readonly PostInList[] = main.refs.slice(start, end);
  if (found) refs = newestOnce([...refs, ...found], take);
  const floor = refs.length === take ? (refs.at(-1)?.post_id ?? from) : from;
  return { refs, short: endingAbove(floor, main, others) };
}

function collect(
  refs: readonly PostInList[],
  before: string | null,
  lowest: string,
  into: PostInList[] | undefined,
): PostInList[] | undefined {
  const newest = refs[0];
  if (newest === undefined || compareIds(newest.post_id, lowest) < 0) return into;
  let found = into;
  for (let at = before === null ? 0 : firstBelow(refs, before); at < refs.length; at += 1) {
    const ref = refs[at] as PostInList;
    if (compareIds(ref.post_id, lowest) < 0) break;
    found ??= [];
    found.push(ref);
  }
  return found;
}

function endingAbove(floor: string, main: Stretch, others: readonly Stretch[]): readonly number[] {
  let short: number[] | undefined;
  for (let at = -1; at < others.length; at += 1) {
    const { refs, whole } = (at < 0 ? main : others[at]) as Stretch;
    if (whole) continue;
    const oldest = refs[refs.length - 1];
    if (oldest !== undefined && compareIds(oldest.post_id, floor) <= 0) continue;
    short ??= [];
    short.push(at);
  }
  return short ?? NONE;
}

/** The newest `take`, each once, in order. */
export function newestOnce(refs: PostInList[], take: number): PostInList[] {
  refs.sort((a, b) => compareIds(b.post_id, a.post_id));
  const once: PostInList[] = [];
  for (const ref of refs) {
    if (once[once.length - 1]?.post_id === ref.post_id) continue;
    if (once.push(ref) === take) break;
  }
  return once;
}

/**
 * The stretch with a post where it belongs, of at most `take`; the same object when it is there already,
 * or lies below of what the stretch knows.
 */
export function withPost<Known extends Stretch>(
  stretch: Known,
  post: PostInList,
  take: number,
): Known {
  const { refs, whole } = stretch;
  const at = firstBelow(refs, post.post_id);
  const isThere = refs[at - 1]?.post_id === post.post_id;
  if (isThere || (at === refs.length && !whole)) return stretch;
  const more = [...refs.slice(0, at), post, ...refs.slice(at, take - 1)];
  return { ...stretch, refs: more, whole: whole && more.length < take };
}

/** How many posts stand below `before`. */
export function countBelow(refs: readonly PostInList[], before: string | null): number {
  return before === null ? refs.length : refs.length - firstBelow(refs, before);
}

/** Where the first post below `before` stands. */
export function firstBelow(refs: readonly PostInList[], before: string): number {
  let low = 0;
  let high = refs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareIds((refs[middle] as PostInList).post_id, before) < 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
