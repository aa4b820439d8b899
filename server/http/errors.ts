import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorBody, ErrorCode } from '../../api/errors.ts';
import { Problem } from '../kernel/problem.ts';
import { DbUnavailable, isDiskFull, isStatementTimeout } from '../ports/db/errors.ts';

/** Seconds after which it is worth trying again when the database is away. */
const RETRY_AFTER_SECONDS = 2;

const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_content_type',
  FST_ERR_CTP_EMPTY_TYPE: 'unsupported_content_type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'size_mismatch',
  FST_ERR_BAD_URL: 'not_found',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
};

/** Whatever was thrown, as the problem that the caller is told. Unknown things become `internal`. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isDiskFull(error)) return new Problem('storage_full');
  if (error instanceof DbUnavailable || isStatementTimeout(error)) {
    return new Problem('database_unavailable', undefined, { retry_after: RETRY_AFTER_SECONDS });
  }
  const code = (error as Partial<FastifyError>).code;
  const known = code === undefined ? undefined : FASTIFY_CODES[code];
  if (known) return new Problem(known);
  if ((error as Partial<FastifyError>).statusCode === 400) return new Problem('malformed_json');
  return new Problem('internal');
}

/** The one error handler: the envelope for the caller, the cause for the log. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error);
  // 501 is no failure of ours: somebody asked for a format that we do not write.
  if (problem.status >= 500 && problem.status !== 501) {
    request.log.error({ err: error, code: problem.code }, 'a request failed');
  }
  const retryAfter = problem.details?.retry_after;
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  reply.header('cache-control', 'no-store');
  reply.status(problem.status).send(errorBody(problem, request.id));
}

export function errorBody(problem: Problem, requestId: string): ErrorBody {
  return {
    success: false,
    error: {
      code: problem.code,
      message: problem.message,
      ...(problem.details ? { details: problem.details } : {}),
      request_id: requestId,
    },
  };
}
