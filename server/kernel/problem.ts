import { ERRORS, type ErrorCode, type ErrorDetails } from '../../api/errors.ts';

/** An error that the caller can understand. The one handler in `http/` turns it into the envelope. */
export class Problem extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: ErrorDetails | undefined;

  constructor(code: ErrorCode, message?: string, details?: ErrorDetails) {
    super(message ?? ERRORS[code][1]);
    this.name = 'Problem';
    this.code = code;
    this.status = ERRORS[code][0];
    this.details = details;
  }
}

/** A validation error about single fields. `fields` maps a dotted path to what should change. */
export function fieldProblem(fields: Readonly<Record<string, string>>): Problem {
  return new Problem('validation_failed', undefined, {
    fields: Object.entries(fields).map(([field, message]) => ({ field, message })),
  });
}
