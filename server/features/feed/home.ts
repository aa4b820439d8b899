import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Post } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import type { Page } from '../../kernel/cursor.ts';
import { fillPage, peekPage } from '../../kernel/fill-page.ts';
import { belongsInHome, maySeePost } from '../../kernel/visibility.ts';
import { peekTagsFollowedBy, tagsFollowedBy } from '../hashtags/near.ts';
import { privateAddresses } from '../media/private-address.ts';
import { type HydratedPost, hydratePosts, peekPosts } from '../posts/hydrate.ts';
import type { PostInList } from '../posts/store.ts';
import { homeView } from '../posts/view.ts';
import { comesByHashtag } from './by-hashtag.ts';
import { isHomeNear, peekSkeleton, readSkeleton } from './skeleton.ts';
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
  const page = await fillPage<PostInList, HydratedPost>(
    { limit, before },
    {
      read: (take, from) => readSkeleton(ctx, personId, take, from as PostId | null),
      idOf: ({ post_id }) => post_id,
      show: (refs) => judgeForHome(ctx, personId, refs),
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
    hydratePosts(ctx, refs, personId),
    tagsFollowedBy(ctx, personId),
  ]);
  return judge(refs, posts, followed);
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
        const posts = peekPosts(ctx, refs, personId);
        return posts && judge(refs, posts, followed);
      },
    },
  );
}

/** What of these posts is for the home of whoever they were hydrated for, in the same order. */
function judge(
  refs: readonly PostInList[],
  posts: ReadonlyMap<PostId, HydratedPost>,
  followed: ReadonlySet<string>,
): (HydratedPost | null)[] {
  return refs.map(({ post_id }) => {
    const found = posts.get(post_id);
    if (!found || !maySeePost(found)) return null;
    return belongsInHome(found, comesByHashtag(found, followed)) ? found : null;
  });
}
