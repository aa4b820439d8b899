import type { PersonId, PostId } from '../../../api/ids.ts';
import { PINNED_POSTS_MAX } from '../../../api/limits.ts';
import type { Context } from '../../context.ts';
import { tell } from '../../kernel/hints.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { lockCounts } from '../people/store.ts';
import { insertPin, listPins, putAway, removePin, takeOut } from './author-store.ts';
import { setArchived } from './changes-store.ts';
import { ARCHIVED, UNARCHIVED } from './events.ts';
import { isShown, putOnGrids, recordChange, takeOffGrids } from './grid.ts';
import { changeablePost } from './read.ts';
import { lockPost, type PostRow } from './store.ts';

/** Puts a published post away for its author alone. Doing it again changes nothing. */
export async function archivePost(ctx: Context, postId: PostId, viewerId: PersonId): Promise<void> {
  const at = ctx.clock.now();
  await changeOwn(ctx, postId, viewerId, async (tx, post) => {
    if (post.archived_at) return;
    demandPublished(post, 'archived');
    await setArchived(tx, postId, at);
    await takeOffGrids(tx, post);
    await putAway(tx, {
      author_id: viewerId,
      post_id: postId,
      why: 'archived',
      put_away_at: at,
    });
    await recordChange(ctx, tx, { ...post, archived_at: at }, ARCHIVED);
  });
  tell(ctx, 'post.narrowed', { post_id: postId });
}

/** Takes a post out of the archive, to where it was. Doing it again changes nothing. */
export async function unarchivePost(ctx: Context, postId: PostId, viewerId: PersonId) {
  await changeOwn(ctx, postId, viewerId, async (tx, post) => {
    if (!post.archived_at) return;
    await setArchived(tx, postId, null);
    await takeOut(tx, viewerId, postId);
    const back = { ...post, archived_at: null };
    if (isShown(back)) await putOnGrids(tx, back);
    await recordChange(ctx, tx, back, UNARCHIVED);
  });
}

/** Pins a post to the top of its author's grid. Doing it again changes nothing. Throws `too_many_pinned`. */
export async function pinPost(ctx: Context, postId: PostId, viewerId: PersonId): Promise<void> {
  await changeOwn(ctx, postId, viewerId, async (tx, post) => {
    demandPublished(post, 'pinned');
    // Two at once would both count before either has written.
    await lockCounts(tx, viewerId);
    const pins = await listPins(tx, viewerId);
    if (pins.includes(postId)) return;
    if (pins.length >= PINNED_POSTS_MAX) throw new Problem('too_many_pinned');
    await insertPin(tx, viewerId, postId, ctx.clock.now());
  });
}

/** Doing it again changes nothing. */
export async function unpinPost(ctx: Context, postId: PostId, viewerId: PersonId): Promise<void> {
  await changeablePost(ctx, postId, viewerId);
  await ctx.db.transaction((tx) => removePin(tx, viewerId, postId));
}

/** Runs `change` on one's own post under its lock. Throws `post_not_found`, `forbidden`. */
async function changeOwn(
  ctx: Context,
  postId: PostId,
  viewerId: PersonId,
  change: (tx: Transaction, post: PostRow) => Promise<void>,
): Promise<void> {
  await changeablePost(ctx, postId, viewerId);
  await ctx.db.transaction(async (tx) => {
    const post = await lockPost(tx, postId);
    if (!post || post.deleted_at) throw new Problem('post_not_found');
    await change(tx, post);
  });
}

function demandPublished(post: PostRow, what: string): void {
  if (!isShown(post)) {
    throw new Problem('post_not_found', `Only a post that stands on your grid can be ${what}.`);
  }
}
