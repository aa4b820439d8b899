import type { keepNearDuplicate, listNearDuplicates } from '../../api/near-duplicates.ts';
import type { DataOf } from '../../api/route.ts';
import { call } from './client.ts';
import { type List, listNamed } from './lists.ts';

/** Two of the person's own photos that look alike, the later one first. */
export type SimilarPair = DataOf<typeof listNearDuplicates>[number];

/** The pairs, last found first. */
export function similarPhotosList(): List<SimilarPair> {
  return listNamed<SimilarPair>('similar-photos', {
    load: (cursor) =>
      call<typeof listNearDuplicates>('GET /me/near-duplicates', {
        query: cursor === undefined ? {} : { cursor },
      }),
    idOf: (pair) => pair.pair_id,
  });
}

/** Takes a pair out of the list for good. Throws `ApiError` after putting it back. */
export async function keepBoth(pair: SimilarPair): Promise<void> {
  const list = similarPhotosList();
  const index = list.items.peek().findIndex((one) => one.pair_id === pair.pair_id);
  list.remove(pair.pair_id);
  try {
    await call<typeof keepNearDuplicate>('DELETE /me/near-duplicates/{pair_id}', {
      params: { pair_id: pair.pair_id },
    });
  } catch (error) {
    if (index >= 0) list.insert(pair, index);
    throw error;
  }
}
