import type { FastifyInstance } from 'fastify';
import type { Context } from '../context.ts';
import type { Drain } from '../http/drain.ts';
import { hear } from '../kernel/hints.ts';
import { MEDIA, openFastLane } from './edge/fast-lane.ts';
import { HotFiles } from './edge/hot-files.ts';
import type { IsPostOpen } from './edge/opening.ts';
import { sendMedia } from './edge/send.ts';
import { takeUploads } from './edge/uploads.ts';

/**
 * Serves what was made of pictures and videos, and takes uploads when the store's addresses lead to this
 * server. To be called before other routes are registered, so that they keep their time limit (see
 * `takeUploads`).
 */
export function serveMedia(
  app: FastifyInstance,
  ctx: Context,
  drain: Drain,
  isPostOpen: IsPostOpen,
): void {
  const { blobs, secrets, clock } = ctx;
  const hot = new HotFiles(blobs);
  const prepare = openFastLane(app.server, hot, drain, ctx);
  const edge = { blobs, secrets, clock, isPostOpen, hot, prepare };
  const deaf = forgetWhatIsGone(ctx, hot);
  app.addHook('onClose', async () => deaf());
  app.route({
    method: ['GET', 'HEAD'],
    url: `${MEDIA}*`,
    schema: { hide: true },
    // The ETag is of these bytes. What is large is packed already.
    compress: false,
    handler: (request, reply) => sendMedia(edge, request, reply),
  });
  if (blobs.receive) takeUploads(app, blobs.receive);
}

/** Whether a file is for everyone is asked anew, and what was removed leaves memory. */
function forgetWhatIsGone(ctx: Context, hot: HotFiles): () => void {
  const deaf = [
    hear(ctx, 'post.narrowed', ({ post_id }) => hot.forget(post_id)),
    hear(ctx, 'post.deleted', ({ post_id }) => hot.forget(post_id)),
    hear(ctx, 'profile.updated', ({ person_id }) => hot.forget(person_id)),
    hear(ctx, 'standing.changed', ({ author_ids }) => {
      for (const id of author_ids) hot.forget(id);
    }),
  ];
  return () => {
    for (const stop of deaf) stop();
  };
}
