import type { BlobKey, Blobs } from '../../ports/blobs/blobs.ts';
import { contentDigest, type RenditionName, servedKey } from './keys.ts';

/** Stores a file that was made and is served, under a name of its content; gives its key. */
export async function storeServed(
  blobs: Blobs,
  place: {
    readonly prefix: BlobKey;
    readonly of: string;
    readonly name: RenditionName;
  },
  bytes: Uint8Array,
  extension: 'jpg' | 'webp' | 'avif',
): Promise<BlobKey> {
  const key = servedKey(place.prefix, place.of, place.name, contentDigest(bytes), extension);
  // Of the same content, and so the same name, when a job runs a second time.
  if (!(await blobs.stat(key))) await blobs.write(key, bytes);
  return key;
}
