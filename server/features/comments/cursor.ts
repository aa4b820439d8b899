import { type CommentId, ID_PATTERN } from '../../../api/ids.ts';
import { PINNED_COMMENTS_MAX } from '../../../api/limits.ts';
import { Problem } from '../../kernel/problem.ts';

/**
 * Where a reader of a post's comments stands: below which comment, and which ones stood on top as
 * pinned. The cursor carries those, so that nothing is lost or doubled for this reader when the
 * author of the post pins and unpins meanwhile.
 */
export interface Place {
  /** Null at the top: the first page was full of pinned ones. */
  readonly before: CommentId | null;
  readonly pinned: readonly CommentId[];
}

/** No comment has this id. */
const TOP = '0';
const idPattern = new RegExp(ID_PATTERN);

export function encodePlace({ before, pinned }: Place): string {
  return Buffer.from(`1:${[before ?? TOP, ...pinned].join(',')}`).toString('base64url');
}

/** Null for the first page. Throws `invalid_cursor`. */
export function decodePlace(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null;
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const [first = '', ...pinned] = text.slice(2).split(',');
  const known = text.startsWith('1:') && [first, ...pinned].every((id) => idPattern.test(id));
  if (!known || pinned.length > PINNED_COMMENTS_MAX) throw new Problem('invalid_cursor');
  const place = {
    before: first === TOP ? null : (first as CommentId),
    pinned: pinned as CommentId[],
  };
  if (encodePlace(place) !== cursor) throw new Problem('invalid_cursor');
  return place;
}
