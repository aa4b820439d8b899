import type { Post } from '../../../api/posts.ts';
import { gonePosts, post as known } from '../../data/posts.ts';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';

/**
 * Of a repost the original as it is known now; undefined of any other post, null when there is nothing
 * to show any more: the original has gone, or one's own repost was taken back.
 */
export function useOriginal(post: Post | undefined): Post | null | undefined {
  if (!post?.reposted) return undefined;
  const id = post.reposted.post_id;
  const original = known(id).value;
  if (!original || gonePosts.value.has(id)) return null;
  const mine = post.user.user_id === me.value?.user_id;
  return mine && !original.viewer.reposted ? null : original;
}

/** What a post is called. */
export function labelOf(post: Post): string {
  const name = post.user.full_name;
  if (!post.reposted) return t('post.label', { name });
  return t('repost.label', { name, author: post.reposted.user.full_name });
}
