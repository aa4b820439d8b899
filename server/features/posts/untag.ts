import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { removeTagged } from './author-store.ts';
import { updateTagged } from './changes-store.ts';
import { UNTAGGED } from './events.ts';
import { noteTags, recordChange, taggedIn } from './grid.ts';
import { visiblePost } from './read.ts';
import { lockPost } from './store.ts';

/**
 * Takes somebody off the pictures of a post, for good: no later edit puts them back. Doing it again
 * changes nothing. Throws `post_not_found`.
 */
export async function removeOwnTag(ctx: Context, postId: PostId, personId: PersonId) {
  await visiblePost(ctx, postId, personId);
  await ctx.db.transaction(async (tx) => {
    const was = await lockPost(tx, postId);
    if (!was || !taggedIn(was).includes(personId)) return;
    const tagged = was.tagged.filter((tag) => tag.person_id !== personId);
    const untagged = [...was.untagged, personId];
    await updateTagged(tx, postId, tagged, untagged);
    await removeTagged(tx, postId, [personId]);
    const times = { at: ctx.clock.now(), undoes: was.created_at };
    await noteTags(tx, was.author_id, [personId], times);
    await recordChange(ctx, tx, { ...was, tagged, untagged }, UNTAGGED, { person_id: personId });
  });
}
