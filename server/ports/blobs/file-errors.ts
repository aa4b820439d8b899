import { Problem } from '../../kernel/problem.ts';

/** What a file system says when its disk, or the line to it, is gone or ill, or takes no writes any more. */
const ILL = new Set([
  'EIO',
  'ENODEV',
  'ENXIO',
  'ESTALE',
  'ENOTCONN',
  'EHOSTDOWN',
  'ETIMEDOUT',
  'EROFS',
  'EUCLEAN',
]);

/** A content that another request removed between two of our steps. */
export class ObjectGone extends Error {}

export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
}

export function isFull(error: unknown): boolean {
  return codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT';
}

/** Another root may do better. */
export function isIll(error: unknown): boolean {
  return ILL.has(String(codeOf(error)));
}

/** For `.catch`: what is not there is no error, anything else is. */
export function unlessMissing(error: unknown): undefined {
  if (isMissing(error)) return undefined;
  throw error;
}

/** For `.catch`: a disk that is ill is no error here, anything else is. */
export function unlessIll(error: unknown): undefined {
  if (isIll(error)) return undefined;
  throw error;
}

/** The values of results of which none was rejected; throws the first reason otherwise. */
export function demandAll<T>(results: readonly PromiseSettledResult<T>[]): T[] {
  const values: T[] = [];
  for (const result of results) {
    if (result.status === 'rejected') throw result.reason;
    values.push(result.value);
  }
  return values;
}

/** What a caller is told when not enough roots could be written to. */
export function shortage(reasons: readonly unknown[]): unknown {
  const own = reasons.find((reason) => reason instanceof Problem);
  if (own) return own;
  if (reasons.some(isFull)) return new Problem('storage_full');
  const other = reasons.find((reason) => !isIll(reason) && !isMissing(reason));
  return other ?? new Problem('storage_unavailable');
}
