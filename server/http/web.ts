import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { Problem } from '../kernel/problem.ts';
import { originOf } from './origin.ts';
import { headOf, isPublicPath, type PublicPlaces } from './public-pages.ts';

const ROOT = join(import.meta.dirname, '..', '..', 'dist', 'web');
const YEAR_S = 31_536_000;
/** Manifest, icons, service worker. A username may look like one: then there is no such file. */
const ROOT_FILE = /^[\w-]+\.(js|png|svg|ico|webmanifest|txt)$/;
/** Paths of machines, where a page would be the wrong answer to a mistake. */
const NOT_PAGES = /^\/(api|media|uploads|assets|embed|health)(\/|$)/;

/** Milliseconds that a page waits for what is said of it; then it comes without. */
const HEAD_PATIENCE_MS = 2000;
/** What the build puts there for places of which there is nothing to say. */
const PLAIN_HEAD = /<title>Aperto<\/title>|<meta name="description"[^>]*>\s*/g;

/**
 * The web app: hashed files for ever, the rest asked for anew, and every page address answered by its one
 * document. Posts and profiles that anyone may see bring a head of their own; all others, whether they
 * are hidden or do not exist, the very same document with the very same status (see
 * docs/decisions/0012-public-pages.md).
 */
export async function serveWeb(
  app: FastifyInstance,
  config: Config,
  places: PublicPlaces,
): Promise<void> {
  if (!existsSync(ROOT)) {
    app.log.warn('the web app is not built: only the API answers');
    app.setNotFoundHandler(() => {
      throw new Problem('not_found');
    });
    return;
  }
  await app.register(fastifyStatic, { root: ROOT, serve: false, cacheControl: false });
  app.get('/assets/*', { schema: { hide: true } }, (request, reply) =>
    reply
      .header('cache-control', `public, max-age=${YEAR_S}, immutable`)
      .sendFile(pathOf(request).slice(1)),
  );
  // Looked up at each request, so that a build made meanwhile is served.
  app.get('/:file', { schema: { hide: true } }, (request, reply) => {
    const { file } = request.params as { file: string };
    if (!ROOT_FILE.test(file)) return reply.callNotFound();
    return reply.header('cache-control', 'no-cache').sendFile(file);
  });
  app.setNotFoundHandler(async (request, reply) => {
    if (!asksForPage(request)) throw new Problem('not_found');
    const path = pathOf(request);
    // Looked up at each request, so that a build made meanwhile is served.
    const plain = await readFile(join(ROOT, 'index.html'), 'utf8');
    const head = isPublicPath(path) ? await inTime(app, headAt(request)) : null;
    // What search engines should not keep: the same for hidden and for missing.
    if (head === null && path !== '/') reply.header('x-robots-tag', 'noindex');
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-cache')
      .send(head === null ? plain : withHead(plain, head));
  });

  async function headAt(request: FastifyRequest): Promise<string | null> {
    return headOf(places, decodePath(pathOf(request)), originOf(config, request));
  }
}

function withHead(document: string, head: string): string {
  // As a function, because `$` has a meaning in a replacement and none in a caption.
  return document.replaceAll(PLAIN_HEAD, '').replace('</head>', () => `  ${head}\n  </head>`);
}

/** The app comes also when the database does not: what is said of a page is the least of it. */
async function inTime(app: FastifyInstance, head: Promise<string | null>): Promise<string | null> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), HEAD_PATIENCE_MS);
  try {
    return await Promise.race([head, late.promise]);
  } catch (error) {
    app.log.warn({ err: error }, 'a page goes out without what is said of it');
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** An address that cannot be decoded leads nowhere. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return '/';
    throw error;
  }
}

/** A browser that goes to an address says that it takes HTML; one that misses a file does not. Usernames may hold points. */
function asksForPage(request: FastifyRequest): boolean {
  const path = pathOf(request);
  if (!['GET', 'HEAD'].includes(request.method) || NOT_PAGES.test(path)) return false;
  return request.headers.accept?.includes('text/html') === true || !path.includes('.');
}

const pathOf = (request: FastifyRequest) => request.url.split('?', 1)[0] ?? '/';
