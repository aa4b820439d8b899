import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobKey } from './blobs.ts';
import { unlessMissing } from './file-errors.ts';
import { bucketOfFolder, isKeySegment } from './keys.ts';
import type { Store } from './store.ts';

/** Which keys are walked through; all by default. */
export interface Walk {
  /** Only what comes after this key. */
  readonly after?: BlobKey | null;
  /** Only one bucket of the scrub. */
  readonly bucket?: number;
}

/**
 * Keys that any root has, in order: segment by segment. Folders are read as they are come to, so what is
 * written or removed meanwhile may be seen or not.
 */
export function walkKeys(store: Store, { after, bucket }: Walk): AsyncGenerator<BlobKey> {
  return walkFolder(store, [], after ? after.split('/') : [], bucket);
}

async function* walkFolder(
  store: Store,
  folder: readonly string[],
  after: readonly string[],
  bucket: number | undefined,
): AsyncGenerator<BlobKey> {
  const [first = '', ...rest] = after;
  for (const [name, isFile] of await namesIn(store, folder)) {
    if (name < first) continue;
    const path = [...folder, name];
    if (path.length === 2 && bucket !== undefined) {
      if (bucketOfFolder(path[0] ?? '', name) !== bucket) continue;
    }
    if (!isFile) yield* walkFolder(store, path, name === first ? rest : [], bucket);
    // A key of one segment alone is in no folder, so the bucket is its own.
    else if (name !== first || rest.length > 0) {
      if (path.length > 1 || bucket === undefined || bucketOfFolder(name, '') === bucket) {
        yield path.join('/');
      }
    }
  }
}

/** Names in a folder of all roots together, in order, and whether each is a file. */
async function namesIn(store: Store, folder: readonly string[]): Promise<[string, boolean][]> {
  const names = new Map<string, boolean>();
  for (const root of store.set.available()) {
    try {
      const path = join(root.path, ...folder);
      const found = await readdir(path, { withFileTypes: true }).catch(unlessMissing);
      for (const entry of found ?? []) {
        if (isKeySegment(entry.name, folder.length === 0)) names.set(entry.name, entry.isFile());
      }
    } catch (error) {
      if (!(await store.set.noteTrouble(root, error))) throw error;
    }
  }
  return [...names].sort(([a], [b]) => (a < b ? -1 : 1));
}
