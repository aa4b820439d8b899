import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { tell } from '../../kernel/hints.ts';
import { idMillis } from '../../kernel/ids.ts';
import { Problem } from '../../kernel/problem.ts';
import { mayRepost, maySeePost } from '../../kernel/visibility.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { noteInteractions } from '../affinity/note.ts';
import type { Medium } from '../affinity/preferences-store.ts';
import { findRepost, insertRepost, removeRepost, repostsOf } from '../marks/reposts-store.ts';
import { takeOut } from './author-store.ts';
import { keepingFresh } from './cards.ts';
import { addToPostCounts, readPostCounts } from './counts-store.ts';
import { DELETED, PUBLISHED } from './events.ts';
import { isShown, putOnGrids, recordChange, takeOffGrids } from './grid.ts';
import { lookAt } from './look.ts';
import { mediumOf } from './medium.ts';
import { purgeLater } from './purge.ts';
import { visiblePost } from './read.ts';
import { FIRST_SEQ, insertRepostedPost, repostRow } from './repost-store.ts';
import { readCaption } from './said.ts';
import { findPost, lockPost, markDeleted, type PostRow, type SaidOfPost } from './store.ts';

interface Wish {
  readonly original: Pick<PostRow, 'post_id' | 'author_id'>;
  readonly medium: Medium | null;
  readonly personId: PersonId;
  readonly said: Pick<SaidOfPost, 'caption' | 'mentions' | 'hashtags'>;
}

/**
 * Makes a post that shows another one with its author's name, and gives its id; published at once.
 * Who has reposted the post before gets that repost again. Throws `post_not_found`, `cannot_repost`.
 */
export async function repostPost(
  ctx: Context,
  postId: PostId,
  personId: PersonId,
  caption: string,
): Promise<PostId> {
  const look = await visiblePost(ctx, postId, personId);
  const may = mayRepost(look);
  const [said, medium] = await Promise.all([
    readCaption(ctx.db, personId, caption),
    mediumOf(ctx, postId),
  ]);
  for (;;) {
    const written =
      may && (await writeRepost(ctx, { original: look.post, personId, said, medium }));
    if (written) return written;
    const earlier = await findRepost(ctx.db, personId, postId);
    if (earlier) return earlier;
    if (!may) throw new Problem('cannot_repost');
    // Another request of theirs was faster, and its repost was undone in between.
  }
}

/**
 * Null when the post had been reposted before. All statements travel together, so what stands in the way
 * of the first is known only when all were sent: then none of them is kept.
 */
async function writeRepost(ctx: Context, wish: Wish): Promise<PostId | null> {
  const { original, personId, said, medium } = wish;
  const { post_id: postId, author_id: otherId } = original;
  const repostId = ctx.ids.next<PostId>();
  const at = ctx.clock.now();
  const whose = { author_id: personId, repost_of: postId, repost_author_id: otherId };
  const post = { post_id: repostId, created_at: at, ...whose, ...said };
  const shown = repostRow(post);
  const write = () =>
    ctx.db.transaction(async (tx) => {
      const [isFirst] = await Promise.all([
        insertRepost(tx, { personId, postId, repostId }),
        insertRepostedPost(tx, post),
        noteInteractions(tx, [{ personId, otherId, kind: 'repost', at, medium }]),
        addToPostCounts(tx, postId, { reposts: 1 }),
        putOnGrids(tx, shown),
        recordChange(ctx, tx, shown, PUBLISHED, { seq: FIRST_SEQ }),
      ]);
      if (!isFirst) throw new RepostedBefore();
      return shown;
    });
  try {
    return (await keepingFresh(ctx, repostId, write)).post_id;
  } catch (error) {
    if (error instanceof RepostedBefore) return null;
    throw error;
  }
}

class RepostedBefore extends Error {}

/**
 * Takes a person's repost of a post back, for good: reposting again is as easy. Gives how often the post
 * is reposted then. Doing it again changes nothing. Throws `post_not_found` when there was no repost and
 * the person may not see the post. `only` is the repost that is meant, where that is known.
 */
export async function unrepostPost(
  ctx: Context,
  postId: PostId,
  personId: PersonId,
  only: PostId | null = null,
): Promise<number> {
  const gone = await ctx.db.transaction((tx) => removeRepostOf(ctx, tx, personId, postId, only));
  if (!gone) {
    await visiblePost(ctx, postId, personId);
    return repostsOfPost(ctx, postId);
  }
  tell(ctx, 'post.deleted', { post_id: gone });
  // Who reposted it may have lost sight of it since: then its count is not theirs to know.
  const post = await findPost(ctx.db, postId);
  const look = post && (await lookAt(ctx.db, [post], personId)).get(postId);
  return look && maySeePost(look) ? repostsOfPost(ctx, postId) : 0;
}

async function repostsOfPost(ctx: Context, postId: PostId): Promise<number> {
  return (await readPostCounts(ctx.db, postId)).reposts;
}

/** Removes the marks first, so that all who undo the same repost wait for each other there. */
async function removeRepostOf(
  ctx: Context,
  tx: Transaction,
  personId: PersonId,
  postId: PostId,
  only: PostId | null = null,
): Promise<PostId | null> {
  const repostId = await removeRepost(tx, personId, postId, only);
  if (!repostId) return null;
  const now = ctx.clock.now();
  const otherId = (await findPost(tx, repostId))?.repost_author_id;
  if (otherId) {
    const undoes = new Date(idMillis(repostId));
    await noteInteractions(tx, [{ personId, otherId, kind: 'repost', at: now, undoes }]);
  }
  await addToPostCounts(tx, postId, { reposts: -1 });
  const post = await lockPost(tx, repostId);
  const deleted = post && (await markDeleted(tx, repostId, now));
  if (!deleted) return repostId;
  if (isShown(post)) await takeOffGrids(tx, post);
  // It may have been archived. Nothing is put away now: a repost does not come back.
  await takeOut(tx, personId, repostId);
  await recordChange(ctx, tx, { ...post, deleted_at: now }, DELETED, { seq: deleted.event_seq });
  await purgeLater(ctx, tx, repostId, now);
  return repostId;
}

/** Undoes up to `take` reposts of a post that is gone for good; true when there may be more. */
export async function removeRepostsOfPost(
  ctx: Context,
  postId: PostId,
  take: number,
): Promise<boolean> {
  const reposts = await repostsOf(ctx.db, postId, take);
  for (const { person_id } of reposts) {
    await ctx.db.transaction((tx) => removeRepostOf(ctx, tx, person_id, postId));
  }
  return reposts.length === take;
}
