import type { PostId } from '../../../api/ids.ts';
import type { Queryable } from '../../ports/db/db.ts';
import { findMedia, type MediaRow } from './store.ts';

/** The pictures of each post, in the order in which they are shown; posts without any are not in the map. */
export async function mediaOfPosts(
  q: Queryable,
  postIds: readonly PostId[],
): Promise<Map<PostId, MediaRow[]>> {
  if (postIds.length === 0) return new Map();
  return Map.groupBy(await findMedia(q, postIds), (row) => row.post_id);
}
