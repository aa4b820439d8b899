import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { API_BASE } from '../../api/route.ts';
import type { Context } from '../context.ts';
import { fieldProblem, Problem } from '../kernel/problem.ts';
import { answerError } from './errors.ts';

/** JSON bodies are small: the longest caption and twenty alt texts fit into a sixth of this. */
export const BODY_BYTES_MAX = 256 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
const CONNECTION_TIMEOUT_MS = 60_000;
/** Longer than the idle time of the usual proxies (60 s), so that they never write to a closed line. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
const COMPRESS_FROM_BYTES = 1024;

/** A Fastify with all that every surface shares: errors, headers, compression, OpenAPI. No routes yet. */
export async function createApp(ctx: Context): Promise<FastifyInstance> {
  const app = Fastify({
    // Fastify tells of itself only what is wrong.
    loggerInstance: ctx.log.child({}, { level: quieterLevel(ctx.log) }) as FastifyBaseLogger,
    // One line a request of our own instead: logRequests.
    logController: new LogController({ disableRequestLogging: true }),
    // Requests without a body need none of what Node does about one: a fifth of its work for a small answer.
    http: { optimizeEmptyRequests: true },
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    trustProxy: ctx.config.trustedProxies.length > 0 ? [...ctx.config.trustedProxies] : false,
    genReqId: () => crypto.randomUUID(),
    routerOptions: { maxParamLength: 200 },
    // Requests that arrive while stopping get an answer of ours.
    return503OnClosing: false,
    frameworkErrors: answerUnreadable,
  });
  app.setErrorHandler(answerError);
  readJsonBodies(app);
  await app.register(cookie);
  await app.register(helmet, securityHeaders(ctx));
  await app.register(compress, {
    threshold: COMPRESS_FROM_BYTES,
    encodings: ['br', 'gzip', 'identity'],
    // The default of 11 takes a hundred times as long for a few percent.
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
  });
  await app.register(swagger, { openapi: openapiHead(ctx) });
  logRequests(app, ctx);
  return app;
}

/** An address that the router cannot read comes past every hook and the error handler. */
function answerUnreadable(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'x-request-id': request.id,
  });
  answerError(error, request, reply);
}

/** JSON only; an empty body is none. */
function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    if (text === '') return done(null, undefined);
    try {
      const body: unknown = JSON.parse(String(text), refusePrototype);
      // Both can come into JSON only as an escape, so most bodies need no second look.
      if (/\\u(0000|d[89a-f])/i.test(String(text))) demandStorable(body, 'body');
      done(null, body);
    } catch (error) {
      done(error instanceof Problem ? error : new Problem('malformed_json'));
    }
  });
}

/** PostgreSQL keeps no U+0000 in a text, and half of a surrogate pair is no character at all. */
function demandStorable(value: unknown, place: string): void {
  if (typeof value === 'string') {
    if (value.includes('\u0000')) {
      throw fieldProblem({ [place]: 'must not contain the character U+0000' });
    }
    if (!value.isWellFormed()) {
      throw fieldProblem({ [place]: 'must not contain half of a surrogate pair' });
    }
  } else if (value !== null && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) demandStorable(inner, `${place}.${key}`);
  }
}

/** `__proto__` in JSON is never meant well. */
function refusePrototype(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new Problem('malformed_json');
  return value;
}

function securityHeaders(ctx: Context) {
  const secure = ctx.config.publicUrl?.startsWith('https:') ?? false;
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'blob:', 'data:'],
        'font-src': ["'self'"],
        'connect-src': ["'self'"],
        'manifest-src': ["'self'"],
        'worker-src': ["'self'"],
        'media-src': ["'self'", 'blob:'],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
        'require-trusted-types-for': ["'script'"],
        ...(secure ? { 'upgrade-insecure-requests': [] } : {}),
      },
    },
    strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    crossOriginOpenerPolicy: { policy: 'same-origin' as const },
    crossOriginResourcePolicy: { policy: 'same-origin' as const },
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' as const },
  };
}

function openapiHead(ctx: Context) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Aperto',
      version: '1',
      description: 'A photo and video social network that anyone can run.',
      license: { name: 'AGPL-3.0-only', identifier: 'AGPL-3.0-only' },
    },
    servers: [{ url: ctx.config.publicUrl ?? '/' }],
    components: {
      securitySchemes: {
        bearer: { type: 'http' as const, scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
  };
}

/** One line a request, without bodies, headers or query: they may hold secrets. */
function logRequests(app: FastifyInstance, ctx: Context): void {
  app.addHook('onResponse', async (request, reply) => {
    const line = {
      req_id: request.id,
      method: request.method,
      path: request.url.split('?', 1)[0],
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
    };
    if (request.url.startsWith(API_BASE)) ctx.log.info(line, 'request');
    else ctx.log.debug(line, 'request');
  });
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
}

function quieterLevel(log: Context['log']): string {
  return log.isLevelEnabled('info') ? 'warn' : log.level;
}
