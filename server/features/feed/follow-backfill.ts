import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { Consumer } from '../../kernel/events.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { FOLLOWED, UNFOLLOWED } from '../graph/follow.ts';
import { followedAmong } from '../graph/store.ts';
import { listPostsByAuthor } from '../posts/store.ts';
import { underTagsAmong } from '../topics/store.ts';
import { modeOf } from './authors-store.ts';
import { bringPosts } from './bring.ts';
import { followedTags } from './by-hashtag.ts';
import { considerPush } from './modes.ts';
import { entriesOfAuthor, removeEntries } from './store.ts';
import { trimSoon } from './trim.ts';

/**
 * Brings a new followee's posts into the follower's feed, as far back as it is complete, unless reads
 * merge them; and takes them out when it ends.
 */
export const followBackfill: Consumer = {
  name: 'feed.follow_backfill',
  group: 'people',
  types: [FOLLOWED, UNFOLLOWED],
  async handle(ctx, tx, event) {
    const personId = event.key as PersonId;
    const authorId = event.payload.followee_id as PersonId;
    if (event.type === UNFOLLOWED) await considerPush(ctx, tx, authorId);
    // What holds now counts, not what held when the event was written.
    const follows = await followedAmong(tx, personId, [authorId]);
    if (follows.has(authorId)) {
      await bringAuthor(ctx, tx, personId, authorId);
      return () => trimSoon(ctx);
    }
    await takeAuthorOut(tx, personId, authorId);
    return undefined;
  },
};

async function bringAuthor(ctx: Context, tx: Transaction, personId: PersonId, authorId: PersonId) {
  if ((await modeOf(tx, authorId))?.mode === 'pull') return;
  const posts = await listPostsByAuthor(tx, authorId, ctx.config.feedEntries + 1, null);
  if (posts.length > 0) await bringPosts(ctx, tx, [personId], posts);
}

/** All but what still comes by a hashtag. */
async function takeAuthorOut(tx: Transaction, personId: PersonId, authorId: PersonId) {
  const postIds = await entriesOfAuthor(tx, personId, authorId);
  const tags = await followedTags(tx, personId);
  const kept = await underTagsAmong(tx, [...tags], postIds);
  await removeEntries(
    tx,
    personId,
    postIds.filter((postId) => !kept.has(postId)),
  );
}
