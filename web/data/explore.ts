import type { exploreFeed } from '../../api/feed.ts';
import { call } from './client.ts';
import { keepReason } from './explore-reasons.ts';
import { type List, listNamed } from './lists.ts';
import { keepPost } from './posts.ts';

/** Posts asked for at once: whole rounds of the grid's pattern, about three screens. */
const PAGE = 36;
/** Milliseconds for which what was recommended is shown again as it was. */
const FRESH = 5 * 60_000;

let loadedAt = 0;

const source = {
  load: async (cursor: string | undefined) => {
    const query = cursor === undefined ? { limit: PAGE } : { limit: PAGE, cursor };
    const page = await call<typeof exploreFeed>('GET /feed/explore', { query });
    if (cursor === undefined) loadedAt = Date.now();
    const items = page.items.map(({ reason, ...post }) => {
      keepReason(post.post_id, reason);
      return keepPost(post);
    });
    return { items, next: page.next };
  },
  idOf: (id: string) => id,
};

/** Posts of people who are not followed: ids. */
export function exploreList(): List<string> {
  return listNamed('explore', source);
}

/** Loads it, and anew when it is old: never under the eyes of a reader who comes back. */
export function startExplore(returned: boolean): void {
  const list = exploreList();
  list.start(!returned && Date.now() - loadedAt > FRESH);
}
