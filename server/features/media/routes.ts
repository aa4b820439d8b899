import { askUpload } from '../../../api/media.ts';
import { route } from '../../kernel/route.ts';
import { askUploads } from './uploads.ts';

export const mediaRoutes = [
  route(askUpload, async (ctx, { viewer, body }) => ({
    uploads: await askUploads(ctx, viewer.personId, body.files),
  })),
];
