import type { PersonId } from '../../../api/ids.ts';
import type { Post } from '../../../api/posts.ts';
import type { MediaRow } from '../media/store.ts';
import { mediaView } from '../media/view.ts';
import type { PersonRow } from '../people/store.ts';
import { userSummary } from '../people/view.ts';
import type { PostRow } from './store.ts';

/** All the parts of one post, fetched. */
export interface HydratedPost {
  readonly post: PostRow;
  readonly author: PersonRow;
  readonly media: readonly MediaRow[];
  readonly liked: boolean;
}

export function postView(
  { post, author, media, liked }: HydratedPost,
  viewerId: PersonId | null,
): Post {
  return {
    post_id: post.post_id,
    status: post.status,
    failure:
      post.failure_code === null
        ? null
        : { code: post.failure_code, message: post.failure_message ?? '' },
    user: userSummary(author),
    media: media.map(mediaView),
    caption: post.caption,
    likes_count: post.likes,
    comments_count: post.comments,
    viewer: { liked, is_author: post.author_id === viewerId },
    edited_at: post.edited_at?.toISOString() ?? null,
    created_at: post.created_at.toISOString(),
  };
}
