import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { compareIds } from '../../kernel/ids.ts';
import type { PostInList } from '../posts/store.ts';
import { factsOf, readerOf } from './facts.ts';
import { formulaOf, scoreOf } from './terms.ts';

/** Somebody's posts in the order that they chose, as of `at`: best first, of equals the newest. */
export async function rankPosts(
  ctx: Context,
  personId: PersonId,
  posts: readonly PostInList[],
  at: Date,
): Promise<PostInList[]> {
  const reader = await readerOf(ctx, personId, at);
  const facts = await factsOf(ctx, reader, posts);
  const formula = formulaOf(reader.settings.preset, reader.settings.weights);
  return posts
    .flatMap((ref) => {
      const known = facts.get(ref.post_id);
      return known ? [{ ref, score: scoreOf(formula, known) }] : [];
    })
    .sort((a, b) => b.score - a.score || compareIds(b.ref.post_id, a.ref.post_id))
    .map(({ ref }) => ref);
}
