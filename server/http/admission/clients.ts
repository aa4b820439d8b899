import type { IncomingMessage } from 'node:http';

const WINDOW_MS = 1000;
/** Fewer requests say nothing of who asks too much. */
const REQUESTS_MIN = 20;
/** The end of a token differs from any other's, and says nothing. */
const TOKEN_END = 24;

type Asked = Pick<IncomingMessage, 'headers' | 'socket'>;

/**
 * Who asks, counted only while there is too much: someone who sends at least half of all requests of a
 * second is the cause of it alone. A client is a session, or an address for those without one.
 */
export class Clients {
  readonly #behindProxy: boolean;
  readonly #requests = new Map<string, number>();
  #all = 0;
  #since = 0;

  constructor(behindProxy: boolean) {
    this.#behindProxy = behindProxy;
  }

  /** Counts a request, and tells whether whoever sends it sends at least half of all. */
  isAlone(request: Asked): boolean {
    const client = this.#nameOf(request);
    const requests = (this.#requests.get(client) ?? 0) + 1;
    this.#requests.set(client, requests);
    this.#all += 1;
    return this.#all >= REQUESTS_MIN && requests * 2 >= this.#all;
  }

  tick(now: number): void {
    if (now - this.#since < WINDOW_MS) return;
    this.#since = now;
    this.#all = 0;
    this.#requests.clear();
  }

  #nameOf({ headers, socket }: Asked): string {
    const { authorization } = headers;
    if (authorization) return authorization.slice(-TOKEN_END);
    const forwarded = this.#behindProxy ? headers['x-forwarded-for'] : undefined;
    // The last one is who our proxy saw; those before it anyone can write.
    if (forwarded) return String(forwarded).split(',').at(-1)?.trim().slice(0, 64) ?? '';
    return socket.remoteAddress ?? '';
  }
}
