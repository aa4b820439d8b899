import type { PersonId } from '../../../api/ids.ts';
import { FOLLOWED_HASHTAGS_MAX } from '../../../api/limits.ts';
import type { Context } from '../../context.ts';
import { appendEvent } from '../../kernel/events.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { nextPersonSeq } from '../people/store.ts';
import { insertTagFollow, listTagFollows, removeTagFollow } from './store.ts';

/** Events of the group `people`, kept under who follows; payload: `tag`. */
export const TAG_FOLLOWED = 'hashtag.followed';
export const TAG_UNFOLLOWED = 'hashtag.unfollowed';

/** Makes a person follow a folded hashtag. Doing it again changes nothing. Throws `too_many_hashtags_followed`. */
export async function followTag(ctx: Context, personId: PersonId, tag: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const at = ctx.clock.now();
    if (!(await insertTagFollow(tx, { personId, tag, followId: ctx.ids.next(), at }))) return;
    // Writing the event locks the person, so of two at once the second counts both.
    await record(ctx, tx, TAG_FOLLOWED, personId, tag);
    const followed = await listTagFollows(tx, personId, FOLLOWED_HASHTAGS_MAX + 1, null);
    if (followed.length > FOLLOWED_HASHTAGS_MAX) throw new Problem('too_many_hashtags_followed');
  });
}

/** Ends it. Doing it again changes nothing. */
export async function unfollowTag(ctx: Context, personId: PersonId, tag: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const gone = await removeTagFollow(tx, personId, tag);
    if (gone) await record(ctx, tx, TAG_UNFOLLOWED, personId, tag);
  });
}

async function record(
  ctx: Context,
  tx: Transaction,
  type: string,
  personId: PersonId,
  tag: string,
) {
  const seq = await nextPersonSeq(tx, personId);
  await appendEvent(ctx, tx, { group: 'people', key: personId, seq, type, payload: { tag } });
}
