import { askUpload } from '../../../api/media.ts';
import { once } from '../../kernel/idempotency.ts';
import { route } from '../../kernel/route.ts';
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
];
