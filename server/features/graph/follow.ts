import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { appendEvent } from '../../kernel/events.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { addToCounts, nextPersonSeq } from '../people/store.ts';
import { insertFollow, removeFollow } from './store.ts';

/** Events of the group `people`, kept under the follower; payload: `followee_id`. */
export const FOLLOWED = 'follow.created';
export const UNFOLLOWED = 'follow.removed';

/** Makes `followerId` follow `followeeId`. Doing it again changes nothing. */
export async function follow(ctx: Context, followerId: PersonId, followeeId: PersonId) {
  if (followerId === followeeId) throw new Problem('cannot_follow_self');
  await ctx.db.transaction(async (tx) => {
    const made = await insertFollow(tx, {
      followerId,
      followeeId,
      followId: ctx.ids.next(),
      at: ctx.clock.now(),
    });
    if (made) await recordChange(ctx, tx, FOLLOWED, followerId, followeeId, 1);
  });
}

/** Ends a follow. Doing it again changes nothing. */
export async function unfollow(ctx: Context, followerId: PersonId, followeeId: PersonId) {
  await ctx.db.transaction(async (tx) => {
    const gone = await removeFollow(tx, { followerId, followeeId });
    if (gone) await recordChange(ctx, tx, UNFOLLOWED, followerId, followeeId, -1);
  });
}

async function recordChange(
  ctx: Context,
  tx: Transaction,
  type: string,
  followerId: PersonId,
  followeeId: PersonId,
  by: 1 | -1,
) {
  await addToCounts(tx, [
    { personId: followerId, following: by },
    { personId: followeeId, followers: by },
  ]);
  const seq = await nextPersonSeq(tx, followerId);
  await appendEvent(ctx, tx, {
    group: 'people',
    key: followerId,
    seq,
    type,
    payload: { followee_id: followeeId },
  });
}
