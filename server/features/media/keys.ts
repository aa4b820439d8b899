import { createHash } from 'node:crypto';
import type { PersonId, PostId, UploadId } from '../../../api/ids.ts';
import { type PICTURE_TYPES, type UPLOAD_TYPES, VIDEO_TYPES } from '../../../api/limits.ts';
import type { BlobKey } from '../../ports/blobs/blobs.ts';

/** A content type that uploads may have. */
export type UploadType = (typeof UPLOAD_TYPES)[number];
export type PictureType = (typeof PICTURE_TYPES)[number];
export type VideoType = (typeof VIDEO_TYPES)[number];
export type RenditionName = 'large' | 'medium' | 'thumbnail';

const EXTENSIONS: Readonly<Record<UploadType, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/heic': 'heic',
  'image/heif': 'heif',
  'image/gif': 'gif',
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
};

/** What is served, by the ends of names. */
const SERVED = {
  jpg: 'image/jpeg',
  webp: 'image/webp',
  avif: 'image/avif',
  mp4: 'video/mp4',
  m4s: 'video/iso.segment',
  m3u8: 'application/vnd.apple.mpegurl',
  vtt: 'text/vtt; charset=utf-8',
} as const;
type ServedExtension = keyof typeof SERVED;
export type ServedType = (typeof SERVED)[ServedExtension];

export function isVideoType(type: UploadType): type is VideoType {
  return (VIDEO_TYPES as readonly string[]).includes(type);
}

/**
 * Two hexadecimal digits that spread people evenly over 256 folders. The low bits of an id are a worker
 * and a sequence number, mostly small, so they are mixed (Fibonacci hashing, Knuth, TAOCP 3, 6.4).
 */
export function userShard(personId: PersonId): string {
  const mixed = BigInt.asUintN(64, BigInt(personId) * 0x9e3779b97f4a7c15n);
  return (mixed >> 56n).toString(16).padStart(2, '0');
}

/** Where an upload's bytes go; a post's original stays there. `sha256`: in small hexadecimal digits. */
export function originalKey(
  region: string,
  personId: PersonId,
  upload: { readonly uploadId: UploadId; readonly type: UploadType; readonly sha256: string },
): BlobKey {
  const { uploadId, type, sha256 } = upload;
  return `${region}/${userShard(personId)}/${uploadId}/original-${sha256}.${EXTENSIONS[type]}`;
}

/** The folder of everything that is made for a post. */
export function postPrefix(region: string, authorId: PersonId, postId: PostId): BlobKey {
  return `${region}/${userShard(authorId)}/${postId}`;
}

/** The first 16 hexadecimal digits of the SHA-256 of a file's bytes, for its name. */
export function contentDigest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

/**
 * The name of a file that was made and is served. `of` names the picture or video in its folder: its
 * media id, or `avatar`. `part` says which of its files: `large`, `video`, `captions`, `v720`, `v720-12` …
 */
export function servedKey(
  prefix: BlobKey,
  of: string,
  part: string,
  digest: string,
  extension: ServedExtension,
): BlobKey {
  return `${prefix}/${of}-${part}-${digest}.${extension}`;
}

const SERVED_KEY =
  /^[a-z0-9-]{1,32}\/[0-9a-f]{2}\/([0-9]{1,19})\/([0-9]{1,19}|avatar)-[a-z][a-z0-9]{0,19}(?:-[a-z0-9]{1,8})?-([0-9a-f]{16})\.([a-z0-9]{3,4})$/;

/** What the name of a file that is served says; null for everything else, above all for originals. */
export function readServedKey(key: string): {
  /** null: of a profile picture. */
  postId: PostId | null;
  digest: string;
  contentType: ServedType;
} | null {
  const [, folder, of, digest, extension] = SERVED_KEY.exec(key) ?? [];
  if (!folder || !of || !digest || !extension || !Object.hasOwn(SERVED, extension)) return null;
  const contentType = SERVED[extension as ServedExtension];
  return { postId: of === 'avatar' ? null : (folder as PostId), digest, contentType };
}

// Without a digest: as originals were named at first.
const ORIGINAL =
  /^[a-z0-9-]{1,32}\/[0-9a-f]{2}\/[0-9]{1,19}\/original(?:-([0-9a-f]{64}))?\.([a-z0-9]{3,4})$/;

/** The type of the original that a key names; null for everything else. */
export function readOriginalKey(key: string): UploadType | null {
  const extension = ORIGINAL.exec(key)?.[2];
  const [type] = Object.entries(EXTENSIONS).find(([, known]) => known === extension) ?? [];
  return (type as UploadType | undefined) ?? null;
}

/** The SHA-256 of the file that a key of an original names, in hexadecimal digits; null: not known. */
export function originalDigest(key: string): string | null {
  return ORIGINAL.exec(key)?.[1] ?? null;
}

/** What an original is called where it is downloaded: never what its owner called it. */
export function originalName(key: BlobKey): string {
  const [, uploadId, extension] = /([0-9]{1,19})\/original[^/]*\.([a-z0-9]{3,4})$/.exec(key) ?? [];
  return `aperto-${uploadId ?? 'original'}.${extension ?? 'bin'}`;
}
