import type { PersonId, UploadId } from '../../../api/ids.ts';
import type { PrivacyLevel } from '../../../api/people.ts';
import type { Context } from '../../context.ts';
import { tell } from '../../kernel/hints.ts';
import { fieldProblem } from '../../kernel/problem.ts';
import { askToAcceptAll } from '../graph/requests.ts';
import { checkUploads, useUploads } from '../media/uploads.ts';
import { recordStanding } from '../people/standing.ts';
import { lockAvatar, startAvatar, updateProfile } from '../people/store.ts';
import { forgetAvatar, MAKE_AVATAR } from './avatar.ts';

export interface ProfileForm {
  readonly full_name?: string;
  readonly bio?: string;
  readonly link?: string | null;
  readonly privacy_level?: PrivacyLevel;
  readonly profile_picture_upload_id?: UploadId | null;
}

/** Changes what the form names. A new picture is made by the worker and shown when it is ready. */
export async function editProfile(ctx: Context, personId: PersonId, form: ProfileForm) {
  if (form.full_name?.trim() === '') throw fieldProblem({ 'body.full_name': 'must not be empty' });
  const uploadId = form.profile_picture_upload_id;
  const [upload] = uploadId ? await checkUploads(ctx, personId, [uploadId]) : [];
  await ctx.db.transaction(async (tx) => {
    await updateProfile(tx, personId, {
      fullName: form.full_name?.trim(),
      bio: form.bio?.trim(),
      link: form.link,
      privacyLevel: form.privacy_level,
    });
    if (form.privacy_level !== undefined) await recordStanding(ctx, tx, personId);
    // A follow waits for the row that this has written, so no request can be made after the job looks.
    if (form.privacy_level === 'public') await askToAcceptAll(ctx, tx, personId);
    if (uploadId === undefined) return;
    if (uploadId === null) await forgetAvatar(ctx, tx, personId, await lockAvatar(tx, personId));
    await startAvatar(tx, personId, uploadId);
    if (!upload) return;
    await useUploads(ctx, tx, personId, [upload.uploadId], null);
    await ctx.jobs.add(tx, {
      task: MAKE_AVATAR,
      key: `${MAKE_AVATAR}:${personId}`,
      payload: {
        person_id: personId,
        upload_id: upload.uploadId,
        original_key: upload.originalKey,
      },
    });
  });
  if (form.privacy_level === 'private') {
    tell(ctx, 'standing.changed', { viewer_ids: [], author_ids: [personId] });
  }
}
