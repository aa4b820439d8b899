import type { PersonId, PostId } from '../../../api/ids.ts';

/** A post as it stands in lists of ids; of a repost with its original, so that one wave fetches both. */
export interface PostInList {
  post_id: PostId;
  author_id: PersonId;
  repost_of: PostId | null;
  repost_author_id: PersonId | null;
}

/** As it is announced to those who hold lists near (`Transaction.announce`). */
export function announcementOf(post: PostInList): string {
  const { post_id, author_id, repost_of, repost_author_id } = post;
  if (repost_of === null) return `${post_id},${author_id}`;
  return `${post_id},${author_id},${repost_of},${repost_author_id ?? ''}`;
}

/** What was announced. */
export function announcedPost(change: string): PostInList {
  const [post_id, author_id, repost_of, repost_author_id] = change.split(',');
  return {
    post_id: post_id as PostId,
    author_id: author_id as PersonId,
    repost_of: (repost_of || null) as PostId | null,
    repost_author_id: (repost_author_id || null) as PersonId | null,
  };
}
