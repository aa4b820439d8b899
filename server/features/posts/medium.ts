import type { PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { Medium } from '../affinity/preferences-store.ts';
import { nearCards, type PostCard } from './cards.ts';

/** What a post shows first, which never changes; null of a repost: that is asked for by its original. */
export function mediumIn({ media: [first] }: PostCard): Medium | null {
  if (!first) return null;
  return first.kind === 'video' ? 'video' : 'photo';
}

export async function mediumOf(ctx: Context, postId: PostId): Promise<Medium | null> {
  const card = await nearCards(ctx).get(postId);
  return card ? mediumIn(card) : null;
}
