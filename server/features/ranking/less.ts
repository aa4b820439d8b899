import type { PersonId, PostId } from '../../../api/ids.ts';
import type { LessOfKind } from '../../../api/ranking.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import type { PostLook } from '../posts/look.ts';
import { mediumOf } from '../posts/medium.ts';
import { visiblePost } from '../posts/read.ts';
import { changeSettings } from './settings.ts';
import type { LessOfRow } from './settings-store.ts';

/** Things that one can want less of; the oldest leave. */
export const LESS_OF_MAX = 50;

/**
 * Makes posts that are like this one in one way sink in the viewer's ranked feed. Doing it again changes
 * nothing. Throws `post_not_found`, `nothing_to_want_less_of`.
 */
export async function wantLess(
  ctx: Context,
  personId: PersonId,
  postId: PostId,
  kind: LessOfKind,
): Promise<void> {
  const look = await visiblePost(ctx, postId, personId);
  const wanted = await waysOf(ctx, look, kind);
  if (wanted.length === 0) throw new Problem('nothing_to_want_less_of');
  const made = wanted.map((of): LessOfRow => ({ less_id: ctx.ids.next(), kind, of }));
  await changeSettings(ctx, personId, (was) => {
    const known = new Set(was.less_of.map((row) => `${row.kind} ${row.of}`));
    const added = made.filter((row) => !known.has(`${row.kind} ${row.of}`));
    return { ...was, less_of: [...was.less_of, ...added].slice(-LESS_OF_MAX) };
  });
}

/** Takes it back. */
export async function wantAgain(ctx: Context, personId: PersonId, lessId: string): Promise<void> {
  await changeSettings(ctx, personId, (was) => ({
    ...was,
    less_of: was.less_of.filter(({ less_id }) => less_id !== lessId),
  }));
}

/** What a post is in one way. Of a repost it is the original that shows something. */
async function waysOf(
  ctx: Context,
  { post, original, viewerId }: PostLook,
  kind: LessOfKind,
): Promise<readonly string[]> {
  // Nobody can want less of themselves.
  if (kind === 'author') return post.author_id === viewerId ? [] : [post.author_id];
  if (kind === 'hashtag')
    return [...new Set([...post.hashtags, ...(original?.post.hashtags ?? [])])];
  const medium = await mediumOf(ctx, post.repost_of ?? post.post_id);
  return medium ? [medium] : [];
}
