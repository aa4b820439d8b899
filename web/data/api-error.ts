import type { ErrorCode, FieldError } from '../../api/errors.ts';

/** Beside the server's codes: no connection, no answer in time, an answer that is not ours. */
export type ClientErrorCode = ErrorCode | 'offline' | 'timeout' | 'unreadable';

interface Known {
  readonly code: ClientErrorCode;
  readonly message: string;
  readonly status?: number | undefined;
  readonly fields?: readonly FieldError[] | undefined;
  readonly retryAfter?: number | null | undefined;
  readonly requestId?: string | undefined;
  readonly uploadId?: string | undefined;
}

/** What a call failed with. `message` is a sentence for people: what happened, what to do. */
export class ApiError extends Error {
  readonly code: ClientErrorCode;
  /** HTTP status, or 0 when there was no answer. */
  readonly status: number;
  readonly fields: readonly FieldError[];
  /** Seconds until it makes sense to try again, or null. */
  readonly retryAfter: number | null;
  readonly requestId: string | undefined;
  /** The upload that the error is about, when it is about one. */
  readonly uploadId: string | undefined;

  constructor(known: Known) {
    super(known.message);
    this.name = 'ApiError';
    this.code = known.code;
    this.status = known.status ?? 0;
    this.fields = known.fields ?? [];
    this.retryAfter = known.retryAfter ?? null;
    this.requestId = known.requestId;
    this.uploadId = known.uploadId;
  }

  /** What is said of one field of the body: `fieldError('username')`. */
  fieldError(name: string): string | null {
    const found = this.fields.find(({ field }) => field === `body.${name}` || field === name);
    return found?.message ?? null;
  }

  /** True when the same call may work later: no connection, no answer, a busy or broken server. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** True for the error of a call that its caller gave up; nothing is to be said about it. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
