import type { PersonId, UploadId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { tell } from '../../kernel/hints.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { renderAvatar } from '../media/avatar.ts';
import { userShard } from '../media/keys.ts';
import { removeBlobs } from '../media/store.ts';
import { mediaUrl } from '../media/view.ts';
import { type Avatar, findPerson, finishAvatar, lockAvatar } from '../people/store.ts';

export const MAKE_AVATAR = 'make_avatar';
export const REMOVE_AVATAR = 'remove_avatar';
/** Pages that are open, and caches, may still show the old picture for a day. */
const OLD_AVATAR_KEPT_MS = 24 * 3600 * 1000;

export interface NewAvatar {
  readonly personId: PersonId;
  readonly uploadId: UploadId;
  readonly originalKey: string;
}

/** The job that turns an upload into the profile picture. Running it again changes nothing. */
export async function makeAvatar(ctx: Context, { personId, uploadId, originalKey }: NewAvatar) {
  const prefix = `${ctx.config.region}/${userShard(personId)}/${personId}`;
  try {
    const squares = await renderAvatar(ctx, { originalKey, prefix });
    const avatar = { ...squares, original: originalKey };
    const shown = await ctx.db.transaction(async (tx) => {
      const old = await lockAvatar(tx, personId);
      const finished = await finishAvatar(tx, personId, uploadId, avatar);
      await forgetAvatar(ctx, tx, personId, finished ? old : avatar);
      return finished;
    });
    if (!shown) return;
    const profile_picture = mediaUrl(avatar.small);
    tell(ctx, 'profile.updated', { person_id: personId, profile_picture, failure: null });
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    const failure = error.message;
    tell(ctx, 'profile.updated', { person_id: personId, profile_picture: null, failure });
  }
}

/** Has the files of a picture that is no longer shown removed, a day later. */
export async function forgetAvatar(
  ctx: Context,
  tx: Transaction,
  personId: PersonId,
  avatar: Avatar | null,
): Promise<void> {
  if (!avatar) return;
  await ctx.jobs.add(tx, {
    task: REMOVE_AVATAR,
    key: `${REMOVE_AVATAR}:${avatar.original}`,
    payload: { person_id: personId, keys: Object.values(avatar).join(' ') },
    runAt: new Date(ctx.clock.millis() + OLD_AVATAR_KEPT_MS),
  });
}

/** The job behind `forgetAvatar`. Files of the same content share a name: those shown now stay. */
export async function removeAvatar(ctx: Context, personId: PersonId, keys: readonly string[]) {
  const person = await findPerson(ctx.db, personId);
  const shown = new Set(Object.values(person?.avatar ?? {}));
  await removeBlobs(
    ctx,
    keys.filter((key) => !shown.has(key)),
  );
}
