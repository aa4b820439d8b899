import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { appendEvent } from '../../kernel/events.ts';
import { tell } from '../../kernel/hints.ts';
import { Problem } from '../../kernel/problem.ts';
import { mayMeet } from '../../kernel/visibility.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { addToCounts, nextPersonSeq } from '../people/store.ts';
import { betweenTwo } from './pair.ts';
import { insertRequest, removeRequest } from './requests-store.ts';
import { insertFollow, removeFollow } from './store.ts';

/** Events of the group `people`, kept under the follower; payload: `followee_id`. */
export const FOLLOWED = 'follow.created';
export const UNFOLLOWED = 'follow.removed';

interface Ends {
  readonly followerId: PersonId;
  readonly followeeId: PersonId;
}

/**
 * Makes `followerId` follow `followeeId`, or ask to, when that account is private. Doing it again
 * changes nothing. Throws `cannot_follow_self`, and `user_not_found` for whom the follower may not meet.
 */
export async function follow(
  ctx: Context,
  followerId: PersonId,
  followeeId: PersonId,
): Promise<'following' | 'requested'> {
  if (followerId === followeeId) throw new Problem('cannot_follow_self');
  return betweenTwo(ctx, followerId, followeeId, async (tx, pair) => {
    if (!mayMeet(pair)) throw new Problem('user_not_found');
    const { relation, person } = pair;
    const request = { requesterId: followerId, targetId: followeeId };
    if (relation.following) return 'following';
    if (person.privacy_level === 'private') {
      const made = { requestId: ctx.ids.next(), at: ctx.clock.now() };
      if (!relation.requested) await insertRequest(tx, { ...request, ...made });
      return 'requested';
    }
    // Left from when the account was private, and not accepted by the job yet.
    if (relation.requested) await removeRequest(tx, request);
    await startFollow(ctx, tx, { followerId, followeeId });
    return 'following';
  });
}

/** Ends a follow, or takes back the request for one. Doing it again changes nothing. */
export async function unfollow(ctx: Context, followerId: PersonId, followeeId: PersonId) {
  if (followerId === followeeId) return;
  const ended = await betweenTwo(ctx, followerId, followeeId, async (tx) => {
    await removeRequest(tx, { requesterId: followerId, targetId: followeeId });
    return endFollow(ctx, tx, { followerId, followeeId });
  });
  if (ended) tell(ctx, 'standing.changed', { viewer_ids: [followerId], author_ids: [] });
}

/** Both rows, the counts and the event. The caller holds both people. */
export async function startFollow(ctx: Context, tx: Transaction, ends: Ends): Promise<void> {
  const edge = { ...ends, followId: ctx.ids.next(), at: ctx.clock.now() };
  if (await insertFollow(tx, edge)) await recordChange(ctx, tx, FOLLOWED, ends, 1);
}

/** The same for the end of a follow; false when there was none. */
export async function endFollow(ctx: Context, tx: Transaction, ends: Ends): Promise<boolean> {
  const gone = await removeFollow(tx, ends);
  if (gone) await recordChange(ctx, tx, UNFOLLOWED, ends, -1);
  return gone;
}

async function recordChange(
  ctx: Context,
  tx: Transaction,
  type: string,
  { followerId, followeeId }: Ends,
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
