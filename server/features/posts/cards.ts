import type { PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { NearCache, perContext } from '../../kernel/near-cache.ts';
import { ofCounts, ofPost } from '../../kernel/touch-keys.ts';
import { mediaOfPosts } from '../media/hydrate.ts';
import type { MediaRow } from '../media/store.ts';
import { type Counts, readCounts } from './counts-store.ts';
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
        const [posts, media] = await Promise.all([
          findPosts(ctx.db, ids),
          mediaOfPosts(ctx.db, ids),
        ]);
        return new Map(
          posts.map((post) => [post.post_id, { post, media: media.get(post.post_id) ?? NO_MEDIA }]),
        );
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
      load: (ids) => readCounts(ctx.db, ids),
    }),
);

/** Those of these posts that exist, in the same order: what lists of ids are read with. */
export async function nearPosts(ctx: Context, ids: readonly PostId[]): Promise<PostRow[]> {
  const cards = await nearCards(ctx).getMany(ids);
  return ids.flatMap((id) => cards.get(id)?.post ?? []);
}
