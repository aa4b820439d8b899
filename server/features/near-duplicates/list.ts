import type { MediaId, PersonId, PostId } from '../../../api/ids.ts';
import type { AlikePicture, NearDuplicate } from '../../../api/near-duplicates.ts';
import type { Context } from '../../context.ts';
import type { Page } from '../../kernel/cursor.ts';
import { fillPage } from '../../kernel/fill-page.ts';
import { mediaOfPosts } from '../media/hydrate.ts';
import { privateAddresses } from '../media/private-address.ts';
import { mediaView } from '../media/view.ts';
import { visibleAmong } from '../posts/read.ts';
import { listPairs, type PairRow } from './store.ts';

/** A page of pairs of somebody's own pictures that look alike, last found first. */
export async function nearDuplicates(
  ctx: Context,
  personId: PersonId,
  page: { readonly limit: number; readonly before: string | null },
): Promise<Page<NearDuplicate>> {
  return fillPage<PairRow, NearDuplicate>(page, {
    read: (take, before) => listPairs(ctx.db, personId, take, before),
    idOf: (pair) => pair.pair_id,
    show: (pairs) => showPairs(ctx, personId, pairs),
  });
}

async function showPairs(
  ctx: Context,
  personId: PersonId,
  pairs: readonly PairRow[],
): Promise<(NearDuplicate | null)[]> {
  const ids = [...new Set(pairs.flatMap(({ post_id, other_post_id }) => [post_id, other_post_id]))];
  const posts = await visibleAmong(ctx, ids, personId);
  const media = await mediaOfPosts(
    ctx.db,
    posts.map((post) => post.post_id),
  );
  const address = privateAddresses(ctx);
  const created = new Map(posts.map((post) => [post.post_id, post.created_at]));
  const picture = (postId: PostId, mediaId: MediaId): AlikePicture | null => {
    const all = media.get(postId) ?? [];
    const row = all.find((one) => one.media_id === mediaId);
    const at = created.get(postId);
    if (!row || !at) return null;
    return {
      post_id: postId,
      media: mediaView(row, address),
      media_count: all.length,
      created_at: at.toISOString(),
    };
  };
  return pairs.map((pair) => {
    const later = picture(pair.post_id, pair.media_id);
    const earlier = picture(pair.other_post_id, pair.other_media_id);
    if (!later || !earlier) return null;
    const { pair_id, exact, distance } = pair;
    return { pair_id, exact, distance, pictures: [later, earlier] };
  });
}
