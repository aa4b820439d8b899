import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PostId } from '../../api/ids.ts';
import { UPLOAD_BYTES_MAX } from '../../api/media.ts';
import type { Context } from '../context.ts';
import { readOriginalKey, readServedKey } from '../features/media/keys.ts';
import { opensOriginal, type SignedQuery, secondsLeft } from '../features/media/private-address.ts';
import { Problem } from '../kernel/problem.ts';
import { BlobMissing, type Blobs } from '../ports/blobs/blobs.ts';

const DAY_S = 24 * 60 * 60;
/** The product's times. A rendition's name holds the digest of its bytes, so it never changes. */
const AVATAR_AGE_S = DAY_S;
const POST_AGE_S = 30 * DAY_S;

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

type EdgeDeps = Pick<Context, 'blobs' | 'secrets' | 'clock'>;
/** Whether the pictures of a post are for whoever asks. */
type IsPostOpen = (postId: PostId) => Promise<boolean>;

/**
 * Serves renditions, and takes uploads when the store's addresses lead to this server. To be called before
 * other routes are registered, so that they keep their time limit (see `letSlowUploadsThrough`).
 */
export function serveMedia(app: FastifyInstance, ctx: EdgeDeps, isPostOpen: IsPostOpen): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/media/*',
    schema: { hide: true },
    handler: (request, reply) => sendRendition(ctx, isPostOpen, request, reply),
  });
  const receive = ctx.blobs.receive;
  if (!receive) return;
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

/** Lets a file that somebody brought be shown as a picture by our own pages, and be nothing else. */
const HARMLESS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
} as const;

async function sendRendition(
  ctx: EdgeDeps,
  isPostOpen: IsPostOpen,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const { blobs } = ctx;
  const key = (request.params as { '*': string })['*'];
  // Originals and everything else that lies in the store have other names.
  const rendition = readServedKey(key);
  if (!rendition) return sendOriginal(ctx, key, request, reply);
  const caching = await cachingOf(ctx, isPostOpen, key, rendition, request);
  const found = caching === null ? null : await blobs.stat(key);
  if (caching === null || !found) throw new Problem('not_found');
  const etag = `"${rendition.digest}"`;
  reply.headers({
    'cache-control': caching,
    etag,
    'accept-ranges': 'bytes',
    ...HARMLESS,
    // What anyone may see may stand in pages of others, too: link previews and embeds show it.
    'cross-origin-resource-policy': caching.startsWith('public') ? 'cross-origin' : 'same-origin',
  });
  if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();

  const wanted = readRange(request, found.size, etag);
  if (wanted === 'unsatisfiable') {
    return reply.code(416).header('content-range', `bytes */${found.size}`).send();
  }
  reply.type(rendition.contentType);
  if (wanted) {
    reply.code(206).header('content-range', `bytes ${wanted.start}-${wanted.end}/${found.size}`);
  }
  reply.header('content-length', wanted ? wanted.end - wanted.start + 1 : found.size);
  if (request.method === 'HEAD') return reply.send();
  return reply.send(await openFile(blobs, key, wanted));
}

/** A picture of a draft, as it was uploaded: only by an address that was signed for its owner. */
async function sendOriginal(
  ctx: EdgeDeps,
  key: string,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const type = readOriginalKey(key);
  const opens = type !== null && opensOriginal(ctx, key, request.query as SignedQuery);
  const found = opens ? await ctx.blobs.stat(key) : null;
  if (!opens || !found) throw new Problem('not_found');
  reply.headers({ 'cache-control': 'private, no-store', ...HARMLESS });
  reply.type(type).header('content-length', found.size);
  if (request.method === 'HEAD') return reply.send();
  return reply.send(await openFile(ctx.blobs, key, null));
}

/**
 * Who may keep the answer, and how long; null when this address opens nothing. Profile pictures are for
 * everyone, and so are pictures of posts that everyone may see; others want a signature in their address.
 */
async function cachingOf(
  ctx: EdgeDeps,
  isPostOpen: IsPostOpen,
  key: string,
  { postId }: { postId: PostId | null },
  request: FastifyRequest,
): Promise<string | null> {
  if (postId === null) return `public, max-age=${AVATAR_AGE_S}, immutable`;
  const left = secondsLeft(ctx, key, request.query as SignedQuery);
  if (left > 0) return `private, max-age=${left}, immutable`;
  return (await isPostOpen(postId)) ? `public, max-age=${POST_AGE_S}, immutable` : null;
}

async function openFile(blobs: Blobs, key: string, range: Range | null): Promise<Readable> {
  try {
    return await blobs.stream(key, range ?? undefined);
  } catch (error) {
    // Its post was deleted after we looked.
    if (error instanceof BlobMissing) throw new Problem('not_found');
    throw error;
  }
}

/** RFC 9110, 13.1.2: weak comparison, and `*` for anything that exists. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}

interface Range {
  readonly start: number;
  /** Inclusive */
  readonly end: number;
}

/** RFC 9110, 14: one range of bytes; null (send all) for several, for other units, for what is no range. */
function readRange(
  request: FastifyRequest,
  size: number,
  etag: string,
): Range | 'unsatisfiable' | null {
  const { range, 'if-range': ifRange } = request.headers;
  if (range === undefined || request.method !== 'GET') return null;
  if (ifRange !== undefined && ifRange !== etag) return null;
  const [, first = '', last = ''] = /^bytes=([0-9]{0,15})-([0-9]{0,15})$/.exec(range) ?? [];
  if (first === '' && last === '') return null;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return null;
  return start >= size ? 'unsatisfiable' : { start, end };
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
