import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { tell } from '../../kernel/hints.ts';
import { insertLike, removeLike } from '../marks/store.ts';
import { engageablePost } from './read.ts';
import { addToPostCounts, type PostCounts, readPostCounts } from './store.ts';

/** Likes a post and gives its counts. Doing it again changes nothing. Throws `post_not_found`. */
export async function likePost(ctx: Context, postId: PostId, personId: PersonId) {
  await engageablePost(ctx, postId, personId);
  const counts = await ctx.db.transaction(async (tx) => {
    const like = { postId, personId, likeId: ctx.ids.next<string>(), at: ctx.clock.now() };
    return (await insertLike(tx, like)) ? addToPostCounts(tx, postId, { likes: 1 }) : null;
  });
  return tellCounts(ctx, postId, counts);
}

/** Takes a like back. Doing it again changes nothing. Throws `post_not_found`. */
export async function unlikePost(ctx: Context, postId: PostId, personId: PersonId) {
  await engageablePost(ctx, postId, personId);
  const counts = await ctx.db.transaction(async (tx) =>
    (await removeLike(tx, postId, personId)) ? addToPostCounts(tx, postId, { likes: -1 }) : null,
  );
  return tellCounts(ctx, postId, counts);
}

async function tellCounts(ctx: Context, postId: PostId, changed: PostCounts | null) {
  if (!changed) return readPostCounts(ctx.db, postId);
  tell(ctx, 'post.counts', {
    post_id: postId,
    likes_count: changed.likes,
    comments_count: changed.comments,
  });
  return changed;
}
