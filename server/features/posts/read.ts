import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Post } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { mayChange, mayEngage, maySeePost } from '../../kernel/visibility.ts';
import { privateAddresses } from '../media/private-address.ts';
import { nearPosts } from './cards.ts';
import { hydratePosts } from './hydrate.ts';
import { lookAt, lookNear, type PostLook } from './look.ts';
import { findPosts, type PostInList, type PostRow } from './store.ts';
import { postView } from './view.ts';

/** A post that the viewer may see; `post_not_found` otherwise, whether or not it exists. */
export async function visiblePost(
  ctx: Context,
  postId: PostId,
  viewerId: PersonId | null,
): Promise<PostLook> {
  const look = await lookNear(ctx, postId, viewerId);
  if (!look || !maySeePost(look)) throw new Problem('post_not_found');
  return look;
}

/** The same for someone who wants to like, comment, save or share. */
export async function engageablePost(ctx: Context, postId: PostId, viewerId: PersonId) {
  const found = await visiblePost(ctx, postId, viewerId);
  if (!mayEngage(found)) throw new Problem('post_not_found');
  return found;
}

/** The same for someone who wants to change it; `forbidden` when they can see it and it is not theirs. */
export async function changeablePost(ctx: Context, postId: PostId, viewerId: PersonId) {
  const found = await visiblePost(ctx, postId, viewerId);
  if (!mayChange(found)) throw new Problem('forbidden', 'This is not your post.');
  return found;
}

/**
 * Those of these posts that the viewer may see, for surfaces that carry less than a whole post. From the
 * database: who asks because of a message may have heard it before what is near was dropped.
 */
export async function visibleAmong(
  ctx: Context,
  postIds: readonly PostId[],
  viewerId: PersonId | null,
): Promise<PostRow[]> {
  const posts = await findPosts(ctx.db, postIds);
  const looks = await lookAt(ctx.db, posts, viewerId);
  return posts.filter((post) => {
    const look = looks.get(post.post_id);
    return look !== undefined && maySeePost(look);
  });
}

/** One post as the viewer sees it. Throws `post_not_found`. */
export async function showPost(
  ctx: Context,
  postId: PostId,
  viewerId: PersonId | null,
): Promise<Post> {
  const [post] = await nearPosts(ctx, [postId]);
  const found = post && (await hydratePosts(ctx, [post], viewerId)).get(postId);
  if (!found || !maySeePost(found)) throw new Problem('post_not_found');
  return postView(found, viewerId, privateAddresses(ctx));
}

/** Refs → posts as the viewer sees them, in the same order; those that they may not see are left out. */
export async function showPosts(
  ctx: Context,
  refs: readonly PostInList[],
  viewerId: PersonId | null,
): Promise<Post[]> {
  const hydrated = await hydratePosts(ctx, refs, viewerId);
  const address = privateAddresses(ctx);
  return refs.flatMap(({ post_id }) => {
    const found = hydrated.get(post_id);
    return found && maySeePost(found) ? [postView(found, viewerId, address)] : [];
  });
}
