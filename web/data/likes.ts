import type { PostId } from '../../api/ids.ts';
import type { listLikes } from '../../api/posts.ts';
import { call } from './client.ts';
import { createList, type List } from './lists.ts';
import { keepPerson } from './people.ts';

/** Who liked a post: ids of people, newest first. Asked anew each time, as likes come and go. */
export function likesOf(postId: string): List<string> {
  return createList<string>(
    {
      load: async (cursor) => {
        const page = await call<typeof listLikes>('GET /posts/{post_id}/likes', {
          params: { post_id: postId as PostId },
          query: cursor === undefined ? {} : { cursor },
        });
        return { items: page.items.map(keepPerson), next: page.next };
      },
      idOf: (id) => id,
    },
    null,
  );
}
