import type { profileFeed, taggedFeed } from '../../api/feed.ts';
import { call } from './client.ts';
import { type List, listNamed } from './lists.ts';
import { keepPost, keepTold } from './posts.ts';

/** Posts asked for at once: two screens of the grid. */
const PAGE = 30;

const pageQuery = (cursor: string | undefined) => ({
  limit: PAGE,
  ...(cursor === undefined ? {} : { cursor }),
});

/** The posts of one person: ids, the pinned ones first, then latest first. */
export function profilePostsList(username: string): List<string> {
  const name = username.toLowerCase();
  return listNamed(`profile ${name}`, {
    load: async (cursor) => {
      const page = await call<typeof profileFeed>('GET /feed/user/{username}', {
        params: { username },
        query: pageQuery(cursor),
      });
      // Only here the answers say which are pinned.
      return { items: page.items.map((post) => keepTold(post, { grid: true })), next: page.next };
    },
    idOf: (id) => id,
  });
}

/** The posts that a person is tagged in: ids, latest first. */
export function taggedPostsList(username: string): List<string> {
  const name = username.toLowerCase();
  return listNamed(`tagged ${name}`, {
    load: async (cursor) => {
      const page = await call<typeof taggedFeed>('GET /feed/tagged/{username}', {
        params: { username },
        query: pageQuery(cursor),
      });
      return { items: page.items.map(keepPost), next: page.next };
    },
    idOf: (id) => id,
  });
}
