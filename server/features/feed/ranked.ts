import { ID_PATTERN, type PersonId, type PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { decodeCursor, encodeCursor, type Page } from '../../kernel/cursor.ts';
import { fillPage } from '../../kernel/fill-page.ts';
import { compareIds } from '../../kernel/ids.ts';
import { Problem } from '../../kernel/problem.ts';
import type { HydratedPost } from '../posts/hydrate.ts';
import type { PostInList } from '../posts/store.ts';
import { findVersion, presentVersion } from '../ranking/ranked-feeds.ts';
import type { RankedFeed } from '../ranking/ranked-store.ts';
import { homePage, judgeForHome } from './home.ts';
import { readSkeleton } from './skeleton.ts';

/** Where a reader is in a ranked feed: the version that they began with and the place of the last post. */
export interface RankedPlace {
  readonly version: string;
  /** From 0. */
  readonly place: number;
}

/** The first figure tells it from the cursors of other lists. */
const FORM = new RegExp(`^3:(${ID_PATTERN.slice(1, -1)}):(0|[1-9][0-9]{0,3})$`);

const encodeRankedPlace = ({ version, place }: RankedPlace) =>
  Buffer.from(`3:${version}:${place}`).toString('base64url');

/** Null for a cursor of another form. */
export function decodeRankedPlace(cursor: string): RankedPlace | null {
  const found = FORM.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  const version = found?.[1];
  if (version === undefined) return null;
  const place = { version, place: Number(found?.at(-1)) };
  return encodeRankedPlace(place) === cursor ? place : null;
}

/** A post and the cursor that goes on below it. */
interface Placed extends PostInList {
  readonly cursor: string;
}

/**
 * A page of the home feed in the order that the reader chose, judged. All pages come from the version of the first
 * one, so nothing moves under them; below its last post they go on in the order of time, with the cursors
 * of that. Judged at read, as everywhere. Where no version can be
 * kept, it is the page of the order of time. Throws `invalid_cursor` when the version has been forgotten:
 * after a week, or after three others.
 */
export async function rankedPage(
  ctx: Context,
  personId: PersonId,
  limit: number,
  after: RankedPlace | null,
): Promise<Page<HydratedPost>> {
  const newest = (take: number, before: PostId | null) => readSkeleton(ctx, personId, take, before);
  const feed = after
    ? await findVersion(ctx, personId, after.version)
    : await presentVersion(ctx, personId, (take) => newest(take, null));
  if (!feed && !after) return homePage(ctx, personId, limit, null);
  if (!feed || (after && after.place >= feed.posts.length)) throw new Problem('invalid_cursor');
  const read = async (take: number, below: string | null): Promise<Placed[]> => {
    const place = below === null ? -1 : decodeRankedPlace(below)?.place;
    const ranked = place === undefined ? [] : rankedFrom(feed, place + 1, take);
    const before = place === undefined ? decodeCursor<PostId>(below ?? '') : floorOf(feed);
    if (ranked.length === take || before === null) return ranked;
    const older = await newest(take - ranked.length, before);
    return [...ranked, ...older.map((ref) => ({ ...ref, cursor: encodeCursor(ref.post_id) }))];
  };
  return fillPage(
    { limit, before: after && encodeRankedPlace(after) },
    {
      read,
      idOf: ({ cursor }) => cursor,
      show: (refs) => judgeForHome(ctx, personId, refs),
      encode: (cursor) => cursor,
    },
  );
}

const rankedFrom = ({ version, posts }: RankedFeed, start: number, take: number): Placed[] =>
  posts.slice(start, start + take).map((ref, index) => ({
    ...ref,
    cursor: encodeRankedPlace({ version, place: start + index }),
  }));

/** The oldest of the posts that were ranked: what is older was not among them. Null where there are none. */
function floorOf({ posts }: RankedFeed): PostId | null {
  const [first, ...others] = posts.map(({ post_id }) => post_id);
  if (first === undefined) return null;
  return others.reduce((oldest, id) => (compareIds(id, oldest) < 0 ? id : oldest), first);
}
