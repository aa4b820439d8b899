import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Context } from '../../context.ts';
import type { Drain } from '../../http/drain.ts';
import type { HotFile, HotFiles } from './hot-files.ts';

export const MEDIA = '/media/';
/** For how long an answer of `isPostOpen` is believed here, beyond what it believes itself. */
const OPEN_MS = 1000;

type LaneDeps = Pick<Context, 'clock' | 'log'>;

/** Lets who may have a file have it in one write next time. `headers` are those of the whole file. */
export type Prepare = (
  file: HotFile,
  headers: Readonly<Record<string, number | string | string[] | undefined>>,
  epoch: number,
) => void;

/**
 * Answers plain requests for files that are in memory and known to be for everyone, ahead of the router:
 * head and body in one buffer, in one write. Everything else goes on to where it went before: whatever is
 * not known for sure, ranges, validators, signatures, HEAD, a server that is about to stop.
 */
export function openFastLane(
  server: Server,
  hot: HotFiles,
  drain: Drain,
  { clock, log }: LaneDeps,
): Prepare {
  const [slow] = server.listeners('request') as RequestListener[];
  if (!slow) throw new Error('the fast lane wants a server that answers already');

  const answer = (request: IncomingMessage, response: ServerResponse): boolean => {
    const { url } = request;
    if (request.method !== 'GET' || !url?.startsWith(MEDIA)) return false;
    const file = hot.peek(url.slice(MEDIA.length));
    if (!file?.answer || file.openEpoch !== hot.epoch || !isPlain(request)) return false;
    const now = clock.millis();
    // An answer has its socket when those before it on the same line are done.
    const { socket } = response;
    if (now >= file.openUntil || !socket || !response.shouldKeepAlive) return false;
    if (drain.isDraining() || hot.isBehind) return false;
    const { bytes } = stampDate(file.answer, now);
    hot.unsent += bytes.length;
    socket.write(bytes, (error) => {
      hot.unsent -= bytes.length;
      // Node takes the line for free from then on, as after any answer.
      if (!error) response.emit('finish');
    });
    if (socket.writableLength > 0) drain.waitFor(response);
    if (log.isLevelEnabled('debug')) {
      log.debug({ method: 'GET', path: url, status: 200 }, 'request');
    }
    return true;
  };

  server.removeListener('request', slow);
  server.on('request', (request, response) => {
    if (!answer(request, response)) slow(request, response);
  });

  return (file, headers, epoch) => {
    file.answer ??= wholeAnswer(file, headers, server.keepAliveTimeout);
    file.openUntil = clock.millis() + OPEN_MS;
    file.openEpoch = epoch;
  };
}

function isPlain({ headers, httpVersionMinor }: IncomingMessage): boolean {
  return (
    httpVersionMinor === 1 &&
    headers.range === undefined &&
    headers['if-none-match'] === undefined &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined
  );
}

const DATE_LENGTH = 'Thu, 01 Jan 1970 00:00:00 GMT'.length;

function wholeAnswer(
  file: HotFile,
  headers: Parameters<Prepare>[1],
  keepAliveMs: number,
): HotFile['answer'] {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const start = `HTTP/1.1 200 OK\r\n${lines.join('')}date: `;
  const seconds = Math.floor(keepAliveMs / 1000);
  const end = `\r\nconnection: keep-alive\r\nkeep-alive: timeout=${seconds}\r\n\r\n`;
  const headLength = start.length + DATE_LENGTH + end.length;
  // Not of Node's pool, where a small buffer would keep a large one.
  const bytes = Buffer.allocUnsafeSlow(headLength + file.bytes.length);
  bytes.write(start, 0, 'latin1');
  bytes.write(end, start.length + DATE_LENGTH, 'latin1');
  file.bytes.copy(bytes, headLength);
  // One copy of the bytes is enough.
  file.bytes = bytes.subarray(headLength);
  return { bytes, dateAt: start.length, second: Number.NaN };
}

let date = { second: Number.NaN, text: '' };

/**
 * RFC 9110, 6.6.1: an answer says when it was made. Written over in place; of answers that wait to be sent
 * it may then tell the time at which they leave.
 */
function stampDate(answer: NonNullable<HotFile['answer']>, millis: number) {
  const second = Math.floor(millis / 1000);
  if (answer.second === second) return answer;
  if (date.second !== second) date = { second, text: new Date(millis).toUTCString() };
  answer.bytes.write(date.text, answer.dateAt, 'latin1');
  answer.second = second;
  return answer;
}
