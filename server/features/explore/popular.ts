import type { PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { compareIds } from '../../kernel/ids.ts';
import { isOpenToAll } from '../../kernel/visibility.ts';
import { hydratePeople } from '../people/hydrate.ts';
import { resonanceOf } from '../posts/counts-store.ts';
import { findPosts, newestPosts } from '../posts/store.ts';
import { scoreOf } from '../topics/rank.ts';
import { type PopularPosts, readPopularPosts, savePopularPosts } from './store.ts';

/** The job that finds them anew; no payload. */
export const FIND_POPULAR_POSTS = 'find_popular_posts';
/** So many of the newest posts are looked at, beside those that were popular the last time. */
const NEWEST_MAX = 3_000;
const KEPT_MAX = 400;
/** Nobody fills the list alone. */
const PER_AUTHOR_MAX = 5;
/** So many are looked at in one go. */
const BATCH = 500;
const FRESH_MS = 10 * 60 * 1000;

/**
 * The posts of the whole server that are liked and talked about most of late, best first, as the job last
 * found them: at once when it never ran, and again soon when that is a while ago.
 */
export async function popularPosts(ctx: Context): Promise<readonly PostId[]> {
  const kept = await readPopularPosts(ctx.db);
  if (!kept) return (await findPopularPosts(ctx)).postIds;
  if (ctx.clock.millis() - kept.computedAt.getTime() > FRESH_MS) {
    await ctx.jobs.add(ctx.db, { task: FIND_POPULAR_POSTS, key: FIND_POPULAR_POSTS, payload: {} });
  }
  return kept.postIds;
}

/**
 * The job. Fame fades as in the pages of hashtags (`topics/rank.ts`); what was popular stays among the
 * candidates until newer posts have overtaken it, so each run looks at a bounded number of posts.
 */
export async function findPopularPosts(ctx: Context): Promise<PopularPosts> {
  const { db, clock } = ctx;
  const [newest, before] = await Promise.all([newestPosts(db, NEWEST_MAX), readPopularPosts(db)]);
  const ids = [...new Set([...newest, ...(before?.postIds ?? [])])];
  const at = clock.now();
  const scored: { id: PostId; author: string; score: number }[] = [];
  for (let start = 0; start < ids.length; start += BATCH) {
    const some = ids.slice(start, start + BATCH);
    const [posts, counts] = await Promise.all([findPosts(db, some), resonanceOf(db, some, at)]);
    const people = await hydratePeople(
      db,
      posts.map((post) => post.author_id),
    );
    const authors = new Map(
      posts.flatMap((post) => {
        const author = people.get(post.author_id);
        const isOpen = author && post.repost_of === null && isOpenToAll(post, author);
        return isOpen ? [[post.post_id, post.author_id] as const] : [];
      }),
    );
    for (const one of counts) {
      const author = authors.get(one.post_id);
      if (author) scored.push({ id: one.post_id, author, score: scoreOf(one, at.getTime()) });
    }
  }
  const postIds = best(scored);
  await savePopularPosts(db, postIds, at);
  return { postIds, computedAt: at };
}

function best(scored: { id: PostId; author: string; score: number }[]): PostId[] {
  const taken = new Map<string, number>();
  return scored
    .sort((a, b) => b.score - a.score || compareIds(b.id, a.id))
    .filter(({ author }) => {
      const nth = (taken.get(author) ?? 0) + 1;
      taken.set(author, nth);
      return nth <= PER_AUTHOR_MAX;
    })
    .slice(0, KEPT_MAX)
    .map(({ id }) => id);
}
