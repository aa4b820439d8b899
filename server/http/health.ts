import { statfs } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import type { Context } from '../context.ts';

const PART_TIMEOUT_MS = 2000;
/** Below this, uploads will soon be refused. */
const FREE_BYTES_MIN = 200_000_000;

interface Part {
  readonly ok: boolean;
  readonly ms: number;
  readonly problem?: string;
}

/**
 * `GET /health`: `live` while the process answers, `ready` while it can do its work, and each part
 * alone. 200 when ready, 503 when not; `?probe=live` is 200 as long as the process answers.
 */
export function serveHealth(app: FastifyInstance, ctx: Context, isDraining: () => boolean): void {
  app.get('/health', { schema: { hide: true }, logLevel: 'warn' }, async (request, reply) => {
    const [database, blobs, disk] = await Promise.all([
      examine(() => ctx.db.ping(PART_TIMEOUT_MS)),
      examine(() => ctx.blobs.check()),
      examine(() => checkSpace(ctx)),
    ]);
    const parts = { database, blobs, disk };
    const draining = isDraining();
    const ready = !draining && Object.values(parts).every((part) => part.ok);
    const onlyLive = (request.query as { probe?: unknown }).probe === 'live';
    return reply
      .status(ready || onlyLive ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ live: true, ready, draining, roles: [...ctx.config.roles], parts });
  });
}

async function examine(check: () => Promise<void>): Promise<Part> {
  const began = performance.now();
  const took = () => Math.round(performance.now() - began);
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), PART_TIMEOUT_MS);
    });
    await Promise.race([check(), late]);
    return { ok: true, ms: took() };
  } catch (error) {
    return { ok: false, ms: took(), problem: error instanceof Error ? error.message : 'unknown' };
  } finally {
    clearTimeout(timer);
  }
}

async function checkSpace(ctx: Context): Promise<void> {
  const { bavail, bsize } = await statfs(ctx.config.dataDir);
  if (bavail * bsize < FREE_BYTES_MIN) throw new Error('less than 200 MB of disk are left');
}
