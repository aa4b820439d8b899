import type { BodyOf, DataOf, ParamsOf, QueryOf, Route } from '../../api/route.ts';
import type { Context } from '../context.ts';
import type { Page } from './cursor.ts';
import type { IdempotencyKey } from './idempotency.ts';
import type { Viewer } from './viewer.ts';

/** The refresh token in the browser's HttpOnly cookie, for the few routes that keep or read it. */
export interface RefreshCookie {
  read(): string | null;
  write(token: string, maxAgeSeconds: number): void;
  clear(): void;
  /** Throws `origin_refused` unless the request comes from the web app itself. */
  demandSameOrigin(): void;
}

/** One request, after validation. */
export interface Call<R extends Route> {
  readonly viewer: R['access'] extends 'signed_in' | 'moderator' | 'admin' ? Viewer : Viewer | null;
  readonly params: ParamsOf<R>;
  readonly query: QueryOf<R>;
  readonly body: BodyOf<R>;
  /** Given when the client sent an Idempotency-Key and the route takes one. */
  readonly idempotencyKey: IdempotencyKey | null;
  readonly refreshCookie: RefreshCookie;
  /** What the client calls itself, at most 200 characters. */
  readonly device: string;
  /** Where they reached the server, for addresses in answers: https://photos.example.org */
  readonly origin: string;
}

type Answer<R extends Route> = R['list'] extends true
  ? DataOf<R> extends (infer Item)[]
    ? Page<Item>
    : never
  : DataOf<R>;

export type Handler<R extends Route> = (ctx: Context, call: Call<R>) => Promise<Answer<R>>;

/** A contract entry and the function that answers it. */
export interface BoundRoute {
  readonly contract: Route;
  readonly handle: (ctx: Context, call: Call<Route>) => Promise<unknown>;
}

/** Binds a contract entry to its function; the types hold the two together. */
export function route<R extends Route>(contract: R, handle: Handler<R>): BoundRoute {
  // Safe: http/app gives each route only calls that its own contract has validated.
  return { contract, handle: handle as unknown as BoundRoute['handle'] };
}
