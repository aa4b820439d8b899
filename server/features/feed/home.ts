import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Post } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import { encodeCursor, type Page } from '../../kernel/cursor.ts';
import { belongsInHome, maySeePost } from '../../kernel/visibility.ts';
import { privateAddresses } from '../media/private-address.ts';
import { hydratePosts } from '../posts/hydrate.ts';
import { postView } from '../posts/view.ts';
import { readEntries } from './store.ts';

/** How often a page is filled up again when the rules have emptied it, before it goes out short. */
const REFILLS_MAX = 5;

/**
 * A page of the home feed, latest first. Two waves of I/O: the pushed ids, then everything about
 * them at once; then only judging. The cursor is the last id that was looked at, so a page stays
 * where it is while posts arrive above it.
 */
export async function homeFeed(
  ctx: Context,
  personId: PersonId,
  limit: number,
  before: PostId | null,
): Promise<Page<Post>> {
  const items: Post[] = [];
  const address = privateAddresses(ctx);
  let cursor = before;
  let more = true;
  for (let round = 0; round <= REFILLS_MAX && more && items.length < limit; round += 1) {
    const entries = await readEntries(ctx.db, personId, limit + 1, cursor);
    more = entries.length > limit;
    const refs = entries.slice(0, limit);
    const posts = await hydratePosts(ctx.db, refs, personId);
    for (const { post_id } of refs) {
      if (items.length === limit) {
        more = true;
        break;
      }
      cursor = post_id;
      const found = posts.get(post_id);
      if (found && maySeePost(found) && belongsInHome(found, false)) {
        items.push(postView(found, personId, address));
      }
    }
  }
  return {
    items,
    pagination: { next_cursor: more && cursor ? encodeCursor(cursor) : null, has_more: more },
  };
}
