import type { PersonId, PostId } from '../../../api/ids.ts';
import type { LikeState } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import { likeGroups } from './like-groups.ts';
import { mediumOf } from './medium.ts';
import { engageablePost } from './read.ts';
import { likesFor, tellCounts } from './tell-counts.ts';

/** Likes a post and gives its likes. Doing it again changes nothing. Throws `post_not_found`, `overloaded`. */
export function likePost(ctx: Context, postId: PostId, personId: PersonId): Promise<LikeState> {
  return wish(ctx, postId, personId, true);
}

/** Takes a like back. Doing it again changes nothing. Throws `post_not_found`, `overloaded`. */
export function unlikePost(ctx: Context, postId: PostId, personId: PersonId): Promise<LikeState> {
  return wish(ctx, postId, personId, false);
}

async function wish(ctx: Context, postId: PostId, personId: PersonId, liked: boolean) {
  const { post } = await engageablePost(ctx, postId, personId);
  const medium = await mediumOf(ctx, postId);
  const about = { authorId: post.author_id, medium };
  const { counts, changed } = await likeGroups(ctx).wish(postId, personId, liked, about);
  if (changed) tellCounts(ctx, postId, counts);
  return { liked, likes_count: likesFor(personId, counts) };
}
