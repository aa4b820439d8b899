import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../kernel/problem.ts';

const ROOT = join(import.meta.dirname, '..', '..', 'dist', 'web');
const YEAR_S = 31_536_000;
/** Manifest, icons, service worker. A username may look like one: then there is no such file. */
const ROOT_FILE = /^[\w-]+\.(js|png|svg|ico|webmanifest|txt)$/;
/** Paths of machines, where a page would be the wrong answer to a mistake. */
const NOT_PAGES = /^\/(api|media|uploads|assets|health)(\/|$)/;

/** The web app: hashed files for ever, the rest asked for anew, and every page address answered by its one document. */
export async function serveWeb(app: FastifyInstance): Promise<void> {
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
  app.setNotFoundHandler((request, reply) => {
    if (!asksForPage(request)) throw new Problem('not_found');
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-cache')
      .send(createReadStream(join(ROOT, 'index.html')));
  });
}

/** A browser that goes to an address says that it takes HTML; one that misses a file does not. Usernames may hold points. */
function asksForPage(request: FastifyRequest): boolean {
  const path = pathOf(request);
  if (!['GET', 'HEAD'].includes(request.method) || NOT_PAGES.test(path)) return false;
  return request.headers.accept?.includes('text/html') === true || !path.includes('.');
}

const pathOf = (request: FastifyRequest) => request.url.split('?', 1)[0] ?? '/';
