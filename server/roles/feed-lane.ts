import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { PersonId } from '../../api/ids.ts';
import { PostHead, PostTail } from '../../api/posts.ts';
import type { FeedOrder } from '../../api/ranking.ts';
import type { Context } from '../context.ts';
import { authenticate, isKnownToken, peekViewer } from '../features/accounts/authenticate.ts';
import { homePage, peekHomePage } from '../features/feed/home.ts';
import { peekProfilePage, profilePage } from '../features/feed/profile.ts';
import { rankedPage } from '../features/feed/ranked.ts';
import { Fragments, type Reader } from '../features/posts/fragments.ts';
import { peekSettings, readSettings } from '../features/ranking/settings.ts';
import { type Admission, admissionOf } from '../http/admission/admission.ts';
import { refuse } from '../http/admission/guard.ts';
import type { Drain } from '../http/drain.ts';
import { chooseEncoding, type Encoding } from '../http/ready/encoding.ts';
import { Joined } from '../http/ready/joined.ts';
import { Part } from '../http/ready/part.ts';
import { type ReadyHead, readyHead, Sender } from '../http/ready/sender.ts';
import { Problem } from '../kernel/problem.ts';
import { noteReads } from '../kernel/reads.ts';
import { type Stamp, TouchStamps } from '../kernel/touch-stamps.ts';
import { type AskedPage, LANE_ROUTES, LANE_START, readUrl } from './feed-lane/asked.ts';

/** Pages that are kept, and what their parts may come to when no two share any. */
const PAGES_MAX = 5_000;
const PAGES_BYTES_MAX = 128_000_000;
/** After so long a kept page is made anew, touched or not, so that what it is made of stays in use. */
const PAGE_MS = 30_000;

/** What the lane takes over from the ordinary route. */
interface Ready {
  readonly head: ReadyHead;
  readonly fragments: Fragments<Part>;
}

interface KeptPage {
  readonly joined: Joined;
  readonly stamp: Stamp;
}

interface Wish {
  /** null: a visitor. */
  readonly token: string | null;
  readonly asked: AskedPage;
  readonly encoding: Exclude<Encoding, null>;
}

/**
 * Answers plain requests for the home feed and for the posts of one person ahead of the router, with parts
 * that are ready, as soon as one of the ordinary routes has answered once: that gives the headers and the
 * serialisers, which are the same for both. Whatever is unusual goes
 * to the ordinary route: refusals, other parameters, HTTP/1.0, HEAD, lines on which earlier answers are
 * under way or not taken yet, a server that is about to stop. To be called before the routes are registered.
 */
export function openFeedLane(app: FastifyInstance, ctx: Context, drain: Drain): void {
  const lane = new FeedLane(ctx, drain, app.server);
  app.addHook('onRoute', (route) => {
    if (!LANE_ROUTES.includes(route.url) || route.method !== 'GET') return;
    const before = [route.onSend ?? []].flat();
    route.onSend = [...before, async (_request: unknown, reply: FastifyReply) => lane.learn(reply)];
  });
  const [slow] = app.server.listeners('request') as RequestListener[];
  if (!slow) throw new Error('the fast lane wants a server that answers already');
  app.server.removeListener('request', slow);
  app.server.on('request', (request, response) => {
    if (!lane.answer(request, response, slow)) slow(request, response);
  });
}

class FeedLane {
  readonly #ctx: Context;
  readonly #drain: Drain;
  readonly #server: Server;
  readonly #sender: Sender;
  readonly #admission: Admission | null;
  readonly #stamps: TouchStamps;
  readonly #pages = new LRUCache<string, KeptPage>({
    max: PAGES_MAX,
    maxSize: PAGES_BYTES_MAX,
    sizeCalculation: ({ joined }) => joined.plainBytes,
  });
  #ready: Ready | undefined;

  constructor(ctx: Context, drain: Drain, server: Server) {
    this.#ctx = ctx;
    this.#drain = drain;
    this.#server = server;
    this.#admission = admissionOf(ctx).admission;
    this.#sender = new Sender(drain, ctx.clock);
    this.#stamps = new TouchStamps(ctx.db);
  }

  /** From an answer of the ordinary route, how it answers. */
  learn(reply: FastifyReply): void {
    if (this.#ready || reply.statusCode !== 200 || reply.hasHeader('set-cookie')) return;
    this.#ready = {
      head: readyHead(reply.getHeaders(), this.#server),
      fragments: new Fragments<Part>(this.#ctx, {
        head: reply.compileSerializationSchema({ ...PostHead }),
        tail: reply.compileSerializationSchema({ ...PostTail }),
        shared: Part.of,
        passing: Part.passing,
      }),
    };
  }

  /** False when the ordinary route must answer, which is called `slow`. */
  answer(request: IncomingMessage, response: ServerResponse, slow: RequestListener): boolean {
    if (!this.#ready || !this.#sender.isReady(response)) return false;
    const wish = this.#read(request);
    if (!wish) return false;
    const start = performance.now();
    const viewerId = this.#peekViewer(wish);
    const order = viewerId === undefined ? undefined : this.#peekOrder(viewerId, wish.asked);
    const joined =
      viewerId !== undefined && order === 'latest' && this.#peek(this.#ready, viewerId, wish.asked);
    if (joined) {
      this.#send(this.#ready, { request, response, wish, joined, start });
      return true;
    }
    const refusal = this.#admission?.refuseMany(request);
    if (refusal) refuse(request, response, refusal, this.#server.keepAliveTimeout);
    else void this.#fetch(this.#ready, { request, response, wish, start }, slow);
    return true;
  }

  #read(request: IncomingMessage): Wish | null {
    const { method, url, headers } = request;
    if (method !== 'GET' || !url?.startsWith(LANE_START) || !isPlain(request)) return null;
    const asked = readUrl(url);
    if (!asked) return null;
    const encoding = chooseEncoding(headers['accept-encoding'] as string | undefined);
    if (!encoding) return null;
    const { authorization } = headers;
    // Visitors have no home.
    if (authorization === undefined) {
      return asked.username === null ? null : { token: null, asked, encoding };
    }
    if (!authorization.startsWith(BEARER)) return null;
    const token = authorization.slice(BEARER.length);
    return isKnownToken(this.#ctx, token) ? { token, asked, encoding } : null;
  }

  /** Who asks: null for a visitor, undefined when that must be looked up. */
  #peekViewer({ token }: Wish): PersonId | null | undefined {
    return token === null ? null : peekViewer(this.#ctx, token)?.personId;
  }

  /** As features/feed/order.ts has it: the choice of the person is about their first page. */
  #peekOrder(viewerId: PersonId | null, asked: AskedPage): FeedOrder | undefined {
    if (viewerId === null || !isOrdered(asked)) return 'latest';
    return asked.order ?? peekSettings(this.#ctx, viewerId)?.feed_order;
  }

  /** The page of now, without waiting; null when something of it is not near. */
  #peek({ fragments }: Ready, viewerId: PersonId | null, asked: AskedPage): Joined | null {
    const now = this.#ctx.clock.millis();
    const key = `${viewerId} ${asked.name}`;
    const kept = this.#pages.get(key);
    if (kept && this.#stamps.holds(kept.stamp, now)) return kept.joined;
    const { made, reads } = noteReads(() => {
      const page = peekPage(this.#ctx, viewerId, asked);
      return page && new Joined(fragments.answer(page, readerOf(viewerId, asked)));
    });
    if (!made) return null;
    if (!this.#ctx.config.nearPages) return made;
    const until = Math.min(reads.until, now + PAGE_MS);
    this.#pages.set(key, { joined: made, stamp: this.#stamps.stamp({ ...reads, until }, now) });
    return made;
  }

  /** What cannot be had, the ordinary route says. */
  async #fetch(ready: Ready, asking: Omit<Answered, 'joined'>, slow: RequestListener) {
    const { request, response, wish } = asking;
    this.#drain.waitFor(response);
    const end = this.#admission?.begin('read');
    try {
      const { token, asked } = wish;
      const viewerId = token === null ? null : (await authenticate(this.#ctx, token)).personId;
      const page = await fetchPage(this.#ctx, viewerId, asked);
      const joined = new Joined(ready.fragments.answer(page, readerOf(viewerId, asked)));
      this.#send(ready, { ...asking, joined });
    } catch (error) {
      this.#ctx.log.debug({ err: error }, 'the feed is asked for again, the ordinary way');
      slow(request, response);
    } finally {
      end?.();
    }
  }

  #send({ head }: Ready, { request, response, wish, joined, start }: Answered): void {
    const { log } = this.#ctx;
    const requestId = crypto.randomUUID();
    this.#sender.send(response, { head, joined, encoding: wish.encoding, requestId });
    if (!log.isLevelEnabled('info')) return;
    const ms = Math.round((performance.now() - start) * 10) / 10;
    const { path } = wish.asked;
    log.info({ req_id: requestId, method: request.method, path, status: 200, ms }, 'request');
  }
}

interface Answered {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly wish: Wish;
  readonly joined: Joined;
  /** Milliseconds of `performance.now()`. */
  readonly start: number;
}

const BEARER = 'Bearer ';

/** Of a home feed the first page: those after it go on in the order of their cursor. */
const isOrdered = ({ username, before }: AskedPage) => username === null && before === null;

const readerOf = (viewerId: PersonId | null, { username }: AskedPage): Reader => ({
  viewerId,
  tellsSeen: username === null,
});

function peekPage(ctx: Context, viewerId: PersonId | null, asked: AskedPage) {
  const { username, limit, before } = asked;
  if (username !== null) return peekProfilePage(ctx, { username, viewerId, limit, before });
  return viewerId && peekHomePage(ctx, viewerId, limit, before);
}

async function fetchPage(ctx: Context, viewerId: PersonId | null, asked: AskedPage) {
  const { username, limit, before } = asked;
  if (username !== null) return profilePage(ctx, { username, viewerId, limit, before });
  if (viewerId === null) throw new Problem('unauthenticated');
  const order = isOrdered(asked)
    ? (asked.order ?? (await readSettings(ctx, viewerId)).feed_order)
    : 'latest';
  if (order === 'ranked') return rankedPage(ctx, viewerId, limit, null);
  return homePage(ctx, viewerId, limit, before);
}

function isPlain({ headers, httpVersionMinor }: IncomingMessage): boolean {
  return (
    httpVersionMinor === 1 &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined &&
    headers['x-no-compression'] === undefined
  );
}
