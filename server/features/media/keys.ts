import type { PersonId, PostId, UploadId } from '../../../api/ids.ts';
import type { PICTURE_TYPES } from '../../../api/media.ts';
import type { BlobKey } from '../../ports/blobs/blobs.ts';

export type PictureType = (typeof PICTURE_TYPES)[number];
export type RenditionName = 'large' | 'medium' | 'thumbnail';

const EXTENSIONS: Readonly<Record<PictureType, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
};

/**
 * Two hexadecimal digits that spread people evenly over 256 folders. The low bits of an id are a worker
 * and a sequence number, mostly small, so they are mixed (Fibonacci hashing, Knuth, TAOCP 3, 6.4).
 */
export function userShard(personId: PersonId): string {
  const mixed = BigInt.asUintN(64, BigInt(personId) * 0x9e3779b97f4a7c15n);
  return (mixed >> 56n).toString(16).padStart(2, '0');
}

/** Where an upload's bytes go; a post's original stays there. */
export function originalKey(
  region: string,
  personId: PersonId,
  uploadId: UploadId,
  type: PictureType,
): BlobKey {
  return `${region}/${userShard(personId)}/${uploadId}/original.${EXTENSIONS[type]}`;
}

/** `of` names the picture in its folder: its media id, or `avatar`. `digest` is of the file's bytes. */
export function renditionKey(
  prefix: BlobKey,
  of: string,
  name: RenditionName,
  digest: string,
  extension: 'jpg' | 'webp',
): BlobKey {
  return `${prefix}/${of}-${name}-${digest}.${extension}`;
}

const RENDITION =
  /^[a-z0-9-]{1,32}\/[0-9a-f]{2}\/([0-9]{1,19})\/([0-9]{1,19}|avatar)-(?:large|medium|thumbnail)-([0-9a-f]{16})\.(jpg|webp)$/;

/** What the name of a rendition says; null for everything else, above all for originals. */
export function readRenditionKey(key: string): {
  /** null: of a profile picture. */
  postId: PostId | null;
  digest: string;
  contentType: 'image/jpeg' | 'image/webp';
} | null {
  const [, folder, of, digest, extension] = RENDITION.exec(key) ?? [];
  if (!folder || !of || !digest) return null;
  const contentType = extension === 'webp' ? 'image/webp' : 'image/jpeg';
  return { postId: of === 'avatar' ? null : (folder as PostId), digest, contentType };
}

const ORIGINAL = /^[a-z0-9-]{1,32}\/[0-9a-f]{2}\/[0-9]{1,19}\/original\.([a-z]{3,4})$/;

/** The type of the original that a key names; null for everything else. */
export function readOriginalKey(key: string): PictureType | null {
  const extension = ORIGINAL.exec(key)?.[1];
  const [type] = Object.entries(EXTENSIONS).find(([, known]) => known === extension) ?? [];
  return (type as PictureType | undefined) ?? null;
}
