import pg from 'pg';
import { DbError, DbUnavailable } from './errors.ts';

/** 08… connection lost; 57P01–57P03 stopping, crashed, starting; 53300 no connection left. */
const unavailable = /^(08...|57P0[123]|53300)$/;

/** What the port throws for an error of the driver. Our own mistakes (TypeError …) pass unchanged. */
export function translate(error: unknown): unknown {
  if (error instanceof pg.DatabaseError) {
    hideValues(error);
    const code = error.code ?? 'XX000';
    if (unavailable.test(code)) return new DbUnavailable(`${error.message} (${code})`, error);
    return new DbError(code, error.message, error.constraint, error);
  }
  if (error instanceof DbUnavailable || error instanceof DbError) return error;
  if (error instanceof TypeError || error instanceof RangeError) return error;
  // The rest is the socket's (ECONNREFUSED, ENOENT …) and the driver's own ("Connection terminated").
  return new DbUnavailable(error instanceof Error ? error.message : String(error), error);
}

/** `detail` and `where` quote the row, people's data; they stay readable, but logs pass over them. */
function hideValues(error: pg.DatabaseError): void {
  for (const field of ['detail', 'where'] as const) {
    Object.defineProperty(error, field, { value: error[field], enumerable: false });
  }
}
