import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Post } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import type { Page } from '../../kernel/cursor.ts';
import { fillPage } from '../../kernel/fill-page.ts';
import { type GridEntry, listGrid, listTagged } from '../posts/author-store.ts';
import { showPosts } from '../posts/read.ts';
import type { PostInList } from '../posts/store.ts';

/**
 * Above every id there is; ids come near it in July 2094 (api/ids.ts). The pins of a grid stand one
 * after the other below it, so that a cursor can stand among them.
 */
const ABOVE_ALL = 9_199_999_999_999_999_999n;
const PINS_ROOM = 100n;

/** A page of one person's posts: on top of the first one what they have pinned, then latest first. */
export async function profileFeed(
  ctx: Context,
  authorId: PersonId,
  viewerId: PersonId | null,
  limit: number,
  before: PostId | null,
): Promise<Page<Post>> {
  return fillPage(
    { limit, before },
    {
      read: async (take, last) => {
        const skipped = pinsAbove(last);
        const entries = await listGrid(
          ctx.db,
          authorId,
          take,
          skipped === null ? (last as PostId) : null,
        );
        const keyed = entries.map((entry, place) => ({ ...entry, key: keyOf(entry, place) }));
        return keyed.slice(skipped ?? 0);
      },
      idOf: ({ key }) => key,
      show: async (entries) => {
        const posts = await showAligned(ctx, entries, viewerId);
        return posts.map(
          (post, index) => post && { ...post, pinned: entries[index]?.pinned === true },
        );
      },
    },
  );
}

const keyOf = ({ post_id, pinned }: GridEntry, place: number) =>
  pinned ? String(ABOVE_ALL - BigInt(place + 1)) : post_id;

/** How many pins a cursor stands below; null when it is past them all. */
function pinsAbove(before: string | null): number | null {
  if (before === null) return 0;
  const below = ABOVE_ALL - BigInt(before);
  return below < PINS_ROOM ? Number(below) : null;
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
