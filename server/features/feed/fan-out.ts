import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Consumer } from '../../kernel/events.ts';
import { PUBLISHED, RESTORED, UNARCHIVED } from '../posts/events.ts';
import type { PostInList } from '../posts/store.ts';
import { startFanOut, tellPeople } from './fan-out-round.ts';
import { decide } from './modes.ts';
import { insertEntries } from './store.ts';

/**
 * Brings a published post into its author's own feed at once, and on its way to everyone who follows
 * them, unless reads merge it; one that comes back too, in silence, for those who began to follow while
 * it was away.
 */
export const fanOut: Consumer = {
  name: 'feed.fan_out',
  group: 'posts',
  types: [PUBLISHED, RESTORED, UNARCHIVED],
  async handle(ctx, tx, event) {
    if (event.payload.shown === false) return undefined;
    const authorId = event.payload.author_id as PersonId;
    const post: PostInList = {
      post_id: event.key as PostId,
      author_id: authorId,
      repost_of: (event.payload.repost_of ?? null) as PostId | null,
      repost_author_id: (event.payload.repost_author_id ?? null) as PersonId | null,
    };
    await insertEntries(tx, [{ person_id: authorId, ...post }]);
    const { push, followers } = await decide(ctx, tx, authorId);
    const told = event.type === PUBLISHED;
    const after = push
      ? await startFanOut(ctx, tx, post, { source: '', told, careful: !told, followers })
      : undefined;
    return () => {
      if (told) tellPeople(ctx, [authorId], post);
      after?.();
    };
  },
};
