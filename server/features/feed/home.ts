import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Post } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import type { Page } from '../../kernel/cursor.ts';
import { fillPage, peekPage } from '../../kernel/fill-page.ts';
import { belongsInHome, maySeePost } from '../../kernel/visibility.ts';
import { peekTagsFollowedBy, tagsFollowedBy } from '../hashtags/near.ts';
import { privateAddresses } from '../media/private-address.ts';
import { SOMEBODY } from '../posts/gathered.ts';
import { type HydratedPost, hydrateEach, hydrateWith, peekEach } from '../posts/hydrate.ts';
import type { PostInList } from '../posts/store.ts';
import { homeView } from '../posts/view.ts';
import { hasAny, mayComeByHashtag } from './by-hashtag.ts';
import { readStretch } from './fronts.ts';
import type { Front } from './fronts-store.ts';
import { isHomeNear, peekSkeleton } from './skeleton.ts';
import { warmNext } from './warm.ts';

/** A page of the home feed, latest first, as it is sent. */
export async function homeFeed(
  ctx: Context,
  personId: PersonId,
  limit: number,
  before: PostId | null,
): Promise<Page<Post>> {
  const address = privateAddresses(ctx);
  const page =
    peekHomePage(ctx, personId, limit, before) ?? (await homePage(ctx, personId, limit, before));
  return { ...page, items: page.items.map((found) => homeView(found, personId, address)) };
}

/**
 * The posts of a page of the home feed, judged. Two waves of I/O where nothing is near: the ids, then
 * everything about them and the followed hashtags at once; then only judging. The page after it is brought
 * near for who has just come, or goes on reading; not each time that something new is on top.
 */
export async function homePage(
  ctx: Context,
  personId: PersonId,
  limit: number,
  before: PostId | null,
): Promise<Page<HydratedPost>> {
  const goesOn = before !== null || !isHomeNear(ctx, personId);
  let front: Front | null = null;
  const page = await fillPage<PostInList, HydratedPost>(
    { limit, before },
    {
      read: async (take, from) => {
        const stretch = await readStretch(ctx, personId, take, from as PostId | null);
        front = stretch.front;
        return stretch.refs;
      },
      idOf: ({ post_id }) => post_id,
      show: async (refs) => {
        if (front === null) return judgeForHome(ctx, personId, refs);
        const { facts, tags } = front;
        return judge(await hydrateWith(ctx, refs, personId, facts), tags);
      },
    },
  );
  if (goesOn) warmNext(ctx, personId, limit, page.pagination);
  return page;
}

/** What of these posts somebody is shown in their home feed, in the same order; null for what is not for it. */
export async function judgeForHome(
  ctx: Context,
  personId: PersonId,
  refs: readonly PostInList[],
): Promise<(HydratedPost | null)[]> {
  const [posts, followed] = await Promise.all([
    hydrateEach(ctx, refs, personId),
    tagsFollowedBy(ctx, personId),
  ]);
  return judge(posts, followed);
}

/** The same page without waiting; null when something of it is not near. */
export function peekHomePage(
  ctx: Context,
  personId: PersonId,
  limit: number,
  before: PostId | null,
): Page<HydratedPost> | null {
  const followed = peekTagsFollowedBy(ctx, personId);
  if (followed === undefined) return null;
  return peekPage(
    { limit, before },
    {
      read: (take, from) => peekSkeleton(ctx, personId, take, from as PostId | null),
      idOf: ({ post_id }: PostInList) => post_id,
      show: (refs) => {
        const posts = peekEach(ctx, refs, personId);
        return posts && judge(posts, followed);
      },
    },
  );
}

/** What of these posts is for the home of whoever they were hydrated for, in the same order. */
function judge(
  posts: readonly (HydratedPost | undefined)[],
  followed: ReadonlySet<string>,
): (HydratedPost | null)[] {
  return posts.map((found) => (found && isForHome(found, followed) ? found : null));
}

function isForHome(found: HydratedPost, followed: ReadonlySet<string>): boolean {
  const way = found.viewerId === SOMEBODY ? knownWayHome(found) : wayHome(found);
  return way === 'follow' || (way === 'hashtag' && hasAny(found.post.hashtags, followed));
}

/** How a post gets into a home: as what somebody follows, only by a hashtag that they follow, or not at all. */
type Way = 'follow' | 'hashtag' | null;

function wayHome(found: HydratedPost): Way {
  if (!maySeePost(found)) return null;
  if (belongsInHome(found, false)) return 'follow';
  return mayComeByHashtag(found) && belongsInHome(found, true) ? 'hashtag' : null;
}

/**
 * Of posts that many viewers share. What is judged of an object that never changes stays true of it: a
 * block, an edit, a follow makes another object.
 */
const ways = new WeakMap<HydratedPost, Way>();

function knownWayHome(found: HydratedPost): Way {
  let way = ways.get(found);
  if (way === undefined) {
    way = wayHome(found);
    ways.set(found, way);
  }
  return way;
}
