import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Compile } from 'typebox/compile';
import { type WebSocket, WebSocketServer } from 'ws';
import type { PersonId } from '../../api/ids.ts';
import {
  CLOSE_CODES,
  ClientMessage,
  REALTIME_PATH,
  type ServerMessage,
} from '../../api/realtime.ts';
import type { Context } from '../context.ts';
import { authenticate } from '../features/accounts/authenticate.ts';
import { homesAmong } from '../features/posts/audience.ts';
import { isOwnOrigin } from '../http/cookies.ts';
import { hear } from '../kernel/hints.ts';
import { Problem } from '../kernel/problem.ts';
import { type Line, Lines } from './lines.ts';
import { Watching } from './watching.ts';

const AUTHENTICATE_WITHIN_MS = 10_000;
/** How long a socket may take to answer a goodbye. */
const GOODBYE_MS = 1000;
const PING_EVERY_MS = 30_000;
const FRAME_BYTES_MAX = 16 * 1024;
/** A reader that is this far behind is cut off; it reconnects and reads anew. */
const BACKLOG_BYTES_MAX = 512 * 1024;

const clientMessage = Compile(ClientMessage);

export interface Realtime {
  /** Says goodbye to every socket. */
  close(): Promise<void>;
}

/** The role `realtime`: one WebSocket a page, told of what happens to what it may see. */
export function serveRealtime(server: Server, ctx: Context): Realtime {
  const lines = new Lines();
  const watching = new Watching(ctx, lines);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: FRAME_BYTES_MAX,
    perMessageDeflate: false,
  });
  server.on('upgrade', (request, socket, head) => {
    if (!mayUpgrade(ctx, request, socket)) return;
    sockets.handleUpgrade(request, socket, head, (ws) => greet(ctx, lines, watching, ws));
  });
  const quiet = forwardHints(ctx, lines, watching);
  const pinger = setInterval(() => ping(sockets.clients), PING_EVERY_MS);
  pinger.unref();
  return {
    async close() {
      clearInterval(pinger);
      for (const stop of quiet) stop();
      await sayGoodbye(sockets.clients);
      sockets.close();
    },
  };
}

/** Closes every socket, without waiting long for those whose other end sleeps. */
async function sayGoodbye(clients: Iterable<WebSocket>): Promise<void> {
  const all = [...clients];
  const gone = all.map((ws) => new Promise((resolve) => ws.once('close', resolve)));
  for (const ws of all) ws.close(CLOSE_CODES.shutting_down, 'the server is stopping');
  const late = setTimeout(() => {
    for (const ws of all) ws.terminate();
  }, GOODBYE_MS);
  await Promise.all(gone);
  clearTimeout(late);
}

/** Only the realtime address, and from browsers only our own pages. */
function mayUpgrade(ctx: Context, request: IncomingMessage, socket: Duplex): boolean {
  const path = request.url?.split('?', 1)[0];
  const { origin, host } = request.headers;
  const foreign = origin !== undefined && !isOwnOrigin(ctx.config, origin, host ?? '');
  if (path === REALTIME_PATH && !foreign) return true;
  const status = foreign ? '403 Forbidden' : '404 Not Found';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  return false;
}

function greet(ctx: Context, lines: Lines, watching: Watching, ws: WebSocket): void {
  let line: Line | null = null;
  let queue = Promise.resolve();
  const late = setTimeout(
    () => ws.close(CLOSE_CODES.unauthenticated, 'authenticate first'),
    AUTHENTICATE_WITHIN_MS,
  );
  alive.add(ws);
  ws.on('pong', () => alive.add(ws));
  ws.on('error', (error) => ctx.log.debug({ err: error }, 'a socket failed'));
  ws.on('close', () => {
    clearTimeout(late);
    if (line) lines.remove(line);
    line = null;
  });
  const take = async (text: string) => {
    const message = parse(text);
    if (!message) return ws.close(CLOSE_CODES.bad_message, 'not a message that this server knows');
    if (message.type === 'authenticate') {
      const viewer = await authenticate(ctx, message.access_token);
      clearTimeout(late);
      if (ws.readyState !== ws.OPEN) return;
      // Somebody who says who they are anew, with a fresh token, still has the same posts before them.
      const watched = line?.personId === viewer.personId ? line.watched : [];
      if (line) lines.remove(line);
      line = lines.add({
        personId: viewer.personId,
        sessionId: viewer.sessionId,
        send: (what) => send(ws, what),
        hangUp: () => ws.close(CLOSE_CODES.session_ended, 'this session has ended'),
      });
      await watching.takeOver(line, watched);
      send(ws, { type: 'ready' });
    } else if (line) {
      await watching.watch(line, message.post_ids);
    } else {
      ws.close(CLOSE_CODES.unauthenticated, 'authenticate first');
    }
  };
  ws.on('message', (data, isBinary) => {
    const text = isBinary ? '' : String(data);
    // One after the other, so that a slow authentication is not overtaken.
    queue = queue.then(() => take(text)).catch((error) => refuse(ctx, ws, error));
  });
}

function refuse(ctx: Context, ws: WebSocket, error: unknown): void {
  if (error instanceof Problem && error.status === 401) {
    ws.close(CLOSE_CODES.unauthenticated, error.code);
    return;
  }
  ctx.log.warn({ err: error }, 'a message on a socket failed');
  ws.close(1011, 'try again');
}

function parse(text: string): ClientMessage | null {
  try {
    const value: unknown = JSON.parse(text);
    return clientMessage.Check(value) ? value : null;
  } catch {
    // Not JSON is not a message either; the caller closes the socket.
    return null;
  }
}

function send(ws: WebSocket, message: ServerMessage): void {
  if (ws.bufferedAmount > BACKLOG_BYTES_MAX) {
    ws.close(CLOSE_CODES.too_slow, 'too far behind');
    return;
  }
  if (ws.readyState === ws.OPEN) ws.send(JSON.stringify(message));
}

/** Sockets that answered since the last round. */
const alive = new WeakSet<WebSocket>();

function ping(clients: Iterable<WebSocket>): void {
  for (const ws of clients) {
    if (!alive.has(ws)) {
      ws.terminate();
      continue;
    }
    alive.delete(ws);
    ws.ping();
  }
}

/**
 * From the bus to the lines. The hints name people and posts. Who watches a post is judged by `watching`;
 * a new post is judged here, for all whom it concerns at once: the hint may be older than a block.
 */
function forwardHints(ctx: Context, lines: Lines, watching: Watching): (() => void)[] {
  const toPeople = (ids: readonly PersonId[], message: ServerMessage) => {
    for (const id of ids) lines.tellPerson(id, message);
  };
  return [
    hear(ctx, 'feed.new_post', ({ person_ids, ...rest }) => {
      const here = lines.hereAmong(person_ids);
      if (here.length === 0) return;
      homesAmong(ctx, rest.post_id, here)
        .then((ids) => toPeople(ids, { type: 'feed.new_post', ...rest }))
        .catch((error) => ctx.log.warn({ err: error }, 'a new post could not be told'));
    }),
    hear(ctx, 'standing.changed', (hint) => {
      watching
        .standingChanged(hint)
        .catch((error) => ctx.log.warn({ err: error }, 'a change of standing was not heard'));
    }),
    hear(ctx, 'post.status', ({ person_id, ...rest }) =>
      toPeople([person_id], { type: 'post.status', ...rest }),
    ),
    hear(ctx, 'post.progress', ({ person_id, ...rest }) =>
      toPeople([person_id], { type: 'post.progress', ...rest }),
    ),
    hear(ctx, 'post.narrowed', (hint) => {
      watching
        .postNarrowed(hint)
        .catch((error) => ctx.log.warn({ err: error }, 'a narrower audience was not heard'));
    }),
    hear(ctx, 'post.counts', (hint) => watching.tellCounts(hint)),
    hear(ctx, 'post.deleted', (hint) =>
      lines.tellWatchers(hint.post_id, () => ({ type: 'post.deleted', ...hint })),
    ),
    hear(ctx, 'profile.updated', ({ person_id, ...rest }) =>
      toPeople([person_id], { type: 'profile.updated', user_id: person_id, ...rest }),
    ),
    hear(ctx, 'session.ended', ({ session_id }) => lines.hangUp(session_id)),
  ];
}
