import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Post } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import type { Page } from '../../kernel/cursor.ts';
import { fillPage, peekPage } from '../../kernel/fill-page.ts';
import { maySeePost } from '../../kernel/visibility.ts';
import { meetContentOf, peekContentOf } from '../graph/relations.ts';
import { privateAddresses } from '../media/private-address.ts';
import { nearUsernames } from '../people/near.ts';
import { type GridEntry, listGrid, listTagged } from '../posts/author-store.ts';
import { isShown } from '../posts/grid.ts';
import { type HydratedPost, hydratePosts, peekPosts } from '../posts/hydrate.ts';
import { type NearPosts, nearPostsBy } from '../posts/near-lists.ts';
import { showPosts } from '../posts/read.ts';
import type { PostInList } from '../posts/store.ts';
import { postView } from '../posts/view.ts';
import { firstBelow } from './merge.ts';

/**
 * Above every id there is; ids come near it in July 2094 (api/ids.ts). The pins of a grid stand one
 * after the other below it, so that a cursor can stand among them.
 */
const ABOVE_ALL = 9_199_999_999_999_999_999n;
const PINS_ROOM = 100n;

/** What is asked of a grid: whose, by whom (null: a visitor), how many posts, below which cursor. */
export interface AskedGrid {
  readonly username: string;
  readonly viewerId: PersonId | null;
  readonly limit: number;
  readonly before: PostId | null;
}

/**
 * A page of one person's posts as it is sent: on top of the first one what they have pinned, then latest
 * first. Throws `user_not_found`, `account_private`.
 */
export async function profileFeed(ctx: Context, asked: AskedGrid): Promise<Page<Post>> {
  const address = privateAddresses(ctx);
  const page = peekProfilePage(ctx, asked) ?? (await profilePage(ctx, asked));
  return { ...page, items: page.items.map((found) => postView(found, asked.viewerId, address)) };
}

/** The posts of that page, judged. */
export async function profilePage(ctx: Context, asked: AskedGrid): Promise<Page<HydratedPost>> {
  const { username, viewerId } = asked;
  const [{ person }] = await Promise.all([
    meetContentOf(ctx, username, viewerId),
    bringNear(ctx, asked),
  ]);
  const authorId = person.person_id;
  return fillPage<Placed, HydratedPost>(asked, {
    read: async (take, last) => {
      const list = await nearPostsBy(ctx).get(authorId);
      const found = list && cutGrid(list, take, last);
      return found ?? belowPins(await listGrid(ctx.db, authorId, take, othersBelow(last)), last);
    },
    idOf: placeOf,
    show: async (entries) => judge(entries, await hydratePosts(ctx, entries, viewerId)),
  });
}

/** The same page without waiting; null when something of it is not near, or there is none for this viewer. */
export function peekProfilePage(ctx: Context, asked: AskedGrid): Page<HydratedPost> | null {
  const { username, viewerId } = asked;
  const met = peekContentOf(ctx, username, viewerId);
  const list = met && nearPostsBy(ctx).peek(met.person.person_id);
  if (!list) return null;
  return peekPage<Placed, HydratedPost>(asked, {
    read: (take, last) => cutGrid(list, take, last),
    idOf: placeOf,
    show: (entries) => {
      const posts = peekPosts(ctx, entries, viewerId);
      return posts && judge(entries, posts);
    },
  });
}

/**
 * Everything about the first posts of the page comes beside the question whether this viewer may see them
 * at all, and not after it. Only where it stays until that is answered.
 */
async function bringNear(ctx: Context, { username, viewerId, limit, before }: AskedGrid) {
  const holder = nearUsernames(ctx).peek(username.toLowerCase());
  if (!holder || !ctx.config.nearViewers || !ctx.db.hearsTouches) return;
  const list = await nearPostsBy(ctx).get(holder.person_id);
  const entries = list && cutGrid(list, limit, before);
  if (entries) await hydratePosts(ctx, entries.slice(0, limit), viewerId);
}

/** An entry of a grid; of a pin where it stands for cursors, which is not where its id is. */
interface Placed extends GridEntry {
  readonly place?: string;
}

const placeOf = ({ place, post_id }: Placed) => place ?? post_id;

/** A page of a grid below a cursor, of what is near; null when that is not enough. */
function cutGrid(list: NearPosts, take: number, last: string | null): readonly Placed[] | null {
  const before = othersBelow(last);
  const from = before === null ? 0 : firstBelow(list.others, before);
  const others = list.others.slice(from, from + take);
  if (others.length < take && !list.whole) return null;
  if (before !== null || list.pins.length === 0) return others;
  return belowPins([...list.pins, ...others], last);
}

/** Where the others begin; null: at the top, because the cursor stands among the pins or there is none. */
const othersBelow = (last: string | null) =>
  pinsAbove(last) === null ? (last as PostId | null) : null;

/** What stands below the cursor, of a grid from its top or from past the pins. */
function belowPins(entries: readonly GridEntry[], last: string | null): Placed[] {
  const placed = entries.map((entry, nth) =>
    entry.pinned ? { ...entry, place: String(ABOVE_ALL - BigInt(nth + 1)) } : entry,
  );
  return placed.slice(pinsAbove(last) ?? 0);
}

/** How many pins a cursor stands below; null when it is past them all. */
function pinsAbove(before: string | null): number | null {
  if (before === null) return 0;
  const below = ABOVE_ALL - BigInt(before);
  return below < PINS_ROOM ? Number(below) : null;
}

/** What of these posts their viewer is shown, in the same order; null for what is not for them. */
function judge(
  entries: readonly GridEntry[],
  posts: ReadonlyMap<PostId, HydratedPost>,
): (HydratedPost | null)[] {
  return entries.map(({ post_id, pinned }) => {
    const found = posts.get(post_id);
    // An entry may have been announced late, when it had been taken away already: see decision 17.
    if (!found || !maySeePost(found) || !isShown(found.post)) return null;
    return pinned ? { ...found, pinned } : found;
  });
}

/** A page of the posts that somebody is tagged in. */
export async function taggedFeed(
  ctx: Context,
  personId: PersonId,
  viewerId: PersonId | null,
  limit: number,
  before: PostId | null,
): Promise<Page<Post>> {
  return fillPage(
    { limit, before },
    {
      read: (take, last) => listTagged(ctx.db, personId, take, last as PostId | null),
      idOf: ({ post_id }) => post_id,
      show: (refs) => showAligned(ctx, refs, viewerId),
    },
  );
}

async function showAligned(ctx: Context, refs: readonly PostInList[], viewerId: PersonId | null) {
  const posts = new Map((await showPosts(ctx, refs, viewerId)).map((post) => [post.post_id, post]));
  return refs.map(({ post_id }) => posts.get(post_id) ?? null);
}
