/** PostgreSQL refused a statement. Judge it by `code`, never by its words. */
export class DbError extends Error {
  override readonly name = 'DbError';
  /** SQLSTATE, five characters: https://www.postgresql.org/docs/current/errcodes-appendix.html */
  readonly code: string;
  /** The violated constraint, without the `_102008` that Citus adds for the shard. */
  readonly constraint: string | undefined;

  constructor(code: string, message: string, constraint: string | undefined, cause: unknown) {
    super(`${message} (${code})`, { cause });
    this.code = code;
    this.constraint = constraint?.replace(/_\d+$/, '');
  }
}

/**
 * PostgreSQL could not be reached, is starting or stopping, or has no connection free. A statement
 * that was under way may or may not have happened.
 */
export class DbUnavailable extends Error {
  override readonly name = 'DbUnavailable';

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
  }
}

function hasCode(error: unknown, code: string, constraint: string | undefined): error is DbError {
  if (!(error instanceof DbError) || error.code !== code) return false;
  return constraint === undefined || error.constraint === constraint;
}

/** A row with this key exists already; with `constraint`, only when that one was violated. */
export function isUniqueViolation(error: unknown, constraint?: string): error is DbError {
  return hasCode(error, '23505', constraint);
}

/** The statement ran past its time limit. */
export function isStatementTimeout(error: unknown): error is DbError {
  return hasCode(error, '57014', undefined);
}

/** The disk of the database has no space left. */
export function isDiskFull(error: unknown): error is DbError {
  return hasCode(error, '53100', undefined);
}

/** Two transactions met; the loser can simply be run again. */
export function isConflict(error: unknown): error is DbError {
  return hasCode(error, '40P01', undefined) || hasCode(error, '40001', undefined);
}

/** The plan of a prepared statement is gone or no longer fits its table; prepared anew, it runs. */
export function isStalePlan(error: unknown): error is DbError {
  if (hasCode(error, '26000', undefined)) return true;
  if (!hasCode(error, '0A000', undefined)) return false;
  // 0A000 has many meanings; the place in PostgreSQL's source tells this one apart in any language.
  return (error.cause as { routine?: unknown }).routine === 'RevalidateCachedQuery';
}
