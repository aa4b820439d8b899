import type { MediaId, PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { fieldProblem } from '../../kernel/problem.ts';
import { mediaOfPosts } from '../media/hydrate.ts';
import { editAlt } from '../media/store.ts';
import { changeablePost } from './read.ts';
import { updateCaption } from './store.ts';

export interface PostEdit {
  readonly caption?: string | undefined;
  readonly media?: readonly { media_id: MediaId; alt?: string }[];
}

/** Changes caption and alt texts; what is left out stays. Throws `post_not_found`, `forbidden`. */
export async function editPost(ctx: Context, postId: PostId, viewerId: PersonId, edit: PostEdit) {
  await changeablePost(ctx, postId, viewerId);
  const media = (await mediaOfPosts(ctx.db, [postId])).get(postId) ?? [];
  for (const [index, item] of (edit.media ?? []).entries()) {
    if (!media.some((known) => known.media_id === item.media_id)) {
      throw fieldProblem({ [`body.media.${index}.media_id`]: 'is not a picture of this post' });
    }
  }
  await ctx.db.transaction(async (tx) => {
    await updateCaption(tx, postId, edit.caption, ctx.clock.now());
    for (const { media_id, alt } of edit.media ?? []) {
      if (alt !== undefined) await editAlt(tx, postId, media_id, alt);
    }
  });
}
