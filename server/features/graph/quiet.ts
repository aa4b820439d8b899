import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import {
  insertRestriction,
  type MuteFlags,
  removeMute,
  removeRestriction,
  saveMute,
} from './standing-store.ts';

/*
 * What is seen from one side only and never told to the other. One row each, under the key of whoever
 * wants it, so that no lock on two people is needed.
 */

/**
 * Keeps somebody's posts and stories out of one's way unless told otherwise; said again, it changes
 * what is muted. With nothing left to mute it is an unmute.
 */
export async function mute(
  ctx: Context,
  ownerId: PersonId,
  otherId: PersonId,
  { posts = true, stories = true, messages = false }: Partial<MuteFlags>,
): Promise<void> {
  if (!posts && !stories && !messages) return unmute(ctx, ownerId, otherId);
  const edge = { ownerId, otherId, edgeId: ctx.ids.next(), at: ctx.clock.now() };
  await ctx.db.transaction((tx) => saveMute(tx, edge, { posts, stories, messages }));
}

export async function unmute(ctx: Context, ownerId: PersonId, otherId: PersonId): Promise<void> {
  await ctx.db.transaction((tx) => removeMute(tx, { ownerId, otherId }));
}

/** What they comment from now on waits for the owner's approval. */
export async function restrict(ctx: Context, ownerId: PersonId, otherId: PersonId): Promise<void> {
  const edge = { ownerId, otherId, edgeId: ctx.ids.next(), at: ctx.clock.now() };
  await ctx.db.transaction((tx) => insertRestriction(tx, edge));
}

export async function unrestrict(
  ctx: Context,
  ownerId: PersonId,
  otherId: PersonId,
): Promise<void> {
  await ctx.db.transaction((tx) => removeRestriction(tx, { ownerId, otherId }));
}
