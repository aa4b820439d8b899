import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get as httpGet, type IncomingMessage } from 'node:http';
import { within } from './within.ts';

export interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Written by the lane itself, which says the length last. */
  readonly isFast: boolean;
}

/** A header that only the ordinary routes know. */
export const ORDINARY = { 'x-no-compression': '1' };

/** Asks a server on one line, with exactly the headers that are told. */
export class LaneReader {
  readonly #base: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(base: string) {
    this.#base = base;
  }

  /** `token` null: as a visitor. */
  async get(
    token: string | null,
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Got> {
    const asked = httpGet(this.#base + path, {
      agent: this.#agent,
      headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    });
    const [response] = (await within(once(asked, 'response'), 'an answer')) as [IncomingMessage];
    const chunks = await response.toArray();
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: Buffer.concat(chunks as Buffer[]),
      isFast: response.rawHeaders.at(-2) === 'content-length',
    };
  }

  /** An answer of the lane, which opens when all of it is near. */
  async warm(token: string | null, path: string): Promise<Got> {
    for (let n = 0; n < 5; n += 1) {
      const got = await this.get(token, path);
      if (got.isFast) return got;
    }
    assert.fail(`the lane does not open for ${path}`);
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** The headers but those that differ from answer to answer. */
export function withoutTimes({ headers }: Got) {
  const { date, 'x-request-id': id, ...rest } = headers;
  assert.match(String(id), /^[0-9a-f-]{36}$/);
  assert.ok(date);
  return rest;
}
