import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { ERRORS } from '../../../api/errors.ts';
import { API_BASE } from '../../../api/limits.ts';
import type { Drain } from '../drain.ts';
import type { Admission, Refusal } from './admission.ts';

/** Lines that may be open at once; more are closed as soon as they come. Each idle one takes some 10 KB. */
const CONNECTIONS_MAX = 20_000;
/** The rest of a longer body is not waited for. */
const BODY_READ_MAX = 256 * 1024;

/**
 * Asks the admission ahead of the router and everything that answers before it. `guardWork` is to be
 * called before fast lanes are opened and `guardLanes` after: what a lane answers from memory is not work
 * that is under way, but it waits for the event loop like all.
 */
export function guardWork(server: Server, admission: Admission, drain: Drain): void {
  server.maxConnections = CONNECTIONS_MAX;
  putBefore(server, drain, (request) => admission.refuseMany(request));
}

/** See `guardWork`. */
export function guardLanes(server: Server, admission: Admission, drain: Drain): void {
  putBefore(server, drain, (request) => admission.refuseLate(request));
}

function putBefore(
  server: Server,
  drain: Drain,
  judge: (request: IncomingMessage) => Refusal | null,
): void {
  const [next] = server.listeners('request') as RequestListener[];
  if (!next) throw new Error('admission wants a server that answers already');
  server.removeListener('request', next);
  server.on('request', (request, response) => {
    const refusal = judge(request);
    // Who stops says that it stops, which is told further on.
    if (refusal === null || drain.isDraining()) next(request, response);
    else refuse(request, response, refusal, server.keepAliveTimeout);
  });
}

/** Answers with one prepared buffer in one write where it can: a refusal must cost next to nothing. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  keepAliveMs: number,
): void {
  const isApi = request.url?.startsWith(`${API_BASE}/`) === true;
  const { socket } = response;
  if (isPlain(request) && socket && response.shouldKeepAlive) {
    socket.write(preparedAnswer(refusal, isApi, keepAliveMs), (error) => {
      // Node takes the line for free from then on, as after any answer.
      if (!error) response.emit('finish');
    });
    return;
  }
  const { head, body } = contentOf(refusal, isApi);
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > BODY_READ_MAX || request.headers['transfer-encoding'] !== undefined) {
    head.connection = 'close';
  }
  response.writeHead(ERRORS[refusal.code][0], head).end(body);
}

function isPlain({ method, headers, httpVersionMinor }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    httpVersionMinor === 1 &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined
  );
}

/** The envelope for the API; a sentence for whoever opens a page. */
function contentOf({ code, retryAfter }: Refusal, isApi: boolean) {
  const [, message] = ERRORS[code];
  const envelope = {
    success: false,
    error: { code, message, details: { retry_after: retryAfter } },
  };
  const body = isApi ? JSON.stringify(envelope) : `${message}\n`;
  const head: Record<string, string | number> = {
    'content-type': isApi ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'retry-after': retryAfter,
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
  };
  return { head, body };
}

const prepared = new Map<string, Buffer>();
let preparedSecond = Number.NaN;

/** Made once a second, because an answer says when it was made (RFC 9110, 6.6.1). */
function preparedAnswer(refusal: Refusal, isApi: boolean, keepAliveMs: number): Buffer {
  const now = Date.now();
  const second = Math.floor(now / 1000);
  if (second !== preparedSecond) prepared.clear();
  preparedSecond = second;
  const name = `${refusal.code} ${refusal.retryAfter} ${isApi}`;
  let answer = prepared.get(name);
  if (!answer) {
    const { head, body } = contentOf(refusal, isApi);
    const status =
      refusal.code === 'overloaded' ? '503 Service Unavailable' : '429 Too Many Requests';
    const lines = Object.entries(head).map(([key, value]) => `${key}: ${value}\r\n`);
    answer = Buffer.from(
      `HTTP/1.1 ${status}\r\n${lines.join('')}date: ${new Date(now).toUTCString()}\r\n` +
        `connection: keep-alive\r\nkeep-alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n\r\n${body}`,
    );
    prepared.set(name, answer);
  }
  return answer;
}
