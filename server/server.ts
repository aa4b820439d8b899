import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { isPostOpen } from './features/posts/open.ts';
import { publicPost } from './features/sharing/public-post.ts';
import { publicProfile } from './features/sharing/public-profile.ts';
import { admissionOf } from './http/admission/admission.ts';
import { guardLanes, guardWork } from './http/admission/guard.ts';
import { createApp } from './http/app.ts';
import { type Drain, prepareDrain } from './http/drain.ts';
import { serveEmbeds } from './http/embed.ts';
import { serveHealth } from './http/health.ts';
import { serveOembed } from './http/oembed.ts';
import type { PublicPlaces } from './http/public-pages.ts';
import { serveWeb } from './http/web.ts';
import type { Clock } from './kernel/clock.ts';
import { openHouse } from './open.ts';
import type { JobWorker } from './ports/jobs/jobs.ts';
import { serveApi } from './roles/api.ts';
import { serveMedia } from './roles/edge.ts';
import { type Realtime, serveRealtime } from './roles/realtime.ts';
import { startWorker } from './roles/worker.ts';

const JOBS_DRAIN_MS = 10_000;

export interface RunningServer {
  readonly ctx: Context;
  /** Where it answers, for people: http://localhost:3000 */
  readonly address: string;
  /** Where it listens. */
  readonly port: number;
  /** Drains: takes no new work, lets running requests and jobs end, then closes everything. */
  stop(): Promise<void>;
}

/** Opens what the settings name and starts the roles. Throws, with everything closed again, when a part cannot start. */
export async function startServer(
  config: Config,
  log: Logger,
  clock?: Clock,
): Promise<RunningServer> {
  const house = await openHouse(config, log, clock);
  const { ctx } = house;
  const stops: (() => Promise<void>)[] = [];
  let drain: Drain | undefined;
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    drain?.begin();
    for (const step of stops.splice(0).reverse()) {
      await step().catch((error) => log.error({ err: error }, 'a role did not stop in order'));
    }
    await house.close();
  };
  try {
    if (config.roles.has('worker')) {
      const worker: JobWorker = await startWorker(ctx);
      stops.push(() => worker.stop(JOBS_DRAIN_MS));
    }
    const app = await createApp(ctx);
    const appDrain = prepareDrain(app);
    drain = appDrain;
    stops.push(() => appDrain.close());
    await serveRoles(app, ctx, appDrain);
    await app.listen({ port: config.port, host: config.host });
    if (config.roles.has('realtime')) {
      const realtime: Realtime = serveRealtime(app.server, ctx);
      stops.push(() => realtime.close());
    }
    const { port } = app.server.address() as AddressInfo;
    return { ctx, address: config.publicUrl ?? `http://localhost:${port}`, port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function serveRoles(app: FastifyInstance, ctx: Context, drain: Drain) {
  const { roles } = ctx.config;
  const { admission } = admissionOf(ctx);
  if (admission) {
    guardWork(app.server, admission, drain);
    app.addHook('onClose', async () => admission.stop());
  }
  // First, because it changes the time limit of request bodies, which routes inside register inherit.
  if (roles.has('edge')) {
    serveMedia(app, ctx, drain, (postId) => isPostOpen(ctx, postId));
  }
  // Inside register, so that OpenAPI has seen every route before the first request.
  await app.register(async (api) => serveApi(api, ctx, drain, roles));
  serveHealth(app, ctx, drain.isDraining, () => admission?.warning ?? null);
  const places: PublicPlaces = {
    post: (postId) => publicPost(ctx, postId),
    profile: (username) => publicProfile(ctx, username),
  };
  if (roles.has('read')) {
    serveEmbeds(app, ctx.config, places);
    serveOembed(app, ctx.config, places);
  }
  await serveWeb(app, ctx.config, places);
  // Last: ahead of all lanes that were opened meanwhile.
  if (admission) guardLanes(app.server, admission, drain);
}
