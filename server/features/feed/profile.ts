import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Post } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import { cutPage, type Page } from '../../kernel/cursor.ts';
import { hydratePosts } from '../posts/hydrate.ts';
import { maySee } from '../posts/rules.ts';
import { listPostsByAuthor } from '../posts/store.ts';
import { postView } from '../posts/view.ts';

/** A page of one person's posts, latest first. */
export async function profileFeed(
  ctx: Context,
  authorId: PersonId,
  viewerId: PersonId | null,
  limit: number,
  before: PostId | null,
): Promise<Page<Post>> {
  const postIds = await listPostsByAuthor(ctx.db, authorId, limit + 1, before);
  const { items, pagination } = cutPage(postIds, limit, (postId) => postId);
  const posts = await hydratePosts(
    ctx.db,
    items.map((postId) => ({ postId, authorId })),
    viewerId,
  );
  const visible = items.flatMap((postId) => {
    const found = posts.get(postId);
    return found && maySee(found.post, { viewerId }) ? [postView(found, viewerId)] : [];
  });
  return { items: visible, pagination };
}
