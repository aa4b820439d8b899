import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { Consumer } from '../../kernel/events.ts';
import { STANDING_CHANGED } from '../people/standing.ts';
import { listPostsByAuthor } from '../posts/store.ts';
import { pushByHashtags } from './by-hashtag.ts';

export const BRING_OPENED = 'feed.bring_opened';
const BATCH = 200;

/**
 * When an account becomes public, or is let back in, what it posted meanwhile comes to those who follow
 * its hashtags. What leaves feeds does not wait for this: the policy judges each read.
 */
export const openedAuthors: Consumer = {
  name: 'feed.opened_authors',
  group: 'people',
  types: [STANDING_CHANGED],
  async handle(ctx, tx, event) {
    const payload = { person_id: event.key };
    await ctx.jobs.add(tx, { task: BRING_OPENED, key: `${BRING_OPENED}:${event.key}`, payload });
    return undefined;
  },
};

/** The job: pushes all posts of one person that have hashtags and are open now, a transaction each. */
export async function bringOpened(ctx: Context, personId: PersonId): Promise<void> {
  let before: PostId | null = null;
  for (;;) {
    const posts = await listPostsByAuthor(ctx.db, personId, BATCH, before);
    for (const post of posts) {
      const after = await ctx.db.transaction((tx) => pushByHashtags(ctx, tx, [post]));
      after?.();
    }
    const last = posts.at(-1);
    if (!last || posts.length < BATCH) return;
    before = last.post_id;
  }
}
