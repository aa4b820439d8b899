import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../kernel/problem.ts';

const ROOT = join(import.meta.dirname, '..', '..', 'dist', 'web');
const YEAR_S = 31_536_000;
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
  await app.register(fastifyStatic, {
    root: ROOT,
    index: false,
    wildcard: false,
    cacheControl: false,
    setHeaders(reply, path) {
      const hashed = path.includes(`${join(ROOT, 'assets')}`);
      reply.header('cache-control', hashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
    },
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    if (!asksForPage(request, path)) throw new Problem('not_found');
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-cache')
      .send(createReadStream(join(ROOT, 'index.html')));
  });
}

/** A browser that goes to an address says that it takes HTML; one that misses a file does not. Usernames may hold points. */
function asksForPage(request: FastifyRequest, path: string): boolean {
  if (!['GET', 'HEAD'].includes(request.method) || NOT_PAGES.test(path)) return false;
  return request.headers.accept?.includes('text/html') === true || !path.includes('.');
}
