import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { UPLOAD_BYTES_MAX } from '../../../api/media.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Blobs } from '../../ports/blobs/blobs.ts';

/** Where the local store's signed addresses lead. */
const UPLOADS = '/uploads/';

/** A phone that loses its network for a moment comes back within this. Looked at in such steps. */
const IDLE_MAX_MS = 30_000;
/** The slowest line that an upload is waited for: 16 KB/s (128 kbit/s), and a minute to begin with. */
const SLOWEST_BYTES_PER_MS = 16;
const START_MS = 60_000;
/** How much of a refused file is still read, so that its sender hears why. */
const REFUSED_READ_MAX = 16_000_000;
const REFUSED_READ_MAX_MS = 30_000;
const REFUSED_LOOK_MS = 200;

/**
 * Takes uploads, where the store's addresses lead to this server. To be called before other routes are
 * registered, so that they keep their time limit (see `letSlowUploadsThrough`).
 */
export function takeUploads(app: FastifyInstance, receive: NonNullable<Blobs['receive']>): void {
  letSlowUploadsThrough(app);
  app.register(async (uploads) => {
    // Bytes of any type go straight to the store, unread.
    uploads.removeAllContentTypeParsers();
    uploads.addContentTypeParser('*', (_request, body, done) => done(null, body));
    uploads.put(`${UPLOADS}*`, { bodyLimit: UPLOAD_BYTES_MAX, schema: { hide: true } }, (request) =>
      takeUpload(receive, request),
    );
  });
}

/**
 * Node has one limit for how long requests may take to arrive. It is raised to what the largest upload on
 * the slowest line needs; all other bodies keep the limit that was set.
 */
function letSlowUploadsThrough(app: FastifyInstance): void {
  const others = app.server.requestTimeout;
  if (others === 0) return;
  app.server.requestTimeout = START_MS + UPLOAD_BYTES_MAX / SLOWEST_BYTES_PER_MS;
  app.addHook('onRequest', async ({ raw, url }, reply) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = raw.headers;
    const hasBody = encoding !== undefined || (length !== undefined && length !== '0');
    if (!hasBody || url.startsWith(UPLOADS)) return;
    const timer = setTimeout(() => {
      if (raw.complete || reply.sent) return;
      reply.header('connection', 'close').send(new Problem('request_timeout'));
    }, others);
    reply.raw.once('close', () => clearTimeout(timer));
  });
}

/** Hands the body to the store, and stops waiting for a sender who has fallen silent or is far too slow. */
async function takeUpload(
  receive: NonNullable<Blobs['receive']>,
  request: FastifyRequest,
): Promise<{ success: true; data: Record<never, never> }> {
  const { raw } = request;
  const watch = watchSender(raw, Number(request.headers['content-length'] ?? UPLOAD_BYTES_MAX));
  try {
    const { signal } = watch;
    await receive({ url: request.url, headers: request.headers, body: raw, signal });
    return { success: true, data: {} };
  } catch (error) {
    readRest(raw);
    throw error;
  } finally {
    watch.stop();
  }
}

/** Aborts `signal` when nothing has come for `IDLE_MAX_MS`, or when `size` bytes take far too long. */
function watchSender(raw: IncomingMessage, size: number): { signal: AbortSignal; stop(): void } {
  const control = new AbortController();
  const giveUp = () => control.abort(new Problem('request_timeout'));
  let read = raw.socket.bytesRead;
  const idle = setInterval(() => {
    if (raw.socket.bytesRead === read) giveUp();
    read = raw.socket.bytesRead;
  }, IDLE_MAX_MS);
  const total = setTimeout(giveUp, START_MS + size / SLOWEST_BYTES_PER_MS);
  return {
    signal: control.signal,
    stop() {
      clearInterval(idle);
      clearTimeout(total);
    },
  };
}

/**
 * Lets the rest of a refused file go by. Closing the line at once would throw away the answer, because
 * senders read it only when they have sent all; but nobody may send for ever.
 */
function readRest(raw: IncomingMessage): void {
  const { socket } = raw;
  if (raw.complete || socket.destroyed) return;
  raw.resume();
  const from = socket.bytesRead;
  let looks = 0;
  const timer = setInterval(() => {
    looks += 1;
    const tooLong = looks * REFUSED_LOOK_MS > REFUSED_READ_MAX_MS;
    const enough = tooLong || socket.bytesRead - from > REFUSED_READ_MAX;
    if (enough && !raw.complete) socket.destroy();
    if (enough || raw.complete || socket.destroyed) clearInterval(timer);
  }, REFUSED_LOOK_MS).unref();
}
