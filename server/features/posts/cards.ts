import type { PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { FreshValues } from '../../kernel/fresh-values.ts';
import { NearCache, perContext } from '../../kernel/near-cache.ts';
import { ofCounts, ofPost } from '../../kernel/touch-keys.ts';
import { mediaOfPosts } from '../media/hydrate.ts';
import type { MediaRow } from '../media/store.ts';
import { type Counts, NO_COUNTS, readCounts } from './counts-store.ts';
import { findPosts, type PostRow } from './store.ts';

/** All of a post that is the same for everyone and changes seldom. */
export interface PostCard {
  readonly post: PostRow;
  readonly media: readonly MediaRow[];
}

/** About 4 KB each, with what is made of it. */
const CARDS_MAX = 20_000;
const CARDS_TTL_MS = 15 * 60 * 1000;
const COUNTS_MAX = 100_000;
const COUNTS_TTL_MS = 15 * 60 * 1000;

const NO_MEDIA: readonly MediaRow[] = [];

/** Posts, whatever their state: what may be seen of them is judged at each read. */
export const nearCards = perContext(
  (ctx) =>
    new NearCache<PostId, PostCard>(ctx, {
      max: CARDS_MAX,
      ttlMs: CARDS_TTL_MS,
      keyOf: ofPost,
      shared: 'cards-1',
      load: async (ids) => {
        const cards = fresh(ctx).cards.take(ids);
        const missing = ids.filter((id) => !cards.has(id));
        const [posts, media] = await Promise.all([
          findPosts(ctx.db, missing),
          mediaOfPosts(ctx.db, missing),
        ]);
        for (const post of posts) {
          cards.set(post.post_id, { post, media: media.get(post.post_id) ?? NO_MEDIA });
        }
        return cards;
      },
    }),
);

/** How often posts are liked, talked about and reposted. */
export const nearCounts = perContext(
  (ctx) =>
    new NearCache<PostId, Counts>(ctx, {
      max: COUNTS_MAX,
      ttlMs: COUNTS_TTL_MS,
      keyOf: ofCounts,
      load: async (ids) => {
        const counts = fresh(ctx).counts.take(ids);
        const missing = ids.filter((id) => !counts.has(id));
        for (const [id, read] of await readCounts(ctx.db, missing)) counts.set(id, read);
        return counts;
      },
    }),
);

const fresh = perContext((ctx) => ({
  cards: new FreshValues<PostId, PostCard>(ctx, ofPost),
  counts: new FreshValues<PostId, Counts>(ctx, ofCounts),
}));

/**
 * Runs `write`, which writes a post without pictures as it gives it; who reads it next in this process
 * needs no statement for it.
 */
export async function keepingFresh(
  ctx: Context,
  postId: PostId,
  write: () => Promise<PostRow>,
): Promise<PostRow> {
  const { cards, counts } = fresh(ctx);
  cards.expect(postId);
  counts.expect(postId);
  try {
    const post = await write();
    cards.arrive(postId, { post, media: NO_MEDIA });
    counts.arrive(postId, NO_COUNTS);
    return post;
  } catch (error) {
    cards.forget(postId);
    counts.forget(postId);
    throw error;
  }
}

/** Those of these posts that exist, in the same order: what lists of ids are read with. */
export async function nearPosts(ctx: Context, ids: readonly PostId[]): Promise<PostRow[]> {
  const cards = await nearCards(ctx).getMany(ids);
  return ids.flatMap((id) => cards.get(id)?.post ?? []);
}
