import type { hashtagFeed, locationFeed } from '../../api/feed.ts';
import type { Place } from '../../api/places.ts';
import { call } from './client.ts';
import { type List, listNamed } from './lists.ts';
import { keepPost } from './posts.ts';

export type PageOrder = 'top' | 'recent';

/** Posts asked for at once: two screens of the grid. */
const PAGE = 30;

const queryOf = (order: PageOrder, cursor: string | undefined) => ({
  order,
  limit: PAGE,
  ...(cursor === undefined ? {} : { cursor }),
});

/** The posts with a folded hashtag: ids. */
export function hashtagPostsList(tag: string, order: PageOrder): List<string> {
  return listNamed(`hashtag ${order} ${tag}`, {
    load: async (cursor) => {
      const page = await call<typeof hashtagFeed>('GET /feed/hashtag/{tag}', {
        params: { tag },
        query: queryOf(order, cursor),
      });
      return { items: page.items.map(keepPost), next: page.next };
    },
    idOf: (id) => id,
  });
}

/** The posts at a place: ids. */
export function placePostsList(placeId: string, order: PageOrder): List<string> {
  return listNamed(`place ${order} ${placeId}`, {
    load: async (cursor) => {
      const page = await call<typeof locationFeed>('GET /feed/location/{place_id}', {
        params: { place_id: placeId as Place['place_id'] },
        query: queryOf(order, cursor),
      });
      return { items: page.items.map(keepPost), next: page.next };
    },
    idOf: (id) => id,
  });
}
