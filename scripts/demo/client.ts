import { createHash } from 'node:crypto';
import type { ErrorBody } from '../../api/errors.ts';
import type { UploadId } from '../../api/ids.ts';
import { askUpload, type PICTURE_TYPES } from '../../api/media.ts';
import {
  API_BASE,
  type BodyOf,
  type DataOf,
  type ParamsOf,
  type QueryOf,
  type Route,
  splitRouteName,
} from '../../api/route.ts';

/** What the server said no to. */
export class Refused extends Error {
  readonly code: ErrorBody['error']['code'];
  /** The upload that was the reason, where one was. */
  readonly uploadId: string | undefined;

  constructor(what: string, error: ErrorBody['error']) {
    const fields = error.details?.fields?.map(({ field, message }) => `${field} ${message}`);
    super(fields ? `${what}: ${error.message} ${fields.join('; ')}` : error.message);
    this.name = 'Refused';
    this.code = error.code;
    this.uploadId = error.details?.upload_id;
  }
}

interface Given<R extends Route> {
  readonly params?: ParamsOf<R>;
  readonly query?: Partial<QueryOf<R>>;
  readonly body?: BodyOf<R>;
  readonly idempotencyKey?: string;
}

export interface PictureFile {
  readonly bytes: Uint8Array;
  readonly type: (typeof PICTURE_TYPES)[number];
}

/** The API as one person uses it, or a visitor. */
export class Client {
  readonly address: string;
  readonly #token: string | null;

  constructor(address: string, token: string | null = null) {
    this.address = address;
    this.#token = token;
  }

  /** The same server for someone who is logged in. */
  as(token: string): Client {
    return new Client(this.address, token);
  }

  /** Throws `Refused`, or `TypeError` when the server cannot be reached. */
  async call<const R extends Route>(route: R, given: Given<R> = {}): Promise<DataOf<R>> {
    const { method, path } = splitRouteName(route.name);
    const params = (given.params ?? {}) as Record<string, string>;
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) =>
      encodeURIComponent(params[name] ?? ''),
    );
    const url = new URL(API_BASE + filled, this.address);
    for (const [name, value] of Object.entries(given.query ?? {})) {
      url.searchParams.set(name, String(value));
    }
    const headers: Record<string, string> = {};
    if (this.#token) headers.authorization = `Bearer ${this.#token}`;
    if (given.idempotencyKey) headers['idempotency-key'] = given.idempotencyKey;
    if (given.body) headers['content-type'] = 'application/json';
    const body = given.body ? JSON.stringify(given.body) : null;
    return (await read(route.name, await fetch(url, { method, headers, body }))) as DataOf<R>;
  }

  /** Sends a file the way the web app does, and gives what confirms it. */
  async upload({ bytes, type }: PictureFile): Promise<UploadId> {
    const checksum_sha256 = createHash('sha256').update(bytes).digest('hex');
    const files = [{ content_type: type, size: bytes.length, checksum_sha256 }];
    const { uploads } = await this.call(askUpload, { body: { files } });
    const [grant] = uploads;
    if (!grant) throw new Error('the server gave no address for the upload');
    const url = new URL(grant.url, this.address);
    const answer = await fetch(url, {
      method: grant.method,
      headers: grant.headers,
      body: new Uint8Array(bytes),
    });
    if (!answer.ok) await read('PUT', answer);
    await answer.arrayBuffer();
    return grant.upload_id as UploadId;
  }
}

async function read(what: string, answer: Response): Promise<unknown> {
  const text = await answer.text();
  const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : null;
  if (isError(parsed)) throw new Refused(what, parsed.error);
  if (!answer.ok || !isSuccess(parsed))
    throw new Error(`${what} was answered with ${answer.status}`);
  return parsed.data;
}

function isError(value: unknown): value is ErrorBody {
  return typeof value === 'object' && value !== null && 'error' in value;
}

function isSuccess(value: unknown): value is { data: unknown } {
  return typeof value === 'object' && value !== null && 'data' in value;
}
