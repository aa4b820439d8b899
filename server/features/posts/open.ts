import type { PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { isOpenToAll } from '../../kernel/visibility.ts';
import { nearPeople } from '../people/near.ts';
import { nearCards } from './cards.ts';

/**
 * Whether the pictures of a post may be served to whoever asks: from what is near, which is never older
 * than what this process has heard.
 */
export async function isPostOpen(ctx: Context, postId: PostId): Promise<boolean> {
  const card = await nearCards(ctx).get(postId);
  const author = card && (await nearPeople(ctx).get(card.post.author_id));
  return card !== null && author !== null && isOpenToAll(card.post, author);
}
