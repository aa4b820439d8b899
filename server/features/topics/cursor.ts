import { ID_PATTERN } from '../../../api/ids.ts';
import { Problem } from '../../kernel/problem.ts';

/** Where a reader is in a ranking: the version that they began with and the last rank of their page. */
export interface RankCursor {
  readonly version: string;
  readonly rank: number;
}

/** The first figure tells it from the cursors of lists by id (kernel/cursor.ts). */
const FORM = new RegExp(`^2:(${ID_PATTERN.slice(1, -1)}):([1-9][0-9]{0,4})$`);

export function encodeRankCursor({ version, rank }: RankCursor): string {
  return Buffer.from(`2:${version}:${rank}`).toString('base64url');
}

/** Null for the first page. Throws `invalid_cursor`. */
export function decodeRankCursor(cursor: string | undefined): RankCursor | null {
  if (cursor === undefined) return null;
  const found = FORM.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  const version = found?.[1];
  const decoded = version === undefined ? null : { version, rank: Number(found?.at(-1)) };
  if (decoded === null || encodeRankCursor(decoded) !== cursor) throw new Problem('invalid_cursor');
  return decoded;
}
