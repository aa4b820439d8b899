/** A part of a file, in bytes. */
export interface Range {
  readonly start: number;
  /** Inclusive */
  readonly end: number;
}

/** What a request says of the part that it wants. */
export interface RangeHeaders {
  readonly range?: string | undefined;
  readonly 'if-range'?: string | undefined;
}

/** RFC 9110, 14: one range of bytes; null (send all) for several, for other units, for what is no range. */
export function readRange(
  { range, 'if-range': ifRange }: RangeHeaders,
  size: number,
  etag: string,
): Range | 'unsatisfiable' | null {
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return null;
  const [, first = '', last = ''] = /^bytes=([0-9]{0,15})-([0-9]{0,15})$/.exec(range) ?? [];
  if (first === '' && last === '') return null;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return null;
  return start >= size ? 'unsatisfiable' : { start, end };
}

/** RFC 9110, 13.1.2: weak comparison, and `*` for anything that exists. */
export function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
