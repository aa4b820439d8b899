import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Post } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import { encodeCursor, type Page } from '../../kernel/cursor.ts';
import { followedAmong } from '../graph/store.ts';
import { hydratePosts, type PostRef } from '../posts/hydrate.ts';
import { maySee } from '../posts/rules.ts';
import { type HydratedPost, postView } from '../posts/view.ts';
import { belongsInHome } from './rules.ts';
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
  let cursor = before;
  let more = true;
  for (let round = 0; round <= REFILLS_MAX && more && items.length < limit; round += 1) {
    const entries = await readEntries(ctx.db, personId, limit + 1, cursor);
    more = entries.length > limit;
    const refs = entries
      .slice(0, limit)
      .map((entry) => ({ postId: entry.post_id, authorId: entry.author_id }));
    const { posts, followed } = await fetchWave(ctx, personId, refs);
    for (const { postId } of refs) {
      if (items.length === limit) {
        more = true;
        break;
      }
      cursor = postId;
      const found = posts.get(postId);
      if (found && shows(found, personId, followed)) items.push(postView(found, personId));
    }
  }
  return {
    items,
    pagination: { next_cursor: more && cursor ? encodeCursor(cursor) : null, has_more: more },
  };
}

async function fetchWave(ctx: Context, personId: PersonId, refs: readonly PostRef[]) {
  const [posts, followed] = await Promise.all([
    hydratePosts(ctx.db, refs, personId),
    followedAmong(
      ctx.db,
      personId,
      refs.map((ref) => ref.authorId),
    ),
  ]);
  return { posts, followed };
}

function shows(found: HydratedPost, personId: PersonId, followed: ReadonlySet<PersonId>): boolean {
  return (
    maySee(found.post, { viewerId: personId }) && belongsInHome(found.post, personId, followed)
  );
}
