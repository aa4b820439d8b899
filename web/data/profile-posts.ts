import type { profileFeed } from '../../api/feed.ts';
import { call } from './client.ts';
import { type List, listNamed } from './lists.ts';
import { keepPost } from './posts.ts';

/** Posts asked for at once: two screens of the grid. */
const PAGE = 30;

/** The posts of one person: ids, latest first. */
export function profilePostsList(username: string): List<string> {
  const name = username.toLowerCase();
  return listNamed(`profile ${name}`, {
    load: async (cursor) => {
      const page = await call<typeof profileFeed>('GET /feed/user/{username}', {
        params: { username },
        query: { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) },
      });
      return { items: page.items.map(keepPost), next: page.next };
    },
    idOf: (id) => id,
  });
}
