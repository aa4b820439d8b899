import type { PersonId, UploadId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { tell } from '../../kernel/hints.ts';
import { Problem } from '../../kernel/problem.ts';
import { renderAvatar } from '../media/avatar.ts';
import { userShard } from '../media/keys.ts';
import { mediaUrl } from '../media/view.ts';
import { finishAvatar } from '../people/store.ts';

export const MAKE_AVATAR = 'make_avatar';

export interface NewAvatar {
  readonly personId: PersonId;
  readonly uploadId: UploadId;
  readonly originalKey: string;
}

/** The job that turns an upload into the profile picture. Running it again changes nothing. */
export async function makeAvatar(ctx: Context, { personId, uploadId, originalKey }: NewAvatar) {
  const prefix = `${ctx.config.region}/${userShard(personId)}/${personId}`;
  try {
    const { small, large } = await renderAvatar(ctx, { originalKey, prefix });
    const avatar = { small, large };
    const shown = await finishAvatar(ctx.db, personId, uploadId, avatar);
    if (!shown) return;
    const profile_picture = mediaUrl(avatar.small);
    tell(ctx, 'profile.updated', { person_id: personId, profile_picture, failure: null });
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    const failure = error.message;
    tell(ctx, 'profile.updated', { person_id: personId, profile_picture: null, failure });
  }
}
