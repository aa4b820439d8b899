import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { TObject } from 'typebox';
import { COMMON_ERRORS, ERRORS, ErrorBody } from '../../api/errors.ts';
import {
  type Access,
  API_BASE,
  type Route,
  splitRouteName,
  successSchema,
} from '../../api/route.ts';
import type { Context } from '../context.ts';
import type { Page } from '../kernel/cursor.ts';
import { type IdempotencyKey, readIdempotencyKey } from '../kernel/idempotency.ts';
import { Problem } from '../kernel/problem.ts';
import type { BoundRoute, Call } from '../kernel/route.ts';
import type { Viewer } from '../kernel/viewer.ts';
import { admissionOf } from './admission/admission.ts';
import { classOfRoute } from './admission/classes.ts';
import { refreshCookie } from './cookies.ts';
import { originOf } from './origin.ts';
import { type Check, compileCheck } from './validation.ts';

export type Authenticate = (ctx: Context, token: string) => Promise<Viewer>;

/** Makes every route of the contract answer: who asks, what they ask, the answer in its envelope. */
export function bindRoutes(
  app: FastifyInstance,
  ctx: Context,
  authenticate: Authenticate,
  routes: readonly BoundRoute[],
): void {
  for (const bound of routes) bindRoute(app, ctx, authenticate, bound);
}

function bindRoute(
  app: FastifyInstance,
  ctx: Context,
  authenticate: Authenticate,
  { contract, handle }: BoundRoute,
): void {
  const { method, path } = splitRouteName(contract.name);
  const workClass = classOfRoute(contract.name);
  const { admission } = admissionOf(ctx);
  const checks = {
    params: contract.params && compileCheck('params', contract.params),
    query: compileCheck('query', contract.query ?? nothing),
    body: contract.body && compileCheck('body', contract.body),
  };
  const respond = async (request: FastifyRequest, reply: FastifyReply) => {
    const viewer = await readViewer(ctx, authenticate, contract, request);
    const call: Call<Route> = {
      viewer: viewer as Viewer,
      params: (checks.params?.(request.params) ?? {}) as Call<Route>['params'],
      query: checks.query(request.query) as Call<Route>['query'],
      body: readBody(checks.body, request) as Call<Route>['body'],
      idempotencyKey: readKey(contract, request),
      refreshCookie: refreshCookie(ctx.config, request, reply),
      origin: originOf(ctx.config, request),
      device: (request.headers['user-agent'] ?? 'unknown').slice(0, 200),
    };
    return answer(contract, await handle(ctx, call), reply);
  };
  app.route({
    method,
    url: API_BASE + path.replaceAll(/\{(\w+)\}/g, ':$1'),
    schema: describe(contract),
    // Checked by hand below, with one way of saying what is wrong.
    validatorCompiler: () => () => true,
    handler: async (request, reply) => {
      const end = workClass && admission?.begin(workClass);
      try {
        return await respond(request, reply);
      } finally {
        end?.();
      }
    },
  });
}

const nothing = {
  type: 'object',
  properties: {},
  additionalProperties: false,
} as unknown as TObject;

function readBody(check: Check | undefined, request: FastifyRequest): unknown {
  if (check) return check(request.body ?? {});
  if (request.body !== undefined && request.body !== null && Object.keys(request.body).length > 0) {
    throw new Problem('validation_failed', undefined, {
      fields: [{ field: 'body', message: 'must be empty: this address takes no body' }],
    });
  }
  return undefined;
}

function answer(contract: Route, result: unknown, reply: FastifyReply): unknown {
  reply.status(contract.status ?? 200).header('cache-control', 'no-store');
  if (!contract.list) return { success: true, data: result };
  const page = result as Page<unknown>;
  return { success: true, data: page.items, pagination: page.pagination };
}

/** What roles open: an admin may what a moderator may. */
function mayCall(access: Access, role: Viewer['role']): boolean {
  if (access === 'admin') return role === 'admin';
  return access !== 'moderator' || role !== 'member';
}

async function readViewer(
  ctx: Context,
  authenticate: Authenticate,
  contract: Route,
  request: FastifyRequest,
): Promise<Viewer | null> {
  if (contract.access === 'anyone') return null;
  const header = request.headers.authorization;
  if (header === undefined) {
    if (contract.access === 'anyone_or_signed_in') return null;
    throw new Problem('unauthenticated');
  }
  const token = /^Bearer ([\w.~+/=-]{1,2000})$/i.exec(header)?.[1];
  if (!token)
    throw new Problem('unauthenticated', 'Send the access token as: Authorization: Bearer …');
  const viewer = await authenticate(ctx, token);
  if (!mayCall(contract.access, viewer.role)) throw new Problem('forbidden');
  return viewer;
}

function readKey(contract: Route, request: FastifyRequest): IdempotencyKey | null {
  const header = request.headers['idempotency-key'];
  if (header === undefined || !contract.idempotent) return null;
  const wish = `${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`;
  return readIdempotencyKey(String(header), wish);
}

/** What OpenAPI and the serialiser need to know. */
function describe(contract: Route): object {
  const statuses = new Map<number, string[]>();
  const signedIn = !['anyone', 'anyone_or_signed_in'].includes(contract.access);
  const codes = new Set([
    ...COMMON_ERRORS,
    ...(contract.errors ?? []),
    ...(signedIn ? (['unauthenticated', 'access_token_expired'] as const) : []),
  ]);
  for (const code of codes) {
    const [status] = ERRORS[code];
    statuses.set(status, [...(statuses.get(status) ?? []), code]);
  }
  const errors = [...statuses].map(([status, names]) => [
    status,
    { ...ErrorBody, description: names.join(', ') },
  ]);
  return {
    summary: contract.summary,
    operationId: contract.name.replaceAll(/[^A-Za-z]+/g, '_').replace(/_$/, ''),
    tags: [splitRouteName(contract.name).path.split('/')[1] ?? ''],
    ...(contract.params ? { params: contract.params } : {}),
    ...(contract.query ? { querystring: contract.query } : {}),
    ...(contract.body ? { body: contract.body } : {}),
    ...(contract.idempotent ? { headers: IDEMPOTENCY_HEADER } : {}),
    ...(signedIn ? { security: [{ bearer: [] }] } : {}),
    response: {
      [contract.status ?? 200]: { description: 'Done', ...successSchema(contract) },
      ...Object.fromEntries(errors),
    },
  };
}

const IDEMPOTENCY_HEADER = {
  type: 'object',
  properties: {
    'idempotency-key': {
      type: 'string',
      maxLength: 128,
      description: 'The same key with the same request gives the same answer and no second effect',
    },
  },
};
