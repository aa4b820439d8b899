import { type Static, type TObject, type TSchema, Type } from 'typebox';
import type { ErrorCode } from './errors.ts';
import { Pagination } from './page.ts';

export { API_BASE } from './limits.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
export type RouteName = `${Method} /${string}`;

/**
 * Who may call: anyone, anyone (but told apart when signed in), a signed-in person, a moderator (or admin), an admin.
 */
export type Access = 'anyone' | 'anyone_or_signed_in' | 'signed_in' | 'moderator' | 'admin';

/** One entry of the contract. Server and web app, validation, serialisation and OpenAPI all read this. */
export interface Route {
  readonly name: RouteName;
  readonly summary: string;
  readonly access: Access;
  readonly params?: TObject;
  readonly query?: TObject;
  readonly body?: TObject;
  /** The schema of `data` in the envelope. */
  readonly returns: TSchema;
  /** True when the answer carries `pagination`; `returns` is then an array. */
  readonly list?: boolean;
  /** 200 unless told. */
  readonly status?: 200 | 201 | 202;
  /** Takes an `Idempotency-Key` header: the same key gives the same answer and no second effect. */
  readonly idempotent?: boolean;
  /** The codes that this route can answer with, beside those that any route can. */
  readonly errors?: readonly ErrorCode[];
}

/** Declares a route; the type keeps every schema, so handlers and the web client are typed from it. */
export function defineRoute<const R extends Route>(route: R): R {
  return route;
}

type StaticOr<S, Otherwise> = S extends TSchema ? Static<S> : Otherwise;

export type ParamsOf<R extends Route> = StaticOr<R['params'], Record<never, never>>;
export type QueryOf<R extends Route> = StaticOr<R['query'], Record<never, never>>;
export type BodyOf<R extends Route> = StaticOr<R['body'], undefined>;
export type DataOf<R extends Route> = Static<R['returns']>;

/** `METHOD /path/{param}` cut into its method and its path. */
export function splitRouteName(name: RouteName): { method: Method; path: string } {
  const space = name.indexOf(' ');
  return { method: name.slice(0, space) as Method, path: name.slice(space + 1) };
}

/** The envelope of a successful answer, as a schema. */
export function successSchema(route: Route): TObject {
  const base = { success: Type.Literal(true), data: route.returns };
  return route.list ? Type.Object({ ...base, pagination: Pagination }) : Type.Object(base);
}
