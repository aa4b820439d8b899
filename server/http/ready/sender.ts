import type { Server, ServerResponse } from 'node:http';
import type { Clock } from '../../kernel/clock.ts';
import type { Drain } from '../drain.ts';
import type { Encoding } from './encoding.ts';
import type { Joined } from './joined.ts';

/** Room for a head and a page of fifty posts; what is larger has a buffer of its own. */
const DESK_BYTES = 128 * 1024;
/** Answers that have not left for the kernel yet; beyond this, answers go the ordinary way. */
const UNSENT_MAX = 64_000_000;
/** As for any answer (see http/app.ts): smaller ones are not worth it. */
const GZIP_FROM_BYTES = 1024;

const DATE_LENGTH = 'Thu, 01 Jan 1970 00:00:00 GMT'.length;
/** Of a UUID. */
const ID_LENGTH = 36;
/** What follows the date. */
const END_MAX = 200;

/** The head of an answer up to what changes with each; all heads of one kind are one object. */
export interface ReadyHead {
  readonly start: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Headers that are said anew of each answer. */
const OWN_HEADERS =
  /^(connection|keep-alive|date|content-length|content-encoding|vary|x-request-id|transfer-encoding)$/;

/** A head from the headers of an ordinary answer, without those that are said anew each time. */
export function readyHead(
  headers: Readonly<Record<string, number | string | readonly string[] | undefined>>,
  server: Server,
): ReadyHead {
  const kept = Object.entries(headers).filter(([name]) => !OWN_HEADERS.test(name));
  const lines = kept.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const seconds = Math.floor(server.keepAliveTimeout / 1000);
  const alive = `connection: keep-alive\r\nkeep-alive: timeout=${seconds}\r\n`;
  return {
    start: `HTTP/1.1 200 OK\r\n${lines}${alive}x-request-id: `,
    headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
  };
}

/**
 * Sends joined parts: head and body are put together on one desk and written from there. What the kernel
 * takes at once leaves the desk free for the next answer, so that nothing is allocated for most; what it
 * does not take keeps the desk, and the next answer gets another.
 */
export class Sender {
  readonly #drain: Drain;
  readonly #clock: Clock;
  #desk = Buffer.alloc(0);
  /** Whose start stands on the desk. */
  #head: ReadyHead | undefined;
  #bodyless = 0;
  #second = Number.NaN;
  #date = '';
  #unsent = 0;

  constructor(drain: Drain, clock: Clock) {
    this.#drain = drain;
    this.#clock = clock;
  }

  /** Whether it can send on this response's line now; the ordinary route can always. */
  isReady({ socket, shouldKeepAlive, destroyed }: ServerResponse): boolean {
    return (
      // An answer has its socket when those before it on the same line are done.
      socket !== null &&
      socket.writableLength === 0 &&
      shouldKeepAlive &&
      !destroyed &&
      this.#unsent <= UNSENT_MAX &&
      !this.#drain.isDraining()
    );
  }

  /** Sends, in one write if it is ready for this response. */
  send(response: ServerResponse, { head, joined, encoding, requestId }: Answer): void {
    const isPacked = encoding === 'gzip' && joined.plainBytes >= GZIP_FROM_BYTES;
    if (this.isReady(response)) this.#write(response, { head, joined, isPacked, requestId });
    else this.#writeOrdinarily(response, { head, joined, isPacked, requestId });
  }

  #write(response: ServerResponse, { head, joined, isPacked, requestId }: Sealed): void {
    const socket = response.socket as NonNullable<ServerResponse['socket']>;
    const bytes = isPacked ? joined.gzipBytes : joined.plainBytes;
    const bodyMax = head.start.length + ID_LENGTH + DATE_LENGTH + END_MAX + bytes;
    const desk = this.#prepare(head, bodyMax);
    desk.write(requestId, head.start.length, 'latin1');
    const end = `${isPacked ? PACKED : ''}\r\ncontent-length: ${bytes}\r\n\r\n`;
    desk.write(end, this.#bodyless, 'latin1');
    const from = this.#bodyless + end.length;
    if (isPacked) joined.writeGzip(desk, from);
    else joined.writePlain(desk, from);
    this.#unsent += desk.length;
    socket.write(desk.subarray(0, from + bytes), (error) => {
      this.#unsent -= desk.length;
      // Node takes the line for free from then on, as after any answer.
      if (!error) response.emit('finish');
    });
    if (socket.writableLength === 0) return;
    this.#desk = Buffer.alloc(0);
    this.#head = undefined;
    this.#drain.waitFor(response);
  }

  /** A desk on which this head stands, up to its date, with room for `bytes` in all. */
  #prepare(head: ReadyHead, bytes: number): Buffer {
    if (this.#desk.length < bytes) {
      this.#desk = Buffer.allocUnsafeSlow(Math.max(DESK_BYTES, bytes));
      this.#head = undefined;
    }
    const second = Math.floor(this.#clock.millis() / 1000);
    if (this.#head === head && this.#second === second) return this.#desk;
    if (this.#second !== second) {
      this.#second = second;
      this.#date = new Date(second * 1000).toUTCString();
    }
    const dateAt = head.start.length + ID_LENGTH;
    this.#desk.write(head.start, 0, 'latin1');
    this.#desk.write(`\r\ndate: ${this.#date}`, dateAt, 'latin1');
    this.#head = head;
    this.#bodyless = dateAt + '\r\ndate: '.length + DATE_LENGTH;
    return this.#desk;
  }

  /** Through Node, which waits for the answers before this one, and ends lines that are to end. */
  #writeOrdinarily(response: ServerResponse, { head, joined, isPacked, requestId }: Sealed): void {
    if (response.destroyed) return;
    const body = joined.body(isPacked ? 'gzip' : null);
    response.writeHead(200, {
      ...head.headers,
      'x-request-id': requestId,
      ...(isPacked ? { 'content-encoding': 'gzip', vary: 'accept-encoding' } : {}),
      'content-length': body.length,
      ...(this.#drain.isDraining() ? { connection: 'close' } : {}),
    });
    response.end(body);
  }
}

const PACKED = '\r\ncontent-encoding: gzip\r\nvary: accept-encoding';

export interface Answer {
  readonly head: ReadyHead;
  readonly joined: Joined;
  readonly encoding: Exclude<Encoding, null>;
  readonly requestId: string;
}

interface Sealed extends Omit<Answer, 'encoding'> {
  readonly isPacked: boolean;
}
