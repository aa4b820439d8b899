import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { tell } from '../../kernel/hints.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { removeCommentsOfPost } from '../comments/store.ts';
import { removeFromFeeds } from '../feed/store.ts';
import { followerBatch } from '../graph/store.ts';
import { tagFollowerBatch } from '../hashtags/store.ts';
import { removeLikesOfPost } from '../marks/store.ts';
import { findFiles, removeBlobs, removeMediaOfPost } from '../media/store.ts';
import { forgetPictures } from '../near-duplicates/find.ts';
import { removePin, removeTagged, takeOut } from '../posts/author-store.ts';
import { taggedIn } from '../posts/grid.ts';
import { DELETED_KEPT_MS } from '../posts/purge.ts';
import { removeRepostsOfPost } from '../posts/repost.ts';
import { lockPost, type PostRow, removePostRows } from '../posts/store.ts';
import { removeSavesOfPost } from '../saves/save.ts';
import { removeSharesOfPost } from '../sharing/store.ts';
import { forgetPost } from '../topics/index-post.ts';

const BATCH = 1000;

/** Up to `take` rows of a post that is gone, of one owner; true when there may be more. */
type Removal = (tx: Transaction, postId: PostId, take: number) => Promise<boolean>;

/** What others have put to a post, one function an owner. */
const REMOVALS: readonly Removal[] = [removeLikesOfPost, removeCommentsOfPost, removeSharesOfPost];

/**
 * The job 30 days after a deletion: rows and files go for good. The post's own row goes last, so that a
 * run that was cut short is taken up again.
 */
export async function purgePost(ctx: Context, postId: PostId): Promise<void> {
  const before = new Date(ctx.clock.millis() - DELETED_KEPT_MS);
  const post = await begin(ctx, postId, before);
  if (!post) return;
  await forgetPost(ctx, postId);
  await forgetPictures(ctx, post.author_id, postId);
  for (const remove of REMOVALS) {
    while (await ctx.db.transaction((tx) => remove(tx, postId, BATCH)));
  }
  while (await removeSavesOfPost(ctx, postId, BATCH));
  while (await removeRepostsOfPost(ctx, postId, BATCH));
  await removeFromAllFeeds(ctx, post);
  await removeBlobs(ctx, await findFiles(ctx.db, [postId]));
  // Its author may have looked at it since it was deleted: nothing of it stays in the memory of a process.
  tell(ctx, 'post.deleted', { post_id: postId });
  await ctx.db.transaction(async (tx) => {
    await removeMediaOfPost(tx, postId);
    await removePostRows(tx, postId, before);
  });
}

/** Takes it off its author's list of what can be restored: from then on it cannot be. */
async function begin(ctx: Context, postId: PostId, before: Date) {
  return ctx.db.transaction(async (tx) => {
    const post = await lockPost(tx, postId);
    if (!post?.deleted_at || post.deleted_at > before) return null;
    await takeOut(tx, post.author_id, postId);
    await removePin(tx, post.author_id, postId);
    await removeTagged(tx, postId, taggedIn(post));
    return post;
  });
}

/**
 * Those who follow its author or one of its hashtags, in batches. Who ended the follow has lost the
 * author's posts then.
 */
async function removeFromAllFeeds(ctx: Context, post: PostRow) {
  const { post_id: postId, author_id: authorId } = post;
  await ctx.db.transaction((tx) => removeFromFeeds(tx, [authorId], postId));
  const sources = [
    (after: PersonId | '0') => followerBatch(ctx.db, authorId, after, BATCH),
    ...post.hashtags.map(
      (tag) => (after: PersonId | '0') => tagFollowerBatch(ctx.db, tag, after, BATCH),
    ),
  ];
  for (const batchAfter of sources) {
    for (let after: PersonId | '0' | undefined = '0'; after !== undefined; ) {
      const followers: PersonId[] = await batchAfter(after);
      await ctx.db.transaction((tx) => removeFromFeeds(tx, followers, postId));
      after = followers.at(-1);
    }
  }
}
