import { hash } from 'node:crypto';
import type { BlobKey } from './blobs.ts';

/** Linux allows 255 bytes a name and 4,096 a path; the root and a temporary suffix need room too. */
const KEY_MAX = 512;
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/;

/** What the store keeps beside the keys, in each root. */
export const FOLDERS = {
  /** Where files grow until they are whole. */
  drafts: 'tmp',
  /** Each content once, under its SHA-256; the keys are hard links of these. */
  objects: 'objects',
  /** Parts of uploads that are not complete. */
  parts: 'parts',
  /** Keys that were removed while a root was away. */
  removed: 'removed',
} as const;
export const ROOT_FILE = 'root.json';
const RESERVED: ReadonlySet<string> = new Set([...Object.values(FOLDERS), ROOT_FILE]);

/** True when a file or folder at the top of a root can belong to a key. */
export function isKeySegment(name: string, top: boolean): boolean {
  return SEGMENT.test(name) && !(top && RESERVED.has(name));
}

/**
 * True when `text` can be a key: segments of letters, digits, `-`, `_`, `.`, none empty or beginning
 * with a dot, so that no key leads out of its root.
 */
export function isBlobKey(text: string): text is BlobKey {
  if (text.length > KEY_MAX) return false;
  return text.split('/').every((segment, index) => isKeySegment(segment, index === 0));
}

/** Throws when `key` is none: keys are made by the server, so that is a fault of ours. */
export function demandBlobKey(key: BlobKey): void {
  if (!isBlobKey(key)) throw new TypeError(`not a blob key: ${JSON.stringify(key)}`);
}

export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** 64 bits are enough to find a content by, and every name that carries a hash has them. */
export const HINT_LENGTH = 16;
const RUNS = /(?<![0-9A-Za-z])[0-9a-f]{16,64}(?![0-9A-Za-z])/g;

/**
 * The beginning of the content's SHA-256 that a key's name seems to carry, or null. Ids in names may look
 * like one, so the last of several is taken, and nothing is destroyed on its word alone.
 */
export function hashHint(key: BlobKey): string | null {
  return (
    key
      .slice(key.lastIndexOf('/') + 1)
      .match(RUNS)
      ?.at(-1) ?? null
  );
}

/** A hint that no id in decimal digits can be. */
export function isSureHint(hint: string): boolean {
  return /[a-f]/.test(hint);
}

/** The scrub's bucket of a key: its user's shard where it has one, so that a bucket is a few folders. */
export function bucketOfFolder(top: string, second: string): number {
  if (/^[0-9a-f]{2}$/.test(second)) return Number.parseInt(second, 16);
  return Number.parseInt(sha256(`${top}/${second}`).slice(0, 2), 16);
}
