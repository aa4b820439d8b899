import type { PersonId } from '../../../api/ids.ts';
import { composeId } from '../../kernel/ids.ts';
import type { Queryable } from '../../ports/db/db.ts';
import { followeeBatch } from '../graph/store.ts';
import { listPostsByAuthors, type PostInList } from '../posts/store.ts';
import { listUnderHashtags } from '../topics/store.ts';
import { followedTags } from './by-hashtag.ts';
import { newestOnce, type Span } from './merge.ts';

/** Whose lists, and which hashtags, a stretch of a feed is made of. */
export interface Sources {
  readonly authors: readonly PersonId[];
  readonly tags: readonly string[];
}

/** Authors whose lists one statement looks at. */
const AUTHORS_AT_ONCE = 1000;
/** The first window that is looked at: a day, as ids count it (kernel/ids.ts). */
const FIRST_WINDOW = BigInt(24 * 3600 * 1000) << 22n;
/** Each window that did not fill the page is followed by one so many times as wide. */
const WIDER = 4n;
/** Above every id there can be. */
const TOP = 9_223_372_036_854_775_807n;

/** Everybody and everything that somebody follows, and themselves. */
export async function sourcesOf(q: Queryable, personId: PersonId): Promise<Sources> {
  const [authors, tags] = await Promise.all([followeesOf(q, personId), followedTags(q, personId)]);
  return { authors: [personId, ...authors], tags: [...tags] };
}

async function followeesOf(q: Queryable, personId: PersonId): Promise<PersonId[]> {
  const all: PersonId[] = [];
  for (let after: PersonId | '0' = '0'; ; ) {
    const some: PersonId[] = await followeeBatch(q, personId, after, AUTHORS_AT_ONCE);
    all.push(...some);
    if (some.length < AUTHORS_AT_ONCE) return all;
    after = some.at(-1) as PersonId;
  }
}

/**
 * The newest posts of all sources in a span, from the lists of the authors and the index of hashtags: in
 * windows of ids that grow until the page is full, so that each statement looks at little. `now`: in
 * milliseconds since 1970, where the first window begins that is bounded by nothing else.
 */
export async function pullNewest(
  q: Queryable,
  sources: Sources,
  span: Span,
  now: number,
): Promise<PostInList[]> {
  const bottom = BigInt(span.from);
  let before = span.before === null ? TOP : BigInt(span.before);
  const newest = BigInt(composeId(now, 0, 0));
  let low = (before > newest ? newest : before) - FIRST_WINDOW;
  const page: PostInList[] = [];
  for (let width = FIRST_WINDOW; before > bottom && page.length < span.take; ) {
    if (low < bottom) low = bottom;
    const take = span.take - page.length;
    page.push(...(await pullWindow(q, sources, { take, before: `${before}`, from: `${low}` })));
    before = low;
    width *= WIDER;
    low = before - width;
  }
  return page;
}

interface Window {
  readonly take: number;
  readonly before: string;
  readonly from: string;
}

async function pullWindow(
  q: Queryable,
  { authors, tags }: Sources,
  window: Window,
): Promise<PostInList[]> {
  const [found, byTag] = await Promise.all([
    pullAuthors(q, authors, window),
    listUnderHashtags(q, tags, window),
  ]);
  if (byTag.length === 0) return found;
  const refs = byTag.map((ref) => ({ ...ref, repost_of: null, repost_author_id: null }));
  return newestOnce([...found, ...refs], window.take);
}

async function pullAuthors(
  q: Queryable,
  authors: readonly PersonId[],
  { take, before, from: bottom }: Window,
): Promise<PostInList[]> {
  let from = bottom;
  let found: PostInList[] = [];
  for (let start = 0; start < authors.length; start += AUTHORS_AT_ONCE) {
    const some = authors.slice(start, start + AUTHORS_AT_ONCE);
    const more = await listPostsByAuthors(q, some, { take, before, from });
    found = newestOnce([...found, ...more], take);
    // Below the last of a full page nobody needs to look.
    if (found.length === take) from = (found.at(-1) as PostInList).post_id;
  }
  return found;
}
