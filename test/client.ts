import assert from 'node:assert/strict';
import { type TSchema, Type } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { Value } from 'typebox/value';
import {
  COMMON_ERRORS,
  ERRORS,
  ErrorBody,
  type ErrorCode,
  type ErrorDetails,
} from '../api/errors.ts';
import type { Pagination } from '../api/page.ts';
import {
  API_BASE,
  type BodyOf,
  type DataOf,
  type ParamsOf,
  type QueryOf,
  type Route,
  splitRouteName,
  successSchema,
} from '../api/route.ts';

/** What goes into a request; the contract says which parts a route takes. */
export interface Wish<R extends Route> {
  readonly params?: ParamsOf<R>;
  readonly query?: QueryOf<R>;
  readonly body?: BodyOf<R>;
  /** Sent as Idempotency-Key. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer<R extends Route> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: DataOf<R>;
  readonly pagination: Pagination | undefined;
}

/** The server said no. */
export class Refused extends Error {
  readonly status: number;
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly headers: Headers;

  constructor(route: string, status: number, body: ErrorBody, headers: Headers) {
    super(`${route}: ${status} ${JSON.stringify(body.error)}`);
    this.status = status;
    this.code = body.error.code;
    this.details = body.error.details ?? {};
    this.headers = headers;
  }

  /** The fields that the answer names, sorted. */
  get fields(): string[] {
    return (this.details.fields ?? []).map(({ field }) => field).sort();
  }
}

/** The path of a route with its parameters in it. */
export function pathOf(route: Route, params: object = {}, query: object = {}): string {
  const given = new Map<string, unknown>(Object.entries(params));
  const path = splitRouteName(route.name).path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(given.get(name))),
  );
  const pairs = Object.entries(query).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  const search = pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : '';
  return API_BASE + path + search;
}

/**
 * Asks over HTTP. Every answer, good or bad, is held against the contract: its status, its schema,
 * nothing in it that the schema does not name, only codes that the route declares.
 * Throws `Refused` when the server says no.
 */
export async function ask<R extends Route>(
  base: string,
  token: string | null,
  route: R,
  wish: Wish<R> = {},
): Promise<Answer<R>> {
  const { method } = splitRouteName(route.name);
  const response = await fetch(base + pathOf(route, wish.params, wish.query), {
    method,
    headers: {
      ...(wish.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(wish.key === undefined ? {} : { 'idempotency-key': wish.key }),
      ...wish.headers,
    },
    ...(wish.body === undefined ? {} : { body: JSON.stringify(wish.body) }),
  });
  const { status, headers } = response;
  const body: unknown = await response.json();
  if (!response.ok)
    throw new Refused(route.name, status, demandRefusal(route, status, body), headers);
  assert.equal(status, route.status ?? 200, route.name);
  demandShape(route.name, successOf(route), body);
  const { data, pagination } = body as { data: DataOf<R>; pagination?: Pagination };
  return { status, headers, data, pagination };
}

/** Checks a refusal against the contract and gives it. */
export function demandRefusal(route: Route | null, status: number, body: unknown): ErrorBody {
  const name = route?.name ?? 'outside the contract';
  demandShape(name, refusal, body);
  const refused = body as ErrorBody;
  const { code } = refused.error;
  assert.equal(status, ERRORS[code][0], `${name}: ${code} has a status of its own`);
  assert.equal(typeof refused.error.request_id, 'string', name);
  if (!route) return refused;
  const declared: ErrorCode[] = [...COMMON_ERRORS, ...(route.errors ?? [])];
  if (route.access !== 'anyone') declared.push('unauthenticated', 'access_token_expired');
  assert.ok(declared.includes(code), `${name} answers ${code}, which it does not declare`);
  return refused;
}

interface Shape {
  readonly schema: TSchema;
  readonly validator: Validator;
}

const shape = (schema: TSchema): Shape => ({ schema, validator: Compile(schema) });
const refusal = shape(Type.Unsafe(ErrorBody));
const successes = new Map<Route, Shape>();

function successOf(route: Route): Shape {
  const known = successes.get(route) ?? shape(successSchema(route));
  successes.set(route, known);
  return known;
}

function demandShape(name: string, { schema, validator }: Shape, body: unknown): void {
  if (!validator.Check(body)) {
    const faults = [...validator.Errors(body)].map((e) => `${e.instancePath} ${e.message}`);
    assert.fail(`${name}: ${faults.join('; ')} in ${JSON.stringify(body)}`);
  }
  const listed = Value.Clean(schema, structuredClone(body));
  assert.deepEqual(body, listed, `${name}: something that the schema does not list`);
}
