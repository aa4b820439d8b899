import type { PersonId } from '../../../api/ids.ts';
import { CLOSE_FRIENDS_MAX } from '../../../api/limits.ts';
import type { Context } from '../../context.ts';
import { tell } from '../../kernel/hints.ts';
import { Problem } from '../../kernel/problem.ts';
import { mayMeet } from '../../kernel/visibility.ts';
import { betweenTwo } from './pair.ts';
import { countCloseFriends, insertCloseFriend, removeCloseFriendRows } from './standing-store.ts';

/**
 * Counts somebody among the owner's close friends. Doing it again changes nothing. Throws
 * `user_not_found` for whom the owner may not meet, `too_many_close_friends`.
 */
export async function addCloseFriend(ctx: Context, ownerId: PersonId, friendId: PersonId) {
  await betweenTwo(ctx, ownerId, friendId, async (tx, pair) => {
    if (!mayMeet(pair)) throw new Problem('user_not_found');
    if (pair.relation.close_friend) return;
    // The owner's row is held, so nobody counts at the same moment.
    if ((await countCloseFriends(tx, ownerId)) >= CLOSE_FRIENDS_MAX) {
      throw new Problem('too_many_close_friends');
    }
    const edgeId = ctx.ids.next();
    await insertCloseFriend(tx, { ownerId, otherId: friendId, edgeId, at: ctx.clock.now() });
  });
}

/** Doing it again changes nothing. */
export async function removeCloseFriend(ctx: Context, ownerId: PersonId, friendId: PersonId) {
  const gone = await betweenTwo(ctx, ownerId, friendId, (tx) =>
    removeCloseFriendRows(tx, { ownerId, otherId: friendId }),
  );
  if (gone) tell(ctx, 'standing.changed', { viewer_ids: [friendId], author_ids: [] });
}
