import { statfs } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import type { Context } from '../context.ts';
import type { RootState } from '../ports/blobs/blobs.ts';

const PART_TIMEOUT_MS = 2000;
/** Below this, uploads will soon be refused. */
const FREE_BYTES_MIN = 200_000_000;

interface Part {
  readonly ok: boolean;
  readonly ms: number;
  readonly problem?: string;
  /** It works, but less well than it should. */
  readonly warning?: string;
}

/**
 * `GET /health`: `live` while the process answers, `ready` while it can do its work, and each part
 * alone. 200 when ready, 503 when not; `?probe=live` is 200 as long as the process answers.
 */
export function serveHealth(
  app: FastifyInstance,
  ctx: Context,
  isDraining: () => boolean,
  /** Whether more is asked than can be done, in words. */
  loadWarning: () => string | null,
): void {
  app.get('/health', { schema: { hide: true }, logLevel: 'warn' }, async (request, reply) => {
    const [database, blobs, disk] = await Promise.all([
      examine(() => ctx.db.ping(PART_TIMEOUT_MS).then(() => null)),
      examine(async () => {
        await ctx.blobs.check();
        return missingPlaces(await ctx.blobs.roots({ counted: false }));
      }),
      examine(() => checkSpace(ctx)),
    ]);
    const load = await examine(async () => loadWarning());
    const parts = { database, blobs, disk, load };
    const draining = isDraining();
    const ready = !draining && Object.values(parts).every((part) => part.ok);
    const onlyLive = (request.query as { probe?: unknown }).probe === 'live';
    return reply
      .status(ready || onlyLive ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ live: true, ready, draining, roles: [...ctx.config.roles], parts });
  });
}

/** What `check` gives is a warning: nothing fails for it. */
async function examine(check: () => Promise<string | null>): Promise<Part> {
  const began = performance.now();
  const took = () => Math.round(performance.now() - began);
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), PART_TIMEOUT_MS);
    });
    const warning = await Promise.race([check(), late]);
    return { ok: true, ms: took(), ...(warning ? { warning } : {}) };
  } catch (error) {
    return { ok: false, ms: took(), problem: error instanceof Error ? error.message : 'unknown' };
  } finally {
    clearTimeout(timer);
  }
}

async function checkSpace(ctx: Context): Promise<null> {
  const { bavail, bsize } = await statfs(ctx.config.dataDir);
  if (bavail * bsize < FREE_BYTES_MIN) throw new Error('less than 200 MB of disk are left');
  return null;
}

/** While writes still find enough places, one that is away is no failure, but somebody should know. */
function missingPlaces(roots: readonly RootState[]): string | null {
  const away = roots.filter((root) => root.state === 'away').length;
  const filling = roots.filter((root) => root.state === 'filling').length;
  if (away > 0) return `${away} of ${roots.length} places for files cannot be reached`;
  return filling > 0 ? `${filling} of ${roots.length} places for files are being filled` : null;
}
