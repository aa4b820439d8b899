import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Post } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import { cutPage, type Page } from '../../kernel/cursor.ts';
import { showPosts } from '../posts/read.ts';
import { listPostsByAuthor } from '../posts/store.ts';

/** A page of one person's posts, latest first. */
export async function profileFeed(
  ctx: Context,
  authorId: PersonId,
  viewerId: PersonId | null,
  limit: number,
  before: PostId | null,
): Promise<Page<Post>> {
  const posts = await listPostsByAuthor(ctx.db, authorId, limit + 1, before);
  const { items, pagination } = cutPage(posts, limit, (post) => post.post_id);
  return { items: await showPosts(ctx, items, viewerId), pagination };
}
