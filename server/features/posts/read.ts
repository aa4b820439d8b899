import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Post } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { hydratePosts } from './hydrate.ts';
import { mayChange, mayEngage, maySee } from './rules.ts';
import { findPost, findPosts, type PostRow } from './store.ts';
import { postView } from './view.ts';

/** A post that the viewer may see; `post_not_found` otherwise, whether or not it exists. */
export async function visiblePost(
  ctx: Context,
  postId: PostId,
  viewerId: PersonId | null,
): Promise<PostRow> {
  const post = await findPost(ctx.db, postId);
  if (!post || !maySee(post, { viewerId })) throw new Problem('post_not_found');
  return post;
}

/** The same for someone who wants to like or comment. */
export async function engageablePost(ctx: Context, postId: PostId, viewerId: PersonId) {
  const post = await visiblePost(ctx, postId, viewerId);
  if (!mayEngage(post, { viewerId })) throw new Problem('post_not_found');
  return post;
}

/** The same for someone who wants to change it; `forbidden` when they can see it and it is not theirs. */
export async function changeablePost(ctx: Context, postId: PostId, viewerId: PersonId) {
  const post = await visiblePost(ctx, postId, viewerId);
  if (!mayChange(post, { viewerId })) throw new Problem('forbidden', 'This is not your post.');
  return post;
}

/** Those of these posts that the viewer may see, for surfaces that carry less than a whole post. */
export async function visibleAmong(
  ctx: Context,
  postIds: readonly PostId[],
  viewerId: PersonId | null,
): Promise<PostRow[]> {
  const posts = await findPosts(ctx.db, postIds);
  return posts.filter((post) => maySee(post, { viewerId }));
}

/** One post as the viewer sees it. Throws `post_not_found`. */
export async function showPost(
  ctx: Context,
  postId: PostId,
  viewerId: PersonId | null,
): Promise<Post> {
  const post = await visiblePost(ctx, postId, viewerId);
  const hydrated = await hydratePosts(ctx.db, [{ postId, authorId: post.author_id }], viewerId);
  const found = hydrated.get(postId);
  if (!found || !maySee(found.post, { viewerId })) throw new Problem('post_not_found');
  return postView(found, viewerId);
}
