import type { BlobKey } from './blobs.ts';

/** Linux allows 255 bytes a name and 4,096 a path; the root and a temporary suffix need room too. */
const KEY_MAX = 512;
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/;
/** Where files grow until they are whole; so it is no place for a key. */
export const TEMPORARY_FOLDER = 'tmp';

/**
 * True when `text` can be a key: segments of letters, digits, `-`, `_`, `.`, none empty or beginning
 * with a dot, so that no key leads out of its root.
 */
export function isBlobKey(text: string): text is BlobKey {
  if (text.length > KEY_MAX) return false;
  const segments = text.split('/');
  return segments[0] !== TEMPORARY_FOLDER && segments.every((segment) => SEGMENT.test(segment));
}

/** Throws when `key` is none: keys are made by the server, so that is a fault of ours. */
export function demandBlobKey(key: BlobKey): void {
  if (!isBlobKey(key)) throw new TypeError(`not a blob key: ${JSON.stringify(key)}`);
}
