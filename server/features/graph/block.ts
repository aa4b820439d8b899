import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { tell } from '../../kernel/hints.ts';
import { Problem } from '../../kernel/problem.ts';
import { maySeePerson } from '../../kernel/visibility.ts';
import { endFollow } from './follow.ts';
import { betweenTwo, type Pair } from './pair.ts';
import { removeRequest } from './requests-store.ts';
import { insertBlock, removeBlock, removeCloseFriendRows } from './standing-store.ts';

/**
 * From now on neither is there for the other. Ends in the same moment what stands between the two, both
 * ways: follows, requests, close friends. Doing it again changes nothing.
 */
export async function block(ctx: Context, blockerId: PersonId, blockedId: PersonId): Promise<void> {
  const made = await betweenTwo(ctx, blockerId, blockedId, async (tx, pair) => {
    mustSee(pair);
    const edgeId = ctx.ids.next();
    const edge = { ownerId: blockerId, otherId: blockedId, edgeId, at: ctx.clock.now() };
    if (!(await insertBlock(tx, edge))) return false;
    for (const [from, to] of [
      [blockerId, blockedId],
      [blockedId, blockerId],
    ] as const) {
      await endFollow(ctx, tx, { followerId: from, followeeId: to });
      await removeRequest(tx, { requesterId: from, targetId: to });
      await removeCloseFriendRows(tx, { ownerId: from, otherId: to });
    }
    return true;
  });
  if (made) tell(ctx, 'standing.changed', { viewer_ids: [blockerId, blockedId], author_ids: [] });
}

/**
 * Takes a block back; what it ended stays ended. Also when the other has blocked the blocker too:
 * `user_not_found` only for whom the blocker has not blocked and may not see.
 */
export async function unblock(ctx: Context, blockerId: PersonId, blockedId: PersonId) {
  await betweenTwo(ctx, blockerId, blockedId, async (tx, pair) => {
    if (await removeBlock(tx, { ownerId: blockerId, otherId: blockedId })) return;
    mustSee(pair);
  });
}

function mustSee(pair: Pair): void {
  if (!maySeePerson(pair)) throw new Problem('user_not_found');
}
