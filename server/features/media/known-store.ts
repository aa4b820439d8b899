import type { BlobKey } from '../../ports/blobs/blobs.ts';
import type { Queryable } from '../../ports/db/db.ts';

/**
 * Those of these files as they were uploaded that an upload names, whatever became of it, or a picture of
 * a post, deleted ones too until they are gone.
 */
export async function knownOriginals(
  q: Queryable,
  keys: readonly BlobKey[],
): Promise<Set<BlobKey>> {
  if (keys.length === 0) return new Set();
  // One after the other: an upload's row goes only after the row of what it became has come.
  const uploads = await q.query<{ key: BlobKey }>(
    'select blob_key as key from uploads where blob_key = any($1::text[]) order by 1',
    [keys],
  );
  const media = await q.query<{ key: BlobKey }>(
    'select original_key as key from media where original_key = any($1::text[]) order by 1',
    [keys],
  );
  return new Set([...uploads, ...media].map(({ key }) => key));
}
