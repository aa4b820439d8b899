import type { PersonId, PostId } from '../../../api/ids.ts';
import type { LikeState } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import { insertLike, removeLike } from '../marks/store.ts';
import { engageablePost } from './read.ts';
import { addToPostCounts, type PostCounts, readPostCounts } from './store.ts';
import { likesFor, tellCounts } from './tell-counts.ts';

/** Likes a post and gives its likes. Doing it again changes nothing. Throws `post_not_found`. */
export async function likePost(ctx: Context, postId: PostId, personId: PersonId) {
  await engageablePost(ctx, postId, personId);
  const counts = await ctx.db.transaction(async (tx) => {
    const like = { postId, personId, likeId: ctx.ids.next<string>(), at: ctx.clock.now() };
    return (await insertLike(tx, like)) ? addToPostCounts(tx, postId, { likes: 1 }) : null;
  });
  return likeState(ctx, postId, personId, counts, true);
}

/** Takes a like back. Doing it again changes nothing. Throws `post_not_found`. */
export async function unlikePost(ctx: Context, postId: PostId, personId: PersonId) {
  await engageablePost(ctx, postId, personId);
  const counts = await ctx.db.transaction(async (tx) =>
    (await removeLike(tx, postId, personId)) ? addToPostCounts(tx, postId, { likes: -1 }) : null,
  );
  return likeState(ctx, postId, personId, counts, false);
}

async function likeState(
  ctx: Context,
  postId: PostId,
  personId: PersonId,
  changed: PostCounts | null,
  liked: boolean,
): Promise<LikeState> {
  tellCounts(ctx, postId, changed);
  const counts = changed ?? (await readPostCounts(ctx.db, postId));
  return { liked, likes_count: likesFor(personId, counts) };
}
