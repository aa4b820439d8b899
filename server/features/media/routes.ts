import { askParts, askUpload, completeUpload, getUpload } from '../../../api/media.ts';
import { once } from '../../kernel/idempotency.ts';
import { route } from '../../kernel/route.ts';
import { askUploadParts, completeInParts, readUploadState } from './upload-parts.ts';
import { askUploads } from './uploads.ts';

export const mediaRoutes = [
  route(askUpload, async (ctx, { viewer, body, idempotencyKey }) => {
    const { personId } = viewer;
    const uploads = await once(
      ctx,
      personId,
      idempotencyKey,
      (tx) => askUploads(ctx, tx, personId, body.files),
      async () => undefined,
    );
    return { uploads };
  }),
  route(getUpload, (ctx, { viewer, params }) =>
    readUploadState(ctx, viewer.personId, params.upload_id),
  ),
  route(askParts, (ctx, { viewer, params, body }) =>
    askUploadParts(ctx, viewer.personId, params.upload_id, body.parts),
  ),
  route(completeUpload, (ctx, { viewer, params }) =>
    completeInParts(ctx, viewer.personId, params.upload_id),
  ),
];
