import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { Consumer } from '../../kernel/events.ts';
import { STANDING_CHANGED } from '../people/standing.ts';
import { listPostsByAuthor } from '../posts/store.ts';
import { indexMany } from './index-post.ts';

export const INDEX_AUTHOR = 'index_author';
const BATCH = 200;

/**
 * When an account is made private or public, suspended or let back in, its posts leave or enter the
 * counts of hashtags. What is shown does not wait for this: the policy judges each read.
 */
export const indexAuthors: Consumer = {
  name: 'topics.index_authors',
  group: 'people',
  types: [STANDING_CHANGED],
  async handle(ctx, tx, event) {
    const payload = { person_id: event.key };
    await ctx.jobs.add(tx, { task: INDEX_AUTHOR, key: `${INDEX_AUTHOR}:${event.key}`, payload });
    return undefined;
  },
};

/** The job: brings the index of all posts of one person to what holds now, a transaction each. */
export async function indexAuthor(ctx: Context, personId: PersonId): Promise<void> {
  let before: PostId | null = null;
  for (;;) {
    const posts = await listPostsByAuthor(ctx.db, personId, BATCH, before);
    for (const post of posts) await ctx.db.transaction((tx) => indexMany(tx, [post]));
    const last = posts.at(-1);
    if (!last || posts.length < BATCH) return;
    before = last.post_id;
  }
}
