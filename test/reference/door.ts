/** A process as it is reached from outside: over HTTP, by whoever has a token. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { PersonId, SessionId } from '../../api/ids.ts';
import { API_BASE, type Route, splitRouteName } from '../../api/route.ts';
import type { Context } from '../../server/context.ts';
import { authenticate } from '../../server/features/accounts/authenticate.ts';
import { insertSession } from '../../server/features/accounts/store.ts';
import { ACCESS_TOKEN_SECONDS, makeAccessToken } from '../../server/features/accounts/tokens.ts';
import { exploreRoutes } from '../../server/features/explore/routes.ts';
import { feedRoutes } from '../../server/features/feed/routes.ts';
import { createApp } from '../../server/http/app.ts';
import { bindRoutes } from '../../server/http/bind-routes.ts';
import { prepareDrain } from '../../server/http/drain.ts';
import { openFeedLane } from '../../server/roles/feed-lane.ts';
import { within } from '../within.ts';
import { GUEST } from './reference.ts';

/** A session outlives every run. */
const SESSION_MS = 20 * 365 * 24 * 3600 * 1000;
/** A header that only the ordinary route knows. */
const ORDINARY = { 'x-no-compression': '1' };

interface Seat {
  readonly token: string;
  readonly until: number;
}

export interface Got {
  readonly status: number;
  readonly text: string;
  /** Written by the fast lane, which says the length last. */
  readonly isFast: boolean;
}

export class Door {
  readonly #ctx: Context;
  readonly #app: FastifyInstance;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 2 });
  readonly #seats = new Map<PersonId, Seat>();

  private constructor(ctx: Context, app: FastifyInstance) {
    this.#ctx = ctx;
    this.#app = app;
  }

  static async open(ctx: Context): Promise<Door> {
    const app = await createApp(ctx);
    openFeedLane(app, ctx, prepareDrain(app));
    // All routes would take half a second.
    bindRoutes(app, ctx, authenticate, [...feedRoutes, ...exploreRoutes]);
    await app.listen({ port: 0, host: '127.0.0.1' });
    return new Door(ctx, app);
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    await this.#app.close();
  }

  /** Whoever was suspended meanwhile comes with a session that has ended, once, and is refused. */
  async ask(who: PersonId, path: string, way: 'lane' | 'ordinary'): Promise<Got> {
    const token = await this.#tokenOf(who);
    const got = await this.#get(token, path, way);
    if (got.status !== 401 || token === null) return got;
    // Another request of theirs may have a new one already.
    if (this.#seats.get(who)?.token === token) this.#seats.delete(who);
    return this.#get(await this.#tokenOf(who), path, way);
  }

  async #get(token: string | null, path: string, way: 'lane' | 'ordinary'): Promise<Got> {
    const { port } = this.#app.server.address() as AddressInfo;
    const authorization = token === null ? null : `Bearer ${token}`;
    const asked = get(`http://127.0.0.1:${port}${API_BASE}${path}`, {
      agent: this.#agent,
      headers: {
        ...(authorization === null ? {} : { authorization }),
        ...(way === 'ordinary' ? ORDINARY : {}),
      },
    });
    const [response] = (await within(once(asked, 'response'), 'an answer')) as [IncomingMessage];
    const chunks = (await response.toArray()) as Buffer[];
    return {
      status: response.statusCode ?? 0,
      text: String(Buffer.concat(chunks)),
      isFast: response.rawHeaders.at(-2) === 'content-length',
    };
  }

  /** As if they had logged in, for an hour at a time. */
  async #tokenOf(personId: PersonId): Promise<string | null> {
    if (personId === GUEST) return null;
    const now = this.#ctx.clock.millis();
    const seat = this.#seats.get(personId);
    if (seat && seat.until > now) return seat.token;
    const at = new Date(now);
    const sessionId = this.#ctx.ids.next<SessionId>();
    await insertSession(this.#ctx.db, {
      person_id: personId,
      session_id: sessionId,
      generation: 1,
      salt: randomBytes(16),
      device: 'the reference',
      created_at: at,
      last_used_at: at,
      expires_at: new Date(now + SESSION_MS),
    });
    const token = await makeAccessToken(this.#ctx.secrets, this.#ctx.clock, {
      personId,
      sessionId,
    });
    this.#seats.set(personId, { token, until: now + (ACCESS_TOKEN_SECONDS - 1) * 1000 });
    return token;
  }
}

/** The address of a route of the contract, with its parameters. */
export function addressOf({ name }: Route, params: object, query: object): string {
  const { method, path } = splitRouteName(name);
  assert.equal(method, 'GET');
  const known = new Map(Object.entries(params));
  const asked = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) asked.set(key, String(value));
  return `${path.replaceAll(/\{(\w+)\}/g, (_, key) => String(known.get(key)))}?${asked}`;
}
