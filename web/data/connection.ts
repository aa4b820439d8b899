import type { ErrorBody } from '../../api/errors.ts';
import { API_BASE } from '../../api/limits.ts';
import type { Pagination } from '../../api/page.ts';
import type { BodyOf, DataOf, ParamsOf, QueryOf, Route } from '../../api/route.ts';
import { t } from '../strings/strings.ts';
import { ApiError } from './api-error.ts';

/** Milliseconds to wait for an answer. */
const TIMEOUT = 15_000;

type Empty = Record<never, never>;
type Part<Name extends string, T> = T extends undefined
  ? Empty
  : Empty extends T
    ? { readonly [N in Name]?: T }
    : { readonly [N in Name]: T };

export type CallOptions<R extends Route> = Part<'params', ParamsOf<R>> &
  Part<'query', QueryOf<R>> &
  Part<'body', BodyOf<R>> & {
    readonly signal?: AbortSignal | undefined;
    /** The same key gives the same answer and no second effect; for routes that are `idempotent`. */
    readonly idempotencyKey?: string | undefined;
    /** Goes on although the page is being left. */
    readonly keepalive?: boolean | undefined;
  };

/** One page of a list; `next` is the cursor of the page after, or null at the end. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** What a call gives: the data of the envelope, or a page for a list. */
export type Answer<R extends Route> = R extends { readonly list: true }
  ? Page<DataOf<R> extends readonly (infer Item)[] ? Item : never>
  : DataOf<R>;

interface Parts {
  readonly params?: Record<string, unknown>;
  readonly query?: Record<string, unknown>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly keepalive?: boolean | undefined;
  /** Milliseconds to wait for the answer, where it is worth waiting longer. */
  readonly timeout?: number | undefined;
}

/** Sends one request to the API at `origin` ('' in a page). Knows tokens only as a header. */
export async function send(
  origin: string,
  name: string,
  parts: Parts,
  token: string | null,
): Promise<unknown> {
  const space = name.indexOf(' ');
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (parts.body !== undefined) headers['Content-Type'] = 'application/json';
  if (token !== null) headers.Authorization = `Bearer ${token}`;
  if (parts.idempotencyKey) headers['Idempotency-Key'] = parts.idempotencyKey;
  const late = AbortSignal.timeout(parts.timeout ?? TIMEOUT);
  const signal = parts.signal ? AbortSignal.any([parts.signal, late]) : late;
  try {
    const response = await fetch(origin + address(name.slice(space + 1), parts), {
      method: name.slice(0, space),
      headers,
      body: parts.body === undefined ? null : JSON.stringify(parts.body),
      keepalive: parts.keepalive ?? false,
      signal,
    });
    return readEnvelope(
      response.status,
      await response.text(),
      response.headers.get('Retry-After'),
    );
  } catch (error) {
    if (error instanceof ApiError) throw error;
    if (parts.signal?.aborted) throw error;
    if (late.aborted) throw new ApiError({ code: 'timeout', message: t('error.timeout') });
    throw new ApiError({ code: 'offline', message: t('error.offline') });
  }
}

function address(path: string, { params = {}, query = {} }: Parts): string {
  const filled = path.replace(/\{([a-z_]+)\}/g, (_, key: string) =>
    encodeURIComponent(String(params[key])),
  );
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) search.set(key, String(value));
  }
  const asked = search.toString();
  return API_BASE + filled + (asked === '' ? '' : `?${asked}`);
}

type Envelope =
  | { readonly success: true; readonly data: unknown; readonly pagination?: Pagination }
  | ErrorBody;

/** The data of an answer (for a list, a page). Throws `ApiError` when it is an error or not ours. */
export function readEnvelope(status: number, text: string, retryAfter: string | null): unknown {
  const envelope = parse(text);
  if (envelope === null) {
    throw new ApiError({
      code: 'unreadable',
      message: t('error.unreadable'),
      status,
      retryAfter: secondsOf(retryAfter),
    });
  }
  if (envelope.success) {
    if (!envelope.pagination) return envelope.data;
    return { items: envelope.data, next: envelope.pagination.next_cursor };
  }
  const { code, message, details, request_id } = envelope.error;
  throw new ApiError({
    code,
    message,
    status,
    fields: details?.fields,
    retryAfter: details?.retry_after ?? secondsOf(retryAfter),
    requestId: request_id,
    uploadId: details?.upload_id,
  });
}

function parse(text: string): Envelope | null {
  try {
    const value: unknown = JSON.parse(text);
    const ours = typeof value === 'object' && value !== null && 'success' in value;
    return ours ? (value as Envelope) : null;
  } catch (error) {
    // A proxy's page of HTML is no answer of ours; the caller says so in words.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function secondsOf(retryAfter: string | null): number | null {
  const seconds = Number.parseInt(retryAfter ?? '', 10);
  return Number.isNaN(seconds) ? null : seconds;
}
