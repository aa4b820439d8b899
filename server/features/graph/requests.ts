import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { lockPeople } from '../people/store.ts';
import { startFollow } from './follow.ts';
import { betweenTwo } from './pair.ts';
import { listRequests, removeRequest } from './requests-store.ts';

/** The job that lets everybody in who waits when an account goes public; payload: `person_id`. */
export const ACCEPT_REQUESTS = 'accept_requests';
const ACCEPT_BATCH = 100;

/**
 * Lets a person follow `targetId`. Again, when they do already, it changes nothing. Throws
 * `request_not_found` when the request was taken back, declined, or ended by a block.
 */
export async function acceptRequest(
  ctx: Context,
  targetId: PersonId,
  requesterId: PersonId,
): Promise<void> {
  await betweenTwo(ctx, targetId, requesterId, async (tx, { relation }) => {
    if (await removeRequest(tx, { requesterId, targetId })) {
      await startFollow(ctx, tx, { followerId: requesterId, followeeId: targetId });
    } else if (!relation.followed_by) {
      throw new Problem('request_not_found');
    }
  });
}

/** Says no; there may be no request. The requester is not told. */
export async function declineRequest(
  ctx: Context,
  targetId: PersonId,
  requesterId: PersonId,
): Promise<void> {
  await betweenTwo(ctx, targetId, requesterId, (tx) =>
    removeRequest(tx, { requesterId, targetId }),
  );
}

/** To be asked for in the transaction that makes an account public. */
export function askToAcceptAll(ctx: Context, tx: Transaction, targetId: PersonId): Promise<void> {
  const key = `${ACCEPT_REQUESTS}:${targetId}`;
  return ctx.jobs.add(tx, { task: ACCEPT_REQUESTS, key, payload: { person_id: targetId } });
}

/**
 * The job behind `ACCEPT_REQUESTS`: one transaction a request, so that nobody is locked out for long.
 * Stops when the account has gone private again.
 */
export async function acceptAllRequests(
  ctx: Context,
  targetId: PersonId,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const waiting = await listRequests(ctx.db, targetId, ACCEPT_BATCH, null);
    for (const { person_id } of waiting) {
      signal.throwIfAborted();
      if (!(await letIn(ctx, targetId, person_id))) return;
    }
    if (waiting.length < ACCEPT_BATCH) return;
  }
}

async function letIn(ctx: Context, targetId: PersonId, requesterId: PersonId): Promise<boolean> {
  return ctx.db.transaction(async (tx) => {
    const people = await lockPeople(tx, [targetId, requesterId]);
    if (people.get(targetId)?.privacy_level !== 'public') return false;
    const waited = await removeRequest(tx, { requesterId, targetId });
    if (waited && people.has(requesterId)) {
      await startFollow(ctx, tx, { followerId: requesterId, followeeId: targetId });
    }
    return true;
  });
}
