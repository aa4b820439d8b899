import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { compareIds } from '../../kernel/ids.ts';
import { ofHome } from '../../kernel/touch-keys.ts';
import type { Transaction } from '../../ports/db/db.ts';
import type { PostInList } from '../posts/store.ts';
import { holdHomes, NOTHING_COMPLETE } from './homes-store.ts';
import { insertEntries } from './store.ts';
import { markGrown, mayHaveGrown } from './trim.ts';

/**
 * Brings posts that belong in these people's feeds from before into what of each is complete, so that it
 * still is. `posts`: the newest first, one more than a feed keeps when there are as many; then nothing
 * below the last one kept counts as complete any more. Holds the people's rows.
 */
export async function bringPosts(
  ctx: Context,
  tx: Transaction,
  people: readonly PersonId[],
  posts: readonly PostInList[],
): Promise<void> {
  const keeps = ctx.config.feedEntries;
  const kept = posts.slice(0, keeps);
  const floor = posts.length > keeps ? (kept.at(-1)?.post_id ?? '0') : '0';
  const homes = await holdHomes(tx, people, floor);
  // Whose feed is about to be made anew gets them then: that begins after this lock.
  const entries = [...homes]
    .filter(([, from]) => from !== NOTHING_COMPLETE)
    .flatMap(([person_id, from]) =>
      kept
        .filter(({ post_id }) => compareIds(post_id, from) >= 0)
        .map((post) => ({ person_id, ...post })),
    );
  // Not loosely: what stops to be merged after this must be in every memory before.
  tx.touch(...people.map(ofHome));
  await insertEntries(tx, entries);
  if (mayHaveGrown(ctx, kept.length)) await markGrown(tx, people);
}
